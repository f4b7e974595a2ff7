"""The service's unit is as hardened as it claims, and waits for what it starts."""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
UNIT = ROOT / "deploy/systemd/starlingd.service"
# systemd-analyze counts in tenths: 15 is 1.5 of 10, of which an unhardened service has 9.6.
EXPOSURE_MAX = 15


class Unit(unittest.TestCase):
    def test_exposes_little(self):
        command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", UNIT]
        run = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(0, run.returncode, (run.stdout + run.stderr)[-2000:])

    def test_gives_a_drain_its_grace(self):
        grace = int(re.search(r"^drain_grace_s = (\d+)", (ROOT / "deploy/config/starling.toml").read_text(encoding="utf-8"), re.M)[1])
        stop = int(re.search(r"^TimeoutStopSec=(\d+)", UNIT.read_text(encoding="utf-8"), re.M)[1])
        self.assertGreater(stop, grace)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
