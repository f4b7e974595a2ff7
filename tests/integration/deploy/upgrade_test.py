"""The packages under a systemd of their own: set up, upgraded, ill-treated and removed, while people talk; and nothing is left of it."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = pathlib.Path(sys.argv[1]).resolve()
SKIPPED = 77
USERS = 30
COMMAND = ["unshare", "--net", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc", "/usr/bin/python3", "-m", "tools.packages",
           "--folder", FOLDER, "--users", str(USERS)]  # fmt: skip


def processes():
    """Of worlds: whoever is in a cgroup of one."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and "/starling-world-" in (process / "cgroup").read_text():
                found.append((process / "cmdline").read_bytes())
        except OSError:
            pass
    return found


@unittest.skipIf(os.geteuid() != 0, "it needs root")
class Upgrade(unittest.TestCase):
    def nothing_is_left(self):
        until = time.monotonic() + 20
        while there := processes():
            self.assertLess(time.monotonic(), until, there)
            time.sleep(0.1)
        self.assertNotIn("starling-world", pathlib.Path("/proc/self/mountinfo").read_text())
        self.assertFalse(pathlib.Path("/run/starling-world").exists())

    def test_nobody_loses_anything_by_an_upgrade_a_kill_or_a_hang(self):
        run = subprocess.run(COMMAND, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1000)
        said = run.stdout + run.stderr
        self.nothing_is_left()
        if run.returncode == SKIPPED:
            self.skipTest(said)
        self.assertEqual(0, run.returncode, said)
        result = json.loads(run.stdout.splitlines()[-1])
        for trial in ("upgraded", "ill_treated"):
            self.assertEqual((0, 0, 0), tuple(result[trial][what] for what in ("violations", "refused", "server_errors")), said)
            self.assertGreater(result[trial]["acked"], 100, said)
        self.assertGreaterEqual(result["upgraded"]["disconnects"], USERS, said)  # each node was drained
        self.assertGreater(result["ill_treated"]["silence_max_ms"], 0, said)

    def test_nothing_is_left_when_it_is_killed(self):
        run = subprocess.Popen(COMMAND, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        until = time.monotonic() + 120
        while not any(b"systemd-journald" in words for words in processes()):
            if run.poll() == SKIPPED:
                self.skipTest("this machine holds no other")
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        run.send_signal(signal.SIGKILL)
        self.nothing_is_left()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
