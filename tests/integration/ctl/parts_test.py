"""starlingctl with the rooms in two databases and the people in a third: every command that reads or writes them."""

import re

from transfer_postgres_test import Transfer
from workshop import main


class InParts(Transfer):
    def setUp(self):
        super().setUp()
        self.good("import", "out.jsonl")
        self.alone = self.exported(), self.good("ledger")
        self.server.ask(f"DROP DATABASE {self.name}")
        self.server.ask(f"CREATE DATABASE {self.name} ENCODING 'UTF8' TEMPLATE template0")
        self.parts = self.use_parts()

    @staticmethod
    def without_versions(lines):
        """A list of rooms that was put together anew has a later version."""
        return [re.sub(r'"rooms_version":\d+,?', "", line) for line in lines]

    def test_what_was_in_one_database_is_in_three_and_comes_back(self):
        self.assertIn("PostgreSQL: 3 rooms with 3,076 events, 37 users", self.good("import", "out.jsonl"))
        self.assertEqual(self.without_versions(self.alone[0]), self.without_versions(self.exported()))
        self.assertEqual(self.alone[1], self.good("ledger"))
        self.assertEqual(["0", "0"], [self.sql("SELECT count(*) FROM outbox", part) for part in self.parts])
        self.assertEqual("36", self.sql("SELECT count(*) FROM members"), "the people's database has the members")
        self.assertEqual("3", self.sql("SELECT count(*) FROM rooms WHERE members = 12"), "and the rooms' cards")
        self.assertEqual("0", self.sql("SELECT count(*) FROM events"), "and no log")
        self.good("import", "out.jsonl", "--resume")
        self.assertEqual(self.alone[1], self.good("ledger"))

    def test_each_command_looks_where_the_room_is(self):
        self.good("import", "out.jsonl")
        for room in ("1", "2", "3"):
            self.assertIn(f"room {room}", self.good("room", "show", room))
            self.assertEqual(12, len(self.good("room", "members", room, "--json").splitlines()))
        self.assertEqual(3, len(self.good("room", "list", "--json").splitlines()))
        self.assertIn("ada", self.good("user", "list"))
        self.good("invite", "create")
        self.assertIn("out of 3", self.good("retention", "--older-than", "9000d"))
        self.assertIn("out of 1", self.good("retention", "--older-than", "9000d", "--room", "1"))
        doctor = self.ctl("doctor", "--every-log").stdout
        for part in ("the people of 2 parts of rooms", "the rooms of part 0 of 2", "the rooms of part 1 of 2"):
            self.assertIn(part, doctor)
        self.assertIn("schema 9 is current", self.good("migrate"))

    def test_rooms_are_seeded_where_they_belong(self):
        self.good("seed", "--users", "40", "--rooms", "30", "--members", "12")
        counts = [int(self.sql("SELECT count(*) FROM rooms", part)) for part in self.parts]
        self.assertEqual(30, sum(counts))
        self.assertGreater(min(counts), 0)
        self.assertEqual("30", self.sql("SELECT count(*) FROM rooms"))
        self.assertEqual("360", self.sql("SELECT count(*) FROM members"))

    def test_epochs_of_what_has_lost_something(self):
        self.good("import", "out.jsonl")
        self.assertIn("3 rooms", self.good("raise-epochs"))
        rooms = self.sql("SELECT count(*) FROM rooms", self.parts[0])
        self.assertIn(f"{rooms} rooms", self.good("raise-epochs", "--only", "0"))
        self.assertIn("0 rooms with 0 events", self.good("raise-epochs", "--only", "people"))
        self.assertIn("--only 2 names none", self.refused("raise-epochs", "--only", "2"))

    def test_another_number_of_parts_is_refused(self):
        self.good("import", "out.jsonl")
        for rooms in ([], [self.conninfo(dbname=self.parts[0])]):
            self.use(self.conninfo(), rooms=rooms)
            for command in (["ledger"], ["room", "list"], ["user", "list"], ["export"], ["migrate"], ["raise-epochs"], ["import", "out.jsonl"],
                            ["retention", "--older-than", "9d"], ["seed", "--users", "2", "--rooms", "1"]):  # fmt: skip
                self.assertRegex(self.refused(*command), "holds the .* 2.*, and store.postgres and store.rooms name it as", command)


if __name__ == "__main__":
    main()
