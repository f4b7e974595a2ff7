"""starlingctl export and import: what goes out comes back the same, and what is broken is refused."""

import json
import sqlite3
import unittest

from workshop import Workshop, main

TABLES = ("rooms", "events", "members", "device_pos", "read_marks", "created_rooms", "direct_rooms", "pins", "user_items")


def rows_of(database, table):
    db = sqlite3.connect(database)
    try:
        return sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
    finally:
        db.close()


def write_log(database, room, count):
    """A log as devices write it: messages, threads, edits, reactions, deletions with erased bodies, a body that is no text."""
    db = sqlite3.connect(database)
    head, msg_no = db.execute("SELECT head, msg_no FROM rooms WHERE room_id = ?", (room,)).fetchone()
    users = [user for (user,) in db.execute("SELECT user_id FROM members WHERE room_id = ? ORDER BY user_id", (room,))]
    counters, rows = {}, []
    first = head + 1
    for n in range(count):
        head += 1
        user = users[n % len(users)]
        counters[user] = counters.get(user, 0) + 1
        kind, target, thread, erased, body = 1, 0, 0, 0, f'message {n} "quoted" \\ \t äö'.encode()
        if n % 7 == 3:
            thread = first
        elif n % 7 == 4:
            kind, target, body = 2, first, b"edited"
        elif n % 7 == 5:
            kind, target, body = 4, first, "👍".encode()
        elif n % 11 == 10:
            erased, body = 0x8123456789ABCDEF - 2**64, b""
        elif n % 11 == 9:
            body = b"\xff\x00\xfe sealed"
        msg_no += kind == 1
        rows.append((room, head, 1, kind, user, user + 2**63 - 2**64, counters[user], n * 7919 - 2**62, 1_700_000_000_000 + n, msg_no, target, 0, 0, erased, body, thread))
    db.executemany("INSERT INTO events (room_id, seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, subject, role, erased_hash, body, thread) VALUES (" + ", ".join("?" * 16) + ")", rows)
    db.executemany("INSERT INTO device_pos VALUES (?, ?, ?)", [(room, user + 2**63 - 2**64, cseq) for user, cseq in counters.items()])
    db.execute("UPDATE rooms SET head = ?, msg_no = ?, last_ts = ?, topic = 'a topic', is_public = 1 WHERE room_id = ?", (head, msg_no, 1_700_000_000_000 + count, room))
    db.execute("INSERT INTO pins VALUES (?, ?, ?)", (room, first, first))
    db.execute("INSERT INTO read_marks VALUES (?, ?, ?, ?)", (users[0], room, head, msg_no))
    db.execute("UPDATE users SET items_version = 4294967300 WHERE user_id = ?", (users[0],))
    db.executemany("INSERT INTO user_items VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", [(users[0], 1, str(room), 4294967296 + room, b"hello"), (users[1], 3, f"{room}", room, b"\x00\xff")])
    db.commit()
    db.close()


