"""starlingctl beside a real server: looking, seeding and copying go on, replacing the database waits."""

import json
import os
import pathlib
import signal
import sqlite3
import sys

from workshop import Workshop, main

STARLINGD = pathlib.Path(sys.argv[2]).resolve()


class RunningServer(Workshop):
    def setUp(self):
        super().setUp()
        self.good("seed", "--users", "20", "--rooms", "2", "--members", "20")
        self.server = self.start(STARLINGD)

    def test_status_asks_it(self):
        status = json.loads(self.good("status", "--json"))
        self.assertTrue(status["ready"])
        self.assertEqual((0, 0), (status["sessions"], status["events_committed"]))
        self.assertLess(status["uptime_s"], 60)
        self.assertEqual((20, 2, 40), tuple(status["database"][k] for k in ("users", "rooms", "events")))

    def test_rooms_and_ledger_are_read_while_it_runs(self):
        self.assertTrue(json.loads(self.good("room", "show", "1", "--json"))["verified"])
        self.assertTrue(self.good("ledger").endswith("end\t2\t40\n"))

    def test_migrating_and_seeding_beside_it_are_harmless(self):
        self.assertIn("is current", self.good("migrate"))
        self.assertIn("1 rooms made", self.good("seed", "--users", "20", "--rooms", "3", "--members", "20"))
        self.good("status")

    def test_a_backup_is_taken_while_it_runs_and_a_restore_waits_for_its_end(self):
        self.good("backup", "copy.db")
        before = self.good("ledger")
        self.assertIn("in use by another starlingd; stop it", self.refused("restore", "copy.db"))
        self.assertEqual(before, self.good("ledger"))
        self.good("status")
        self.server.terminate()
        self.assertEqual(0, self.server.wait(timeout=20))
        self.good("restore", "copy.db")
        self.start(STARLINGD)
        self.assertEqual(2, json.loads(self.good("room", "show", "1", "--json"))["epoch"])

    def test_an_export_is_written_while_it_runs_and_an_import_waits_for_its_end(self):
        self.good("export", "--out", "out.jsonl")
        before = self.good("ledger")
        self.assertIn("in use by another starlingd; stop it", self.refused("import", "out.jsonl"))
        self.assertEqual(before, self.good("ledger"))
        self.good("status")

    def test_retention_beside_it_cuts(self):
        with sqlite3.connect(self.database) as db:
            db.execute("UPDATE events SET ts = ts - 3600000")
        db.close()
        self.assertIn("of 2 rooms out of 2", self.good("retention", "--older-than", "1min"))
        self.assertEqual(20, json.loads(self.good("room", "show", "1", "--json"))["min_seq"])
        self.good("status")

    def test_a_server_that_was_killed_leaves_a_database_to_look_at(self):
        os.kill(self.server.pid, signal.SIGKILL)
        self.server.wait(timeout=20)
        run = self.ctl("status")
        self.assertEqual(1, run.returncode)
        self.assertIn("rooms                 2\n", run.stdout)
        self.good("backup", "copy.db")
        self.good("restore", "copy.db")


if __name__ == "__main__":
    main()
