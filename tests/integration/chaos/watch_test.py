"""What explains that a node has ended by itself while people talked: its exit code and the faults of the run, and nothing else."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
from tools.chaos import watch  # noqa: E402
from tools.cluster import faults  # noqa: E402
from tools.cluster.process import Process  # noqa: E402

NO_FAULT = ""
C2 = "@5s kill n1 ; @9s restart n1"
C15 = "@5s pg.failover async"
# Python buries children that nobody holds whenever it starts another one.
LEFT = """
import os, pathlib, subprocess, sys
from tools.cluster.process import Process
Process(pathlib.Path(sys.argv[1]) / "n2.pid").spawn(["sh", "-c", "exit 75"], "/dev/null")
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
subprocess.run(["true"])
print(os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG).si_status)
"""


class Ended:
    """A cluster of which one node has ended since the last look."""

    def __init__(self, pid):
        self.pids = [pid]
        self.layout = self
        self.node_names = ()

    def look_after(self):
        return [("n2", self.pids.pop())] if self.pids else []


class Explained(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reaper = watch.Reaper()
        cls.reaper.start()

    def crashes(self, script, given):
        pid = os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", script)
        seen = watch.Watch(Ended(pid), self.reaper, given)
        seen.look(counts=False)
        seen.look(counts=False)
        self.assertEqual(1, seen.restarts)
        self.is_buried(pid)
        return seen.crashes()

    def is_buried(self, pid):
        until = time.monotonic() + 100
        while self.reaper.how_it_ended(pid) is None:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)

    def test_the_codes_are_those_of_the_server(self):
        header = (ROOT / "server/app/exit_codes.h").read_text(encoding="utf-8")
        codes = {name: int(code) for name, code in re.findall(r"int (kExit\w+) =\s+(\d+);", header)}
        self.assertEqual((watch.TRY_AGAIN, watch.STORE_FAILED), (codes["kExitTryAgain"], codes["kExitStoreFailed"]))

    def test_who_was_put_out_of_the_view_is_explained_by_any_run(self):
        for given in (NO_FAULT, C2, C15):
            self.assertEqual([], self.crashes("exit 75", given))

    def test_another_history_is_explained_by_a_fault_that_raises_epochs_alone(self):
        self.assertIn(watch.RAISES_EPOCHS, faults.FAULTS)
        self.assertEqual([], self.crashes("exit 70", f"{C2} ; {C15}"))
        self.assertEqual([], self.crashes("exit 70", "@5s  pg.failover  async"))
        for given in (NO_FAULT, C2, "@5s pg.failover sync"):
            self.assertEqual(["n2 has ended with 70"], self.crashes("exit 70", given))

    def test_nothing_else_is_explained(self):
        for script, how in (("exit 0", 0), ("exit 1", 1), ("exit 78", 78), ("kill -SEGV $$", "SIGSEGV")):
            for given in (NO_FAULT, C15):
                self.assertEqual([f"n2 has ended with {how}"], self.crashes(script, given))

    def test_an_end_that_nobody_has_heard_of_is_not_explained(self):
        pid = os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "60")
        seen = watch.Watch(Ended(pid), self.reaper, NO_FAULT)
        seen.look(counts=False)
        self.assertEqual(["n2 has ended and nobody knows how"], seen.crashes())
        os.kill(pid, signal.SIGKILL)
        self.is_buried(pid)
        self.assertEqual(["n2 has ended with SIGKILL"], seen.crashes())

    def test_what_is_started_of_a_cluster_is_left_to_who_buries_everybody(self):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run([sys.executable, "-c", LEFT, folder], cwd=ROOT, capture_output=True, text=True, timeout=100)
        self.assertEqual("75\n", run.stdout, run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
