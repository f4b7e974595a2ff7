"""starlingctl import of Slack's and Mattermost's archives: everything that has a place here comes along, the rest is counted."""

import json
import sqlite3
import unittest
import zipfile

import foreign_archives
from workshop import Workshop, main


class Foreign(Workshop):
    def rows(self, statement, *values):
        db = sqlite3.connect(self.database)
        try:
            return db.execute(statement, values).fetchall()
        finally:
            db.close()

    def room(self, title):
        return self.rows("SELECT room_id FROM rooms WHERE title = ?", title)[0][0]

    def texts(self, room):
        return [body.decode() for (body,) in self.rows("SELECT body FROM events WHERE room_id = ? AND kind = 1 ORDER BY seq", room)]

    def lines(self, *arguments):
        """The converted lines, and a name for each user's number."""
        lines = [json.loads(line) for line in self.good("import", *arguments, "--lines", "-").splitlines()]
        return lines, {line["user"]: line["handle"] for line in lines if line["type"] == "user"}

    def whole(self):
        """Every log is dense and folds; the copy is verified."""
        self.good("backup", "verified.db", "--force")
        for (room,) in self.rows("SELECT room_id FROM rooms"):
            self.assertTrue(json.loads(self.good("room", "show", room, "--json"))["verified"])


class Slack(Foreign):
    def setUp(self):
        super().setUp()
        self.archive = foreign_archives.zip_slack(self.folder / "slack.zip")
        self.said = self.good("import", "--from", "slack", self.archive)

    def test_rooms_of_every_sort_come_along(self):
        self.assertEqual(
            [("", 2, 0), ("Ann", 1, 0), ("Ann, Bob B., Cat", 1, 0), ("general", 1, 1), ("secret", 1, 0)],
            self.rows("SELECT title, kind, is_public FROM rooms ORDER BY title"),
        )
        self.assertEqual(1, len(self.rows("SELECT * FROM direct_rooms")))
        self.whole()

    def test_texts_become_markdown_with_our_mentions(self):
        lines, handles = self.lines("--from", "slack", self.archive)
        bob = next(number for number, handle in handles.items() if handle == "bob")
        self.assertEqual(
            [
                f"Hello <@{bob}>, see #general & [the *docs*](https://example.org/a?b=1&c=2) 🎉",
                "in the thread",
                "and outside",
                "look: `if (a < b) *p = 1;`\n[file not imported: cat.png]",
                "",
                "why was it?",
                "Build 7\nis **green**",
                "_waves_",
                "<@room> a late reply",
            ],
            self.texts(self.room("general")),
        )
        self.assertEqual({"ann", "bob", "cat_", "builder", "slackbot"}, set(handles.values()))
        ann = next(line for line in lines if line.get("handle") == "ann")
        self.assertEqual(("Ann", "#9f69e7", "in a meeting"), (ann["display_name"], ann["avatar_color"], ann["status_text"]))

    def test_threads_edits_reactions_pins_and_times_come_along(self):
        general = self.room("general")
        events = self.rows("SELECT seq, kind, thread, target, ts, body FROM events WHERE room_id = ? ORDER BY seq", general)
        root = next(seq for seq, kind, *_, body in events if body.startswith(b"Hello"))
        self.assertEqual([root, root], [thread for _, kind, thread, *_ in events if thread == root])
        self.assertEqual([(root, 1600000110000)], [(target, ts) for _, kind, _, target, ts, _ in events if kind == 2])
        self.assertEqual([("👍".encode(), root), ("👍".encode(), root), (b":partyparrot:", root)], [(body, target) for _, kind, _, target, _, body in events if kind == 4])
        self.assertEqual([(root,)], self.rows("SELECT seq FROM pins WHERE room_id = ?", general))
        self.assertEqual(1600000100000, next(ts for seq, _, _, _, ts, _ in events if seq == root))
        deleted = [(seq, thread) for seq, kind, thread, *_ in events if kind == 1 and self.rows("SELECT erased_hash FROM events WHERE room_id = ? AND seq = ?", general, seq)[0][0] != 0]
        self.assertEqual(1, len(deleted))
        self.assertIn(deleted[0][0], [thread for _, _, thread, *_ in events])

    def test_memberships_topics_and_roles_come_along(self):
        members = self.good("room", "members", self.room("general"), "--json").splitlines()
        self.assertEqual(["member", "owner"], sorted(json.loads(line)["role"] for line in members))
        self.assertEqual(3, len(self.rows("SELECT * FROM members WHERE room_id = ?", self.room("general"))))
        self.assertEqual([("All of us & tea",), ("hush",)], self.rows("SELECT topic FROM rooms WHERE topic <> '' ORDER BY topic"))

    def test_what_did_not_come_along_is_counted(self):
        for line in ("2 that accounts were closed", "1 files (their names came along)", "1 messages of blocks only", "1 messages without a text",
                     "1 messages of the kind channel_purpose", "1 pinned files", "2 reactions of users that the archive does not name",
                     "1 places in threads whose first message", "1 mail addresses", "1 integration_logs.json", "1 that channels were archived",
                     "1 pictures of custom emoji", "1 attachments of links and programs"):  # fmt: skip
            self.assertRegex(self.said, r"not taken: +" + line.replace("(", r"\(").replace(")", r"\)").replace("2 that", "1 that"))

    def test_a_folder_is_the_same_archive_and_a_second_import_is_recognised(self):
        before = self.good("ledger")
        folder = foreign_archives.write_slack(self.folder / "unpacked")
        self.assertIn("has rooms", self.refused("import", "--from", "slack", folder))
        self.assertIn("exists in this database", self.refused("import", "--from", "slack", folder, "--add"))
        self.assertIn("0 rooms with 0 events, 5 users; 5 rooms were there", self.good("import", "--from", "slack", folder, "--resume"))
        self.assertEqual(before, self.good("ledger"))
        self.assertEqual([], [path.name for path in self.data.iterdir() if path.name.startswith("unpacked")])

    def test_the_lines_in_between_are_an_export(self):
        self.good("import", "--from", "slack", self.archive, "--lines", "lines.jsonl")
        ledger = self.good("ledger")
        self.data = self.folder / "second"
        self.configure()
        self.good("import", "lines.jsonl")
        self.assertEqual(ledger, self.good("ledger"))


