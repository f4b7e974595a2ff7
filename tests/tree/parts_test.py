"""Each part of the tree can be left out: it configures without it, and nothing that stays asks for what is not there."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]


class Parts(unittest.TestCase):
    def test_the_tree_configures_without_any_one_of_its_parts(self):
        parts = re.findall(r"^option\((STARLING_\w+) .* ON\)$", (ROOT / "CMakeLists.txt").read_text(), re.M)
        self.assertIn("STARLING_LOADSIM", parts)
        for part in parts:
            with self.subTest(part), tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(["cmake", "--preset", "dev", "-S", ROOT, "-B", folder, f"-D{part}=OFF"],
                                      cwd=ROOT, capture_output=True, text=True)  # fmt: skip
                self.assertEqual(0, done.returncode, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
