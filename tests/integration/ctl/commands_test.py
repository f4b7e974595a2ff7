"""starlingctl on a data directory without a server: what it makes, shows, copies, restores, and refuses to do."""

import json
import os
import random
import sqlite3
import stat
import unittest

from workshop import Workshop, main


class CommandLine(Workshop):
    def test_a_wrong_command_line_exits_2_and_changes_nothing(self):
        for arguments in ((), ("frobnicate",), ("seed",), ("seed", "--users", "0", "--rooms", "1"), ("room", "show", "x"),
                          ("token", "mint"), ("token", "mint", "--users", "5-3"), ("token", "mint", "--users", "1-18446744073709551615"), ("backup",), ("token", "mint", "--user", "1", "--users", "1-2"), ("keygen", "--bus", "--rotate")):  # fmt: skip
            run = self.ctl(*arguments)
            self.assertEqual(2, run.returncode, (arguments, run.stdout, run.stderr))
            self.assertNotEqual("", run.stderr)
        self.assertFalse(self.data.exists())

    def test_help_names_every_command(self):
        shown = self.good("--help")
        for command in ("migrate", "keygen", "token", "seed", "status", "room", "backup", "restore", "raise-epochs", "ledger", "export", "import", "retention", "doctor"):
            self.assertIn(command, shown)

    def test_all_errors_of_a_configuration_are_shown_with_their_lines(self):
        self.config.write_text('[server]\nlisten = "0.0.0.0:99999"\ndata_dri = "x"\n[limits]\nwindow_events = 0\n', encoding="utf-8")
        errors = self.refused("migrate")
        for line in (2, 3, 5):
            self.assertIn(f"{self.config}:{line}: ", errors)
        self.assertIn("data_dir", errors)

    def test_a_configuration_that_is_not_there_is_an_error(self):
        self.config.unlink()
        self.assertIn("No such file", self.refused("migrate"))


class Keys(Workshop):
    def test_tokens_come_one_a_line_and_signing_makes_the_keys(self):
        tokens = self.good("token", "mint", "--users", "1-100").splitlines()
        self.assertEqual(100, len(set(tokens)))
        secret = self.data / "keys" / "token.1.secret"
        self.assertEqual(0, stat.S_IMODE(secret.stat().st_mode) & 0o077)

    def test_keygen_leaves_keys_as_they_are_and_rotate_adds(self):
        self.good("keygen")
        before = {f.name: f.read_bytes() for f in (self.data / "keys").iterdir()}
        self.good("keygen")
        self.assertEqual(before, {f.name: f.read_bytes() for f in (self.data / "keys").iterdir()})
        self.assertIn("key 2 signs", self.good("keygen", "--rotate"))
        after = {f.name: f.read_bytes() for f in (self.data / "keys").iterdir()}
        self.assertEqual(before, {name: after[name] for name in before})

    def test_keygen_makes_a_bus_key_once_and_prints_what_the_other_nodes_need(self):
        key = self.good("keygen", "--bus").splitlines()[-1]
        self.assertEqual(key, self.good("keygen", "--bus").splitlines()[-1])
        self.assertEqual(key + "\n", (self.data / "keys" / "bus.1.public").read_text())
        self.assertEqual(0, stat.S_IMODE((self.data / "keys" / "bus.1.secret").stat().st_mode) & 0o077)

    def test_a_secret_that_others_can_read_is_refused(self):
        self.good("keygen")
        (self.data / "keys" / "token.1.secret").chmod(0o444)
        self.assertIn("token.1.secret", self.refused("token", "mint", "--user", "1"))


