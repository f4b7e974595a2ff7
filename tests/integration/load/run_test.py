"""starling-loadsim run against real servers: each verdict is earned, and by nothing else than what it says."""

import contextlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

LOADSIM, STARLINGD, SCENARIOS = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
SMOKE = SCENARIOS / "smoke.toml"

SHORT = """
users = 12
ramp = "200ms"
duration = "2s"
{faults}
[rooms]
count = 3
members = 8
[[persona]]
name = "talker"
think = "200ms"
actions = {{ send = 1.0, react = 0.2, edit = 0.2, reconnect = {reconnect} }}
[fitness]
timer_lag_p99 = "2s"
{more}
"""


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "starling.toml"
        self.config.write_text(f'[server]\nlisten = "127.0.0.1:0"\ndata_dir = "{self.folder}/data"\n', encoding="utf-8")

    def scenario(self, faults="", more="", reconnect=0):
        path = self.folder / "scenario.toml"
        path.write_text(SHORT.format(faults=faults, more=more, reconnect=reconnect), encoding="utf-8")
        return path

    def command(self, scenario, *arguments):
        return [LOADSIM, "run", scenario, "--config", self.config, *map(str, arguments)]

    def run_load(self, scenario, *arguments, expect=0):
        """Runs it and returns its last line."""
        run = subprocess.run(self.command(scenario, *arguments), capture_output=True, text=True, timeout=200)
        self.assertEqual(expect, run.returncode, run.stdout + run.stderr)
        return json.loads(run.stdout.splitlines()[-1])

    def refused(self, scenario, *arguments):
        run = subprocess.run(self.command(scenario, *arguments), capture_output=True, text=True, timeout=60)
        self.assertEqual(1, run.returncode, run.stdout + run.stderr)
        return run.stderr

    def start_server(self):
        """On a free port; returns it."""
        port_file = self.folder / "port"
        with open(self.folder / "starlingd.log", "wb") as log:
            server = subprocess.Popen([STARLINGD, "--config", self.config, "--port-file", port_file], stdout=log, stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        deadline = time.monotonic() + 30
        while not (port_file.exists() and port_file.read_text()):
            self.assertIsNone(server.poll(), (self.folder / "starlingd.log").read_text())
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        return int(port_file.read_text())

    def test_smoke_passes_and_reports(self):
        report = self.folder / "report"
        port = self.start_server()
        result = self.run_load(SMOKE, "--url", f"ws://127.0.0.1:{port}/v1/ws", "--report", report)
        self.assertEqual(("pass", 0, 0), (result["verdict"], result["violations"], result["unknown"]["after_quiesce"]))
        self.assertGreater(result["deliveries"], 500)
        self.assertGreater(result["swept"]["events"], 100)
        self.assertEqual(result["sends"], result["accepted"])
        page = (report / "report.html").read_text(encoding="utf-8")
        self.assertGreaterEqual(page.count("<svg"), 4)
        self.assertEqual(result, json.loads((report / "result.json").read_text(encoding="utf-8")))
        self.assertIn("<testsuite", (report / "junit.xml").read_text(encoding="utf-8"))

    def test_three_kills_lose_nothing(self):
        faults = 'faults = ["@1s kill n1 ; restart n1", "@3s kill n1 ; restart n1", "@5s client.crash 60%"]'
        scenario = self.scenario(faults).read_text(encoding="utf-8").replace('duration = "2s"', 'duration = "7s"')
        path = self.folder / "kills.toml"
        path.write_text(scenario, encoding="utf-8")
        result = self.run_load(path, "--spawn", "--faults", "@5s kill n1 ; @5500ms restart n1")
        self.assertEqual(0, result["violations"])
        self.assertEqual(7, len(result["faults"]))
        self.assertTrue(all(fault["effect"] for fault in result["faults"]), result["faults"])
        self.assertGreater(result["counters"]["replayed"] + result["counters"]["disconnects"], 10)

    def test_pauses_cuts_and_slow_or_offline_clients_lose_nothing(self):
        # Each comes when most are there: one that meets nobody is not to be expected in a million runs.
        faults = 'faults = ["@10ms client.slow 100% 2KB/s 1s", "@100ms cut 100% 200ms", "@1s pause n1 700ms", "@1900ms client.offline 100% 300ms"]'
        result = self.run_load(self.scenario(faults, reconnect=0.05), "--spawn")
        self.assertEqual(0, result["violations"])
        self.assertTrue(all(fault["effect"] for fault in result["faults"]), result["faults"])

    def test_an_impossible_objective_is_missed(self):
        result = self.run_load(self.scenario(more="[objectives]\ndeliveries_per_s_min = 100000000"), "--spawn", expect=2)
        self.assertEqual("objective missed", result["verdict"])
        self.assertFalse(result["objectives"][0]["met"])

    def test_an_event_that_vanishes_behind_the_servers_back_is_found(self):
        run = subprocess.Popen(
            self.command(self.scenario(), "--spawn"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        with contextlib.ExitStack() as stack:
            stack.callback(run.wait)
            stack.callback(run.kill)
            for line in run.stderr:
                if line.startswith("coming to rest"):
                    break
            time.sleep(1)  # the last messages are on their way; rest has to hold for longer than this
            with contextlib.closing(sqlite3.connect(self.folder / "data" / "starling.db", timeout=20)) as database:
                row = database.execute("SELECT room_id, seq FROM events WHERE kind = 1 AND device <> 0 LIMIT 1").fetchone()
                database.execute("DELETE FROM events WHERE room_id = ? AND seq = ?", row)
                database.commit()
            out, error = run.communicate(timeout=120)
        self.assertEqual(3, run.returncode, out + error)
        result = json.loads(out.splitlines()[-1])
        self.assertEqual("correctness violated", result["verdict"])
        self.assertTrue(any(text.startswith("G1 ") for text in result["first_violations"]), result["first_violations"])

    def test_bad_input_is_refused_before_anything_runs(self):
        self.assertIn("cannot be read", self.refused(self.folder / "none.toml"))
        broken = self.folder / "broken.toml"
        broken.write_text('users = "many"\nspeed = 3\n', encoding="utf-8")
        error = self.refused(broken)
        self.assertIn("broken.toml:1: 'users'", error)
        self.assertIn("broken.toml:2: 'speed'", error)
        self.assertIn("only the simulator can do this", self.refused(self.scenario('faults = ["@1s power_loss n1"]'), "--spawn"))
        self.assertIn("--injector", self.refused(self.scenario('faults = ["@1s store.full 1s"]'), "--spawn"))
        self.assertIn("--spawn", self.refused(self.scenario('faults = ["@1s kill n1"]')))
        self.assertIn("ws://", self.refused(self.scenario(), "--url", "http://127.0.0.1:1/"))

    def test_a_server_that_is_not_there_is_said_to_be_so(self):
        self.start_server()  # makes the keys; another port is asked
        scenario = self.folder / "seeded.toml"
        scenario.write_text('users = 2\nramp = "1s"\n[rooms]\nsource = "seeded"\n[[persona]]\nname = "p"\n', encoding="utf-8")
        self.assertIn("nobody could log in", self.refused(scenario, "--url", "ws://127.0.0.1:1/v1/ws"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[4:])