class Mattermost(Foreign):
    def setUp(self):
        super().setUp()
        self.archive = foreign_archives.write_mattermost(self.folder / "bulk.jsonl")
        self.said = self.good("import", "--from", "mattermost", self.archive)

    def test_rooms_of_every_sort_come_along(self):
        self.assertEqual(
            [("", 2, 0), ("Quiet", 1, 0), ("Town Square", 1, 1), ("ann, gone, j.doe", 1, 0)],
            self.rows("SELECT title, kind, is_public FROM rooms ORDER BY title"),
        )
        self.assertEqual([("All of us",)], self.rows("SELECT topic FROM rooms WHERE topic <> ''"))
        self.whole()

    def test_texts_threads_edits_reactions_and_pins_come_along(self):
        _, handles = self.lines("--from", "mattermost", self.archive)
        jo = next(number for number, handle in handles.items() if handle == "j.doe")
        square = self.room("Town Square")
        self.assertEqual(["<@room> I left", f"Hello <@{jo}>. **Read** `@ann` 🎉", "in the thread\n[file not imported: tea.pdf]"], self.texts(square))
        events = self.rows("SELECT seq, kind, thread, target, ts FROM events WHERE room_id = ? ORDER BY seq", square)
        root = next(seq for seq, kind, _, _, ts in events if kind == 1 and ts == 1600000100000)
        self.assertEqual([root], [thread for _, kind, thread, _, _ in events if thread])
        self.assertEqual([1600000105000, 1600000106000, 1600000121000], [ts for _, kind, _, _, ts in events if kind == 4])
        self.assertEqual([(root,)], self.rows("SELECT seq FROM pins"))
        self.assertEqual([1600000110000], [ts for _, kind, _, _, ts in events if kind == 2])

    def test_what_did_not_come_along_is_counted(self):
        for line in ("1 objects of the type emoji", "1 posts of the type system_join_channel", "1 files", "1 that channels were archived", "1 messages that users saved",
                     "1 pictures of custom emoji", "2 mail addresses", "1 purposes"):  # fmt: skip
            self.assertRegex(self.said, r"not taken: +" + line)

    def test_a_zip_is_the_same_archive(self):
        packed = foreign_archives.zip_mattermost(self.folder / "bulk.zip")
        self.assertIn("0 rooms with 0 events, 3 users; 4 rooms were there", self.good("import", "--from", "mattermost", packed, "--resume"))


class Refusals(Foreign):
    def test_an_archive_that_is_none(self):
        (self.folder / "empty").mkdir()
        self.assertIn("users.json", self.refused("import", "--from", "slack", "empty"))
        self.assertIn("No such file", self.refused("import", "--from", "slack", "nowhere.zip"))
        (self.folder / "bad.zip").write_bytes(b"PK\x03\x04 not really")
        self.assertIn("bad.zip", self.refused("import", "--from", "slack", "bad.zip"))
        (self.folder / "bad.jsonl").write_text('{"type":"post"}\n', encoding="utf-8")
        self.assertIn("no version", self.refused("import", "--from", "mattermost", "bad.jsonl"))
        (self.folder / "new.jsonl").write_text('{"type":"version","version":2}\n', encoding="utf-8")
        self.assertIn("version 2", self.refused("import", "--from", "mattermost", "new.jsonl"))
        self.assertEqual(2, self.ctl("import", "--from", "teams", "bad.jsonl").returncode)
        self.assertEqual(2, self.ctl("import", "bad.jsonl", "--lines", "x").returncode)

    def test_a_zip_that_leads_out_of_its_folder(self):
        with zipfile.ZipFile(self.folder / "evil.zip", "w") as archive:
            archive.writestr("../../evil.json", "[]")
        self.assertIn("not to be trusted", self.refused("import", "--from", "slack", "evil.zip"))
        self.assertEqual([], list(self.folder.rglob("evil.json")))

    def test_a_room_that_leads_out_of_the_archive(self):
        folder = foreign_archives.write_slack(self.folder / "unpacked")
        channels = json.loads((folder / "channels.json").read_text(encoding="utf-8"))
        channels[0]["name"] = "../general"
        (folder / "channels.json").write_text(json.dumps(channels), encoding="utf-8")
        self.assertIn("not to be trusted", self.refused("import", "--from", "slack", folder))

    def test_a_damaged_day_stops_the_import_and_names_the_file(self):
        folder = foreign_archives.write_slack(self.folder / "unpacked")
        (folder / "secret" / "2020-09-13.json").write_text("[{", encoding="utf-8")
        error = self.refused("import", "--from", "slack", folder)
        self.assertIn("secret/2020-09-13.json is no JSON", error)
        self.assertIn("the 1 rooms before it are in the database", error)
        foreign_archives.write_slack(folder)
        self.assertIn("4 rooms", self.good("import", "--from", "slack", folder, "--resume"))


if __name__ == "__main__":
    main()