class Database(Workshop):
    def test_migrate_makes_a_database_once(self):
        self.assertIn("made, with schema", self.good("migrate"))
        self.assertIn("is current", self.good("migrate"))
        self.assertEqual(0, stat.S_IMODE(self.data.stat().st_mode) & 0o077)

    def test_a_database_of_a_newer_version_is_left_alone(self):
        self.good("migrate")
        with sqlite3.connect(self.database) as db:
            db.execute("PRAGMA user_version = 4242")
        db.close()
        self.assertIn("4242", self.refused("migrate"))
        self.assertIn("4242", self.refused("backup", "copy.db"))

    def test_a_file_that_is_no_database_is_left_alone(self):
        self.data.mkdir()
        self.database.write_bytes(random.Random(1).randbytes(30_000))
        for command in (("migrate",), ("seed", "--users", "2", "--rooms", "1"), ("room", "show", "1"), ("ledger",), ("backup", "copy.db")):
            self.assertIn(str(self.database), self.refused(*command))
        self.assertEqual(random.Random(1).randbytes(30_000), self.database.read_bytes())

    def test_without_a_database_every_reader_says_so(self):
        for command in (("room", "show", "1"), ("ledger",), ("backup", "copy.db")):
            self.assertIn(str(self.database), self.refused(*command))
        self.assertFalse(self.database.exists())

    def test_seeding_twice_changes_nothing(self):
        self.assertIn("3 rooms made with 30 members", self.good("seed", "--users", "20", "--rooms", "3", "--members", "10"))
        before = self.good("ledger")
        self.assertIn("0 rooms made", self.good("seed", "--users", "20", "--rooms", "3", "--members", "10"))
        self.assertEqual(before, self.good("ledger"))

    def test_seeding_spreads_members_evenly(self):
        self.good("seed", "--users", "20", "--rooms", "6", "--members", "10")
        rooms = [json.loads(self.good("room", "show", room, "--json")) for room in range(1, 7)]
        counts = {}
        for room in rooms:
            self.assertEqual(10, len({m["user"] for m in room["members"]}))
            for member in room["members"]:
                counts[member["user"]] = counts.get(member["user"], 0) + 1
        self.assertEqual({3}, set(counts.values()))
        self.assertEqual(20, len(counts))


class Room(Workshop):
    def setUp(self):
        super().setUp()
        self.good("seed", "--users", "600", "--rooms", "1", "--members", "600")

    def test_a_room_is_shown_and_its_fold_agrees(self):
        room = json.loads(self.good("room", "show", "1", "--json", "--events", "3"))
        self.assertEqual(("group", "room 1", 1, 600, 1), tuple(room[k] for k in ("kind", "title", "epoch", "head", "min_seq")))
        self.assertEqual((True, 2), (room["verified"], room["checkpoints_compared"]))
        self.assertEqual([598, 599, 600], [e["seq"] for e in room["last_events"]])
        text = self.good("room", "show", "1")
        self.assertIn(room["prefix_hash"], text)
        self.assertIn("members 600", text)

    def test_a_hole_and_a_changed_event_are_found(self):
        def damage(statement):
            with sqlite3.connect(self.database) as db:
                db.execute(statement)
            db.close()
            run = self.ctl("room", "show", "1", "--json")
            return run.returncode, json.loads(run.stdout).get("fault", "")

        self.assertEqual((1, "the checkpoint at 256 is not the log's fold"), damage("UPDATE events SET body = x'41' WHERE seq = 200"))
        self.assertEqual((0, ""), damage("UPDATE events SET body = x'' WHERE seq = 200"))
        self.assertEqual((1, "event 300 is missing"), damage("DELETE FROM events WHERE seq = 300"))

    def test_an_unknown_room_is_an_error(self):
        self.assertIn("no room 7", self.refused("room", "show", "7"))


class Ledger(Workshop):
    def setUp(self):
        super().setUp()
        self.good("seed", "--users", "4", "--rooms", "3", "--members", "2")

    def test_every_room_is_listed_and_the_end_is_marked(self):
        lines = [line.split("\t") for line in self.good("ledger").splitlines()]
        self.assertEqual([["room", str(n), "1", "2", "1"] for n in (1, 2, 3)], [line for line in lines if line[0] == "room"])
        self.assertEqual({13}, {len(line) for line in lines if line[0] == "event"})
        self.assertEqual(["end", "3", "6"], lines[-1])

    def test_rooms_are_chosen_by_a_file_or_by_standard_input(self):
        chosen = self.good("ledger", "--rooms", "-", stdin="3\n 1 ")
        self.assertEqual(["1", "3"], [line.split("\t")[1] for line in chosen.splitlines() if line.startswith("room")])
        (self.folder / "rooms").write_text("2\n99\n", encoding="utf-8")
        self.assertTrue(self.good("ledger", "--rooms", "rooms").endswith("end\t1\t2\n"))

    def test_a_list_that_names_no_room_is_not_every_room(self):
        self.assertIn("names no room", self.refused("ledger", "--rooms", "-", stdin="\n"))
        self.assertIn("'x1' is no room's number", self.refused("ledger", "--rooms", "-", stdin="1 x1"))
        self.assertIn("No such file", self.refused("ledger", "--rooms", "nowhere"))


@unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
class Root(Workshop):
    OWNER = 65534

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o711)
        self.data.mkdir()
        os.chown(self.data, self.OWNER, self.OWNER)

    def test_what_root_makes_is_the_owners_of_the_data_directory(self):
        self.good("seed", "--users", "2", "--rooms", "1")
        self.good("keygen")
        self.good("token", "mint", "--user", "1")
        self.good("backup", "copy.db")
        self.assertEqual(0, (self.folder / "copy.db").stat().st_uid)
        self.assertIn("must be able to", self.refused("restore", "copy.db"))
        os.chown(self.folder / "copy.db", self.OWNER, self.OWNER)
        self.good("restore", "copy.db")
        self.assertGreater(len(list(self.data.rglob("*"))), 6)
        self.assertEqual({self.OWNER}, {path.lstat().st_uid for path in self.data.rglob("*")})

    def test_root_writes_nowhere_that_the_owner_could_not(self):
        victim = self.folder / "roots"
        victim.mkdir(mode=0o700)
        (victim / "shadow").write_text("root's", encoding="utf-8")
        (self.data / "x").symlink_to(victim)
        (self.data / "keys").symlink_to(victim)
        self.good("seed", "--users", "2", "--rooms", "1")
        self.refused("keygen")
        self.refused("token", "mint", "--user", "1")
        self.assertEqual(["shadow"], [path.name for path in victim.iterdir()])
        self.assertEqual(0, (victim / "shadow").stat().st_uid)


class Backup(Workshop):
    def setUp(self):
        super().setUp()
        self.good("seed", "--users", "300", "--rooms", "2", "--members", "300")

    def test_a_backup_is_private_verified_and_brings_everything_back(self):
        self.assertIn("2 rooms with 600 events", self.good("backup", "copy.db"))
        self.assertEqual(0, stat.S_IMODE((self.folder / "copy.db").stat().st_mode) & 0o077)
        before = self.good("ledger").splitlines()
        self.good("restore", "copy.db")
        after = self.good("ledger").splitlines()
        self.assertEqual([line for line in before if line.startswith("event")], [line for line in after if line.startswith("event")])
        self.assertEqual(["room\t1\t2\t300\t1", "room\t2\t2\t300\t1"], [line for line in after if line.startswith("room")])

    def test_raising_epochs_is_for_postgresql_and_by_little(self):
        self.assertIn("starlingctl restore", self.refused("raise-epochs"))
        for by in ("0", "257", "-1"):
            self.assertEqual(2, self.ctl("raise-epochs", "--by", by).returncode)

    def test_every_restore_raises_the_epochs_and_keeps_what_was_there(self):
        self.good("backup", "copy.db")
        for epoch in (2, 3, 4):
            self.good("restore", "copy.db")
            self.assertEqual(epoch, json.loads(self.good("room", "show", "1", "--json"))["epoch"])
        self.assertEqual(3, len(list(self.data.glob("*.before-restore*"))))

    def test_a_file_that_exists_is_kept_unless_forced(self):
        (self.folder / "copy.db").write_text("mine", encoding="utf-8")
        self.assertIn("--force", self.refused("backup", "copy.db"))
        self.assertEqual("mine", (self.folder / "copy.db").read_text(encoding="utf-8"))
        self.good("backup", "copy.db", "--force")
        self.good("restore", "copy.db")

    def test_no_backup_goes_where_it_cannot(self):
        self.assertIn("is a directory", self.refused("backup", "."))
        self.assertIn("no directory", self.refused("backup", "nowhere/copy.db"))
        self.assertIn("the database itself", self.refused("backup", self.database, "--force"))

    def test_a_damaged_backup_is_refused_and_changes_nothing(self):
        self.good("backup", "copy.db")
        whole = (self.folder / "copy.db").read_bytes()
        before = self.good("ledger")

        def refused(path, why):
            self.assertRegex(self.refused("restore", path), why)
            self.assertEqual(before, self.good("ledger"))
            self.assertEqual([], list(self.data.glob("*restor*")))

        (self.folder / "cut.db").write_bytes(whole[: len(whole) // 2])
        refused("cut.db", "damaged")
        refused("nowhere.db", "nowhere.db")
        (self.folder / "hole.db").write_bytes(whole)
        with sqlite3.connect(self.folder / "hole.db") as db:
            db.execute("DELETE FROM events WHERE room_id = 2 AND seq = 17")
        db.close()
        refused("hole.db", "room 2")


if __name__ == "__main__":
    main()
