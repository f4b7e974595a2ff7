"""What people really said, exported beside the server and imported into an empty one: every row of every table."""

import json
import pathlib
import sqlite3
import subprocess
import sys

from workshop import Workshop, main

LOADSIM = pathlib.Path(sys.argv[2]).resolve()
SCENARIO = """
about = "A small team, for a moment."
users = 20
ramp = "1s"
duration = "4s"

[rooms]
count = 6
members = 8

[[persona]]
name = "talker"
share = 4
think = "300ms"
actions = { send = 1.0, reply = 0.3, react = 0.3, edit = 0.2, delete = 0.1, mark_read = 0.5, open_direct = 0.2, reconnect = 0.1 }
"""
# Checkpoints are made again, users get another version of their list of rooms, trials are the disk's.
DERIVED = {"checkpoints", "users", "trials", "sqlite_sequence"}


def tables_of(database):
    db = sqlite3.connect(database)
    try:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'") if name not in DERIVED]
        return {name: sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}
    finally:
        db.close()


class Moving(Workshop):
    def test_a_server_that_was_used_is_the_same_elsewhere(self):
        (self.folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
        subprocess.run([LOADSIM, "run", "scenario.toml", "--config", self.config, "--spawn"], cwd=self.folder, check=True, capture_output=True, timeout=100)
        before, ledger = tables_of(self.database), self.good("ledger")
        rooms = [json.loads(line)["room"] for line in self.good("room", "list", "--json").splitlines()]
        shown = {room: json.loads(self.good("room", "show", room, "--json")) for room in rooms}
        self.assertGreater(len(before["events"]), 100)
        self.assertGreater(sum(row[13] != 0 for row in before["events"]), 0, "bodies were erased")
        self.good("export", "--out", "out.jsonl")
        self.data = self.folder / "second"
        self.database = self.data / "starling.db"
        self.configure()
        self.good("import", "out.jsonl")
        after = tables_of(self.database)
        self.assertEqual(before.keys(), after.keys())
        for table, rows in before.items():
            self.assertEqual(rows, after[table], table)
        self.assertEqual(ledger, self.good("ledger"))
        for room in rooms:
            now = json.loads(self.good("room", "show", room, "--json"))
            self.assertEqual((True, shown[room]["prefix_hash"]), (now["verified"], now["prefix_hash"]))

    def test_people_are_the_same_elsewhere_but_for_their_secrets_and_powers(self):
        self.good("user", "add", "ada", "--name", "Ada Lovelace", stdin="starlings fly at dusk")
        self.good("user", "add", "bob", stdin="starlings fly at dusk")
        self.good("user", "disable", "bob")
        stays = {"password_hash", "admin", "totp_sealed", "totp_on", "totp_step"}
        db = sqlite3.connect(self.database)
        columns = [row[1] for row in db.execute("PRAGMA table_info(accounts)")]
        db.close()
        moves = ", ".join(column for column in columns if column not in stays)

        def people():
            db = sqlite3.connect(self.database)
            try:
                return db.execute(f"SELECT {moves} FROM accounts ORDER BY user_id").fetchall(), tables_of(self.database)["account_words"]
            finally:
                db.close()

        before = people()
        self.assertEqual(2, len(before[0]))
        self.assertIn("lovelace", [word for word, _ in before[1]])
        self.good("export", "--out", "people.jsonl")
        self.data = self.folder / "second"
        self.database = self.data / "starling.db"
        self.configure()
        self.good("import", "people.jsonl")
        self.assertEqual(before, people(), "a new column is named in kProfileColumns, or stays")


if __name__ == "__main__":
    main()
