"""tools/cluster/process.py: when a process is gone."""

import ctypes
import fcntl
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))

from tools.cluster.process import Process, go_first, stat

# What a killed server with many sockets is for a while: the first thread is done, another one still holds the lock.
HALF_ENDED = "half ended"


def half_ended(lock):
    with open(lock, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        threading.Thread(target=lambda: time.sleep(600)).start()
        ctypes.CDLL(None).syscall(60, 0)  # exit, of this thread alone


def is_held(lock):
    with open(lock, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class Gone(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_who_still_holds_its_files_is_not_gone(self):
        lock = self.folder / "lock"
        child = subprocess.Popen([sys.executable, __file__, HALF_ENDED, lock])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        process = Process(self.folder / "pid")
        process.adopt(child.pid)
        first = pathlib.Path(f"/proc/{child.pid}/stat")
        until = time.monotonic() + 60
        while ") Z " not in first.read_text():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)
        self.assertTrue(is_held(lock))
        self.assertNotEqual("gone", process.state())
        self.assertIsNone(process.missing())
        process.kill()
        self.assertFalse(is_held(lock))
        self.assertEqual("gone", process.state())

    def test_what_is_left_of_one_until_its_parent_has_asked_is_gone(self):
        child = subprocess.Popen(["true"])
        self.addCleanup(child.wait)
        until = time.monotonic() + 60
        while stat(child.pid):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)
        self.assertTrue(pathlib.Path(f"/proc/{child.pid}/stat").exists())


def may_go_first():
    return subprocess.run(["chrt", "--rr", "1", "true"], stderr=subprocess.DEVNULL).returncode == 0


@unittest.skipUnless(may_go_first(), "only who may set SCHED_RR")
class First(unittest.TestCase):
    def policy_of_a_child(self, how):
        code = f"""
import os, subprocess, sys
from tools.cluster.process import go_first
go_first({how})
assert os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR
subprocess.run([sys.executable, "-c", "import os; print(os.sched_getscheduler(0))"], check=True)
"""
        root = pathlib.Path(__file__).resolve().parents[3]
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True, cwd=root)
        return int(done.stdout)

    def test_with_whatever_it_starts_or_alone(self):
        self.assertEqual(os.SCHED_RR, self.policy_of_a_child(""))
        self.assertEqual(os.SCHED_OTHER, self.policy_of_a_child("children=False"))


if __name__ == "__main__":
    if HALF_ENDED in sys.argv:
        half_ended(sys.argv[-1])
    unittest.main(argv=sys.argv[:1] + ["-v"])
