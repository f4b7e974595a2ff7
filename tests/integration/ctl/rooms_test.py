"""starlingctl room list, room members and retention."""

import json
import sqlite3
import unittest

from workshop import Workshop, main

DAY_MS = 86_400_000


class Rooms(Workshop):
    def setUp(self):
        super().setUp()
        self.good("seed", "--users", "20", "--rooms", "3", "--members", "5")

    def sql(self, statement):
        with sqlite3.connect(self.database) as db:
            db.execute(statement)
        db.close()


class Lists(Rooms):
    def test_every_room_stands_on_a_line(self):
        self.sql("UPDATE rooms SET is_public = 1, title = 'tea' || char(27) WHERE room_id = 2")
        rooms = [json.loads(line) for line in self.good("room", "list", "--json").splitlines()]
        self.assertEqual([1, 2, 3], [room["room"] for room in rooms])
        self.assertEqual(("tea\x1b", True, 5, 5, 1), tuple(rooms[1][k] for k in ("title", "public", "members", "head", "min_seq")))
        text = self.good("room", "list")
        self.assertEqual(4, len(text.splitlines()))
        self.assertIn("tea?", text)

    def test_without_a_room_it_says_so(self):
        self.database.unlink()
        self.good("migrate")
        self.assertIn("no room yet", self.good("room", "list"))
        self.assertEqual("", self.good("room", "list", "--json"))

    def test_members_and_who_is_banned_are_shown(self):
        user = json.loads(self.good("room", "members", "1", "--json").splitlines()[-1])["user"]
        self.sql(f"UPDATE members SET banned = 1, leave_seq = 5 WHERE room_id = 1 AND user_id = {user}")
        members = [json.loads(line) for line in self.good("room", "members", "1", "--json").splitlines()]
        self.assertEqual(1, sum(member["role"] == "owner" for member in members))
        self.assertEqual((user, "none", True), tuple(members[-1][k] for k in ("user", "role", "banned")))
        self.assertIn("banned", self.good("room", "members", "1").splitlines()[-1])
        self.assertIn("room list", self.refused("room", "members", "9"))


class Retention(Rooms):
    def setUp(self):
        super().setUp()
        self.sql(f"UPDATE events SET ts = ts - {100 * DAY_MS} WHERE seq <= 3")

    def test_what_is_older_goes_and_the_rest_still_folds(self):
        before = json.loads(self.good("room", "show", "1", "--json"))
        self.assertIn("would cut 9 events", self.good("retention", "--older-than", "90d", "--dry-run"))
        self.assertIn("cut 3 events", self.good("retention", "--older-than", "90d", "--room", "1"))
        self.assertIn("cut 6 events", self.good("retention", "--older-than", "90d"))
        after = json.loads(self.good("room", "show", "1", "--json"))
        self.assertEqual((4, 5, True), (after["min_seq"], after["head"], after["verified"]))
        self.assertEqual((before["prefix_hash"], before["members"]), (after["prefix_hash"], after["members"]))
        self.good("backup", "verified.db")

    def test_a_cut_log_is_exported_and_imported(self):
        self.good("retention", "--older-than", "90d")
        self.sql("UPDATE events SET ts = 1 WHERE room_id = 3")
        self.good("retention", "--older-than", "1s", "--room", "3")
        ledger = self.good("ledger")
        self.good("export", "--out", "out.jsonl")
        self.data = self.folder / "second"
        self.database = self.data / "starling.db"
        self.configure()
        self.good("import", "out.jsonl")
        self.assertEqual(ledger, self.good("ledger"))
        self.good("backup", "verified.db")

    def test_what_is_no_age_is_a_wrong_command_line(self):
        for age in ("90", "d", "-1d", "0d", "1.5d", "ninety"):
            run = self.ctl("retention", f"--older-than={age}")
            self.assertEqual(2, run.returncode, age)
            self.assertIn("as in 90d", run.stderr)
        self.assertIn("room list", self.refused("retention", "--older-than", "1d", "--room", "9"))


if __name__ == "__main__":
    main()
