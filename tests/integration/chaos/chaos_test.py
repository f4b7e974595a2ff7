"""./dev chaos: a scenario passes, a fault that meets nothing fails, and nothing is left outside, however it ends."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(sys.argv[1]).resolve()
WORLD = ["unshare", "--net", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"]
MARK = f"STARLING_TEST={uuid.uuid4()}"

sys.path.insert(0, str(ROOT))


def command(*arguments):
    return ["env", MARK, *WORLD, "/usr/bin/python3", "-m", "tools.chaos", "--bin", BIN, "--users", "60", *arguments]


def left():
    """id -> command line of the processes that were started with our mark."""
    found = {}
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and MARK.encode() in (process / "environ").read_bytes():
                found[process.name] = (process / "cmdline").read_bytes()
        except OSError:
            pass
    return found


@unittest.skipIf(os.geteuid() != 0, "chaos needs root")
class Chaos(unittest.TestCase):
    def nothing_is_left(self):
        until = time.monotonic() + 20
        while there := left():
            self.assertLess(time.monotonic(), until, there)
            time.sleep(0.1)
        self.assertFalse(pathlib.Path("/run/starling/cluster").exists())
        self.assertFalse(pathlib.Path("/sys/class/net/starling0").exists())
        self.assertFalse(pathlib.Path("/run/netns/n1").exists())

    def test_a_scenario_passes_and_a_fault_in_vain_fails(self):
        faults = "@2s kill n2 ; @4s bus.cut n2>n1 3s ; @7s kill n2 ; @11s restart n2"
        run = subprocess.run(command("C2", "--faults", faults, "--seconds", "60"), cwd=ROOT, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=600)  # fmt: skip
        said = run.stdout + run.stderr
        self.assertEqual(1, run.returncode, said)
        result = json.loads(run.stdout.splitlines()[-1])
        self.assertIn("C2   passed", said)
        self.assertIn("own  FAILED", said)
        self.assertEqual(1, said.count("never took effect"), said)
        self.assertIn("'@7s kill n2' never took effect: ./dev cluster: n2 does not run", said)
        self.assertEqual((2, 1), (result["runs"], result["failed"]), said)
        self.assertEqual([0] * 5, [result[kind] for kind in ("lost", "duplicated", "reordered", "diverged", "other")], said)
        self.assertEqual({"kill": 2, "restart": 2, "bus.cut": 1}, result["faults"])
        self.assertGreater(result["acked"], 50)
        self.assertGreater(result["resumes"], 15)  # a third of sixty people, but for who came a moment late
        self.assertGreater(result["resume_p99_ms"], 0)
        self.assertGreater(result["db_queries_per_resume"], 0)
        self.nothing_is_left()

    def test_what_a_lagging_standby_lacks_is_declared_and_nothing_else_is_missing(self):
        run = subprocess.run(command("C15"), cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        said = run.stdout + run.stderr
        self.assertEqual(0, run.returncode, said)
        result = json.loads(run.stdout.splitlines()[-1])
        self.assertGreater(result["rolled_back"], 0, said)
        self.assertEqual([0] * 5, [result[kind] for kind in ("lost", "duplicated", "reordered", "diverged", "other")], said)
        self.assertEqual({"pg.failover async": 1}, result["faults"])

    def test_nothing_is_left_when_it_is_killed(self):
        run = subprocess.Popen(command("C1"), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        until = time.monotonic() + 120
        while not any(b"starlingd" in words for words in left().values()):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
        run.send_signal(signal.SIGKILL)
        self.nothing_is_left()


class Schedule(unittest.TestCase):
    def test_it_is_drawn_from_the_seed_and_every_line_of_it_can_be_done(self):
        from tools.chaos import nemesis
        from tools.cluster import faults

        loadsims_own = ("client.crash", "client.slow", "cut")
        kinds = set()
        for seed in range(1, 40):
            lines = nemesis.schedule(seed, 300)
            self.assertEqual(lines, nemesis.schedule(seed, 300))
            self.assertNotEqual(lines, nemesis.schedule(seed + 1, 300))
            times = [int(line.split("ms ")[0].removeprefix("@")) for line in lines]
            self.assertEqual(sorted(times), times)
            self.assertLess(times[-1], (300 - 20) * 1000)
            for line in lines:
                kind = next(name for name in (*faults.FAULTS, *loadsims_own) if line.split(maxsplit=1)[1].startswith(name))
                kinds.add(kind)
        self.assertEqual(set(faults.FAULTS) - {"heal", "clock.drift", "pg.failover async"} | set(loadsims_own), kinds)

    def test_no_two_nodes_are_gone_at_once(self):
        from tools.chaos import nemesis

        for seed in range(1, 200):
            gone = set()
            for line in nemesis.schedule(seed, 600):
                what, _, node = line.split(maxsplit=1)[1].partition(" ")
                if what == "kill":
                    gone.add(node)
                if what == "restart":
                    gone.remove(node)
                self.assertLessEqual(len(gone), 1, (seed, line))
            self.assertFalse(gone, seed)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
