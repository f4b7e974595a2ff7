"""Every source file is built: a test that no list names would pass for ever."""

import pathlib
import re
import sys
import tempfile
import unittest

import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]


def unbuilt(root):
    root = pathlib.Path(root)
    lists = tree.tracked(root, "CMakeLists.txt", "*.cmake")
    named = {pathlib.PurePosixPath(w).name for p in lists for w in re.findall(r"[\w./-]+\.cpp", (root / p).read_text())}
    return [str(p) for p in tree.tracked(root, "*.cpp") if p.name not in named]


class Built(unittest.TestCase):
    def test_every_source_file_is_named_in_a_list(self):
        self.assertEqual([], unbuilt(ROOT))

    def test_one_that_is_not_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "CMakeLists.txt").write_text("starling_test(t SOURCES scripted/a_test.cpp)\n")
            for name in ("a_test.cpp", "storm_test.cpp"):
                (root / name).write_text("")
            self.assertEqual(["storm_test.cpp"], unbuilt(root))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
