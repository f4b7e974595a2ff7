"""starlingctl export and import between SQLite and PostgreSQL: what goes out comes back the same, and what is broken is refused."""

import os
import sqlite3
import subprocess

from postgres_workshop import PostgresWorkshop
from transfer_test import write_log
from workshop import main

NODES_LOCK = 6004234345560363853  # server/store/postgres/standstill.h


class Transfer(PostgresWorkshop):
    def setUp(self):
        super().setUp()
        self.configure()
        self.good("seed", "--users", "40", "--rooms", "3", "--members", "12")
        write_log(self.database, 1, 3000)
        write_log(self.database, 2, 40)
        self.good("user", "add", "ada", stdin="a horse, a battery and a staple\n")
        self.good("export", "--out", "out.jsonl")
        self.lines = (self.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
        self.use(self.conninfo())

    def exported(self):
        """But for the header, which has its date."""
        return self.good("export").splitlines()[1:]

    def refuses(self, lines, *words):
        (self.folder / "changed.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        error = self.refused("import", "changed.jsonl")
        for word in words:
            self.assertIn(word, error)

    def rooms(self):
        return self.sql("SELECT string_agg(room_id::text, ' ' ORDER BY room_id) FROM rooms")

    def find(self, *parts):
        return next(n for n, line in enumerate(self.lines) if all(part in line for part in parts))


class RoundTrip(Transfer):
    def test_what_comes_in_is_what_sqlite_makes_of_it(self):
        self.assertIn("PostgreSQL: 3 rooms with 3,076 events, 37 users", self.good("import", "out.jsonl"))
        self.assertEqual("36", self.sql("SELECT reltuples FROM pg_class WHERE oid = 'members'::regclass"), "the planner knows")
        there = self.exported()
        self.assertIn("3 rooms with 3,076 events are dense", self.ctl("doctor").stdout)
        ledger = self.good("ledger")
        self.assertIn("ada", self.good("user", "list"))
        self.assertEqual("1", self.sql("SELECT count(*) FROM account_words WHERE word = 'ada'"))
        self.data = self.folder / "second"
        self.configure()
        self.good("import", "out.jsonl")
        self.assertEqual(there, self.exported())
        self.assertEqual(ledger, self.good("ledger"))

    def test_a_cut_log_and_then_back_into_sqlite(self):
        self.configure()
        with sqlite3.connect(self.database) as db:
            db.execute("UPDATE events SET ts = 1 WHERE room_id = 1 AND seq <= 500")
        db.close()
        self.assertIn("cut 500 events", self.good("retention", "--older-than", "9000d", "--room", "1"))
        self.good("export", "--out", "cut.jsonl")
        self.use(self.conninfo())
        self.good("import", "cut.jsonl")
        self.good("export", "--out", "back.jsonl")
        self.assertIn("are dense", self.ctl("doctor").stdout)
        self.data = self.folder / "second"
        self.configure()
        self.good("import", "back.jsonl")
        self.good("backup", "verified.db")

    def test_an_import_that_was_broken_off_goes_on(self):
        end_of_first = self.find('"type":"room_end"')
        error = self.refused("import", "-", stdin="\n".join(self.lines[: end_of_first + 40]) + "\n")
        self.assertIn("the 1 rooms before it are in the database", error)
        self.assertEqual("1", self.rooms())
        self.assertIn("--resume", self.refused("import", "out.jsonl"))
        self.assertIn("2 rooms with 64 events, 37 users; 1 rooms were there", self.good("import", "out.jsonl", "--resume"))
        self.assertIn("0 rooms with 0 events, 37 users; 3 rooms were there", self.good("import", "out.jsonl", "--resume"))
        self.sql("UPDATE rooms SET epoch = 2 WHERE room_id = 1")
        self.assertIn("another log", self.refused("import", "out.jsonl", "--resume"))

    def test_rooms_come_beside_others_only_when_asked_for(self):
        self.good("seed", "--users", "5", "--rooms", "1")
        self.assertIn("--add", self.refused("import", "out.jsonl"))
        self.assertIn("room 1 exists", self.refused("import", "out.jsonl", "--add"))


class Refusals(Transfer):
    def test_a_gap_a_double_and_a_changed_text_leave_nothing(self):
        at = self.find('"seq":2300,')
        changed = self.lines[at].replace('"body":"', '"body":"x')
        for lines, word in (
            (self.lines[:at] + self.lines[at + 1 :], "event 2300 of room 1 is missing"),
            (self.lines[: at + 1] + self.lines[at:], "event 2300 of room 1 comes twice"),
            ([*self.lines[:at], changed, *self.lines[at + 1 :]], "the log of room 1 folds to"),
        ):
            self.refuses(lines, word, "nothing of it is in the database")
            self.assertEqual("", self.rooms())

    def test_a_row_that_is_there_twice_or_that_postgresql_does_not_take(self):
        at = self.find('"type":"members"')
        self.refuses(self.lines[: at + 1] + self.lines[at:], f"line {at + 2}:", "such a row of members already")
        changed = self.lines[at].replace('"role":', '"role":99999')
        self.refuses([*self.lines[:at], changed, *self.lines[at + 1 :]], f"line {at + 1}:", "smallint out of range")
        self.assertEqual("", self.rooms())

    def test_while_a_node_is_connected(self):
        psql = self.hold("starlingd node 3 on here pid 7", f"SELECT pg_advisory_lock_shared({NODES_LOCK})")
        self.assertIn("starlingd node 3 on here pid 7 is connected; stop every node", self.refused("import", "out.jsonl"))
        self.assertEqual("", self.server.ask("SELECT to_regclass('starling.rooms')", self.name), "the schema was made beside a node")
        psql.stdin.close()
        psql.wait(20)
        self.until("SELECT count(*) = 0 FROM pg_stat_activity WHERE starts_with(application_name, 'starlingd')")
        self.good("import", "out.jsonl")

    def test_while_another_import_runs(self):
        self.hold("another", f"SELECT pg_advisory_lock({NODES_LOCK})")
        self.assertIn("another import or raise-epochs runs", self.refused("import", "out.jsonl"))

    def hold(self, name, statement):
        """A connection of that name that has run it, until the end of the test."""
        command = ["psql", "-XAtq", self.conninfo()]
        psql = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"PGAPPNAME": name})
        self.addCleanup(psql.wait, 20)
        self.addCleanup(psql.stdin.close)
        self.addCleanup(psql.stdout.close)
        psql.stdin.write(f"{statement};\n SELECT 'there';\n")
        psql.stdin.flush()
        while (line := psql.stdout.readline()) != "there\n":
            self.assertTrue(line, "psql has ended")
        return psql


if __name__ == "__main__":
    main()