class Transfer(Workshop):
    def setUp(self):
        super().setUp()
        self.good("seed", "--users", "40", "--rooms", "3", "--members", "12")
        write_log(self.database, 1, 700)
        write_log(self.database, 2, 40)
        self.good("export", "--out", "out.jsonl")
        self.lines = (self.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
        self.first = self.database

    def elsewhere(self, name):
        """From here on the commands are those of a new server."""
        self.data = self.folder / name
        self.database = self.data / "starling.db"
        self.configure()

    def write(self, lines):
        (self.folder / "changed.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return "changed.jsonl"


class RoundTrip(Transfer):
    def test_every_row_comes_back_and_the_folds_are_the_same(self):
        ledger = self.good("ledger")
        shown = [json.loads(self.good("room", "show", room, "--json", "--events", "1000")) for room in (1, 2, 3)]
        self.elsewhere("second")
        self.assertIn("3 rooms with 776 events, 36 users", self.good("import", "out.jsonl"))
        self.assertEqual(ledger, self.good("ledger"))
        for table in TABLES:
            self.assertEqual(rows_of(self.first, table), rows_of(self.database, table), table)
        for room, before in enumerate(shown, 1):
            after = json.loads(self.good("room", "show", room, "--json", "--events", "1000"))
            self.assertTrue(after["verified"])
            after["checkpoints_compared"] = before["checkpoints_compared"]  # an import makes all of them
            self.assertEqual(before, after)
        versions = [dict((user, items) for user, _, items in rows_of(each, "users")) for each in (self.first, self.database)]
        self.assertIn(4294967300, versions[0].values())
        self.assertEqual(versions[0], {user: items for user, items in versions[1].items() if user in versions[0]})
        self.good("backup", "verified.db")

    def test_an_export_of_an_import_is_the_same_file_but_for_its_date(self):
        self.elsewhere("second")
        self.good("import", "out.jsonl")
        self.good("export", "--out", "again.jsonl")
        again = (self.folder / "again.jsonl").read_text(encoding="utf-8").splitlines()
        raised = [line for line in self.lines if '"user"' not in line.split(",")[0] and '"header"' not in line]
        self.assertEqual(raised, [line for line in again if '"user"' not in line.split(",")[0] and '"header"' not in line])

    def test_rooms_are_chosen_with_the_users_that_belong_to_them(self):
        out = self.good("export", "--room", "2").splitlines()
        self.assertEqual({"type": "end", "users": 12, "rooms": 1, "events": 52, "lines": len(out)}, json.loads(out[-1]))
        self.elsewhere("second")
        self.good("import", "-", stdin="\n".join(out) + "\n")
        self.assertIn("there is no room 9", self.ctl("export", "--room", "9").stderr)

    def test_an_import_that_was_broken_off_goes_on(self):
        end_of_first = next(n for n, line in enumerate(self.lines) if '"type":"room_end"' in line)
        self.elsewhere("second")
        error = self.refused("import", "-", stdin="\n".join(self.lines[: end_of_first + 40]) + "\n")
        self.assertIn("cut off", error)
        self.assertIn("the 1 rooms before it are in the database", error)
        self.assertIn("--resume", self.refused("import", "out.jsonl"))
        self.assertIn("2 rooms with 64 events, 36 users; 1 rooms were there", self.good("import", "out.jsonl", "--resume"))
        self.assertIn("0 rooms with 0 events, 36 users; 3 rooms were there", self.good("import", "out.jsonl", "--resume"))
        self.assertEqual(rows_of(self.first, "events"), rows_of(self.database, "events"))

    def test_rooms_come_beside_others_only_when_asked_for(self):
        self.elsewhere("second")
        self.good("import", "-", stdin=self.run_in(self.first.parent, "export", "--room", "3"))
        rest = self.run_in(self.first.parent, "export", "--room", "1")
        self.assertIn("--add", self.refused("import", "-", stdin=rest))
        self.assertIn("1 rooms with 712", self.good("import", "-", "--add", stdin=rest))
        self.assertIn("room 1 exists", self.refused("import", "-", "--add", stdin=rest))

    def run_in(self, data, *arguments):
        there, self.data = self.data, data
        self.configure()
        out = self.good(*arguments)
        self.data = there
        self.configure()
        return out


class Refusals(Transfer):
    def setUp(self):
        super().setUp()
        self.elsewhere("second")

    def find(self, *parts):
        return next(n for n, line in enumerate(self.lines) if all(part in line for part in parts))

    def refuses(self, lines, *words):
        error = self.refused("import", self.write(lines))
        for word in words:
            self.assertIn(word, error)
        return error

    def test_a_gap(self):
        at = self.find('"seq":300,')
        self.refuses(self.lines[:at] + self.lines[at + 1 :], "event 300 of room 1 is missing", f"line {at + 1}:")
        self.assertEqual([], rows_of(self.database, "events"))

    def test_an_event_twice(self):
        at = self.find('"seq":300,')
        self.refuses(self.lines[: at + 1] + self.lines[at:], "event 300 of room 1 comes twice")

    def test_a_member_twice(self):
        at = self.find('"type":"members"')
        self.refuses(self.lines[: at + 1] + self.lines[at:], f"line {at + 2}:", "UNIQUE")

    def test_a_changed_text(self):
        at = self.find('"body":"message 1 ')
        changed = self.lines[at].replace("message 1", "massage 1")
        self.assertNotEqual(changed, self.lines[at])
        self.refuses([*self.lines[:at], changed, *self.lines[at + 1 :]], "the log of room 1 folds to", "were changed")

    def test_an_unknown_version_of_the_format_and_of_the_schema(self):
        self.refuses([self.lines[0].replace('"format":1', '"format":2'), *self.lines[1:]], "the file has format 2, this program reads 1")
        self.refuses([self.lines[0].replace('"schema":', '"schema":9'), *self.lines[1:]], "install a newer one")

    def test_an_unknown_field_kind_and_table(self):
        at = self.find('"seq":17,')
        for old, new, word in (('"seq":17,', '"seq":17,"mood":1,', '"mood" is unknown'), ('"kind":"', '"kind":"x', "is unknown"), ('"type":"event"', '"type":"moods"', '"moods" is unknown')):
            self.refuses([*self.lines[:at], self.lines[at].replace(old, new, 1), *self.lines[at + 1 :]], word, "install a newer one")

    def test_a_file_that_is_cut_off_changes_nothing(self):
        self.refuses(self.lines[:-1], "is cut off")
        self.assertFalse(self.database.exists())
        (self.folder / "half.jsonl").write_text("\n".join(self.lines)[:-1000], encoding="utf-8")
        self.assertIn("is cut off", self.refused("import", "half.jsonl"))
        self.assertFalse(self.database.exists())

    def test_lines_that_are_missing_between_rooms_are_counted(self):
        self.refuses(self.lines[:3] + self.lines[4:], "it counts other lines")

    def test_a_room_line_that_lies(self):
        at = self.find('"type":"room"')
        for old, new in (('"head":712', '"head":711'), ('"head":712', '"head":713'), ('"min_seq":1', '"min_seq":2'), ('"kind":1', '"kind":7'), ('"epoch":1', '"epoch":0')):
            self.assertIn(old, self.lines[at])
            self.refuses([*self.lines[:at], self.lines[at].replace(old, new), *self.lines[at + 1 :]], "room 1")
            self.assertEqual([], rows_of(self.database, "rooms"))

    def test_a_file_that_is_something_else(self):
        self.refuses(["hello"], "no export")
        self.refuses(['{"a":1}', '{"type":"end"}'], "line 1:", '"type"')
        self.assertIn("No such file", self.refused("import", "nowhere.jsonl"))

    def test_a_room_that_was_used_since_is_not_resumed(self):
        self.good("import", "out.jsonl")
        with sqlite3.connect(self.database) as db:
            db.execute("UPDATE rooms SET epoch = 2 WHERE room_id = 1")
        db.close()
        self.assertIn("another log", self.refused("import", "out.jsonl", "--resume"))


class Out(Transfer):
    def test_a_file_that_exists_is_kept_unless_forced(self):
        self.assertIn("--force", self.refused("export", "--out", "out.jsonl"))
        self.good("export", "--out", "out.jsonl", "--force")
        self.assertIn("is a directory", self.refused("export", "--out", "."))
        self.assertIn("cannot write", self.refused("export", "--out", "nowhere/out.jsonl"))

    def test_a_damaged_log_is_not_exported(self):
        with sqlite3.connect(self.database) as db:
            db.execute("DELETE FROM events WHERE room_id = 1 AND seq = 100")
        db.close()
        self.assertIn("room 1 is damaged: its log has no seq 100", self.refused("export", "--out", "new.jsonl"))
        self.assertEqual([], [path.name for path in self.folder.glob("new*")])
        self.assertTrue(self.good("export", "--room", "2").splitlines()[-1].startswith('{"type":"end"'))


if __name__ == "__main__":
    main()
