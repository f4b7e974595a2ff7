"""starlingctl called wrongly: one line that names the fix, an exit code that is not 0, and nothing changed.

The commands and their arguments are read from --help, so a new one is tried as well. REFUSED has what only a person knows."""

import re
import sqlite3
import subprocess
import unittest

from workshop import STARLINGCTL, Workshop, main

NO_NUMBERS = ("-1", "x", "", "1.5", "0x10", "18446744073709551616", "99999999999999999999", " 7", "7 ")
PASSWORD = "a horse, a battery and a staple\n"

# Arguments, exit code, what the line says, standard input. The database has the account ada and the room 1.
REFUSED = (
    ((), 2, "one of migrate, ", ""),
    (("frob",), 2, "no command 'frob', only one of migrate, ", ""),
    (("user",), 2, "one of add, ", ""),
    (("user", "frob"), 2, "no command 'frob', only one of add, ", ""),
    (("room", "frob"), 2, "only one of list, members, show", ""),
    (("user", "add", "ada"), 1, "the handle ada is taken", PASSWORD),
    (("user", "add", "ADA"), 1, "the handle ada is taken", PASSWORD),
    (("user", "add", "A B"), 1, "2 to 32 of a-z", PASSWORD),
    (("user", "add", "x"), 1, "2 to 32 of a-z", PASSWORD),
    (("user", "add", ""), 1, "2 to 32 of a-z", PASSWORD),
    (("user", "add", "bob", PASSWORD), 2, "not expected", ""),
    (("user", "add", "bob", "--name", "x" * 65), 1, "at most 64 characters", PASSWORD),
    (("user", "add", "bob", "--name", "a\nb"), 1, "on one line", PASSWORD),
    (("user", "add", "bob"), 1, "8 to 128 characters", "short\n"),
    (("user", "add", "bob"), 1, "8 to 128 characters", "x" * 129 + "\n"),
    (("user", "add", "bob"), 1, "no password came", ""),
    (("user", "passwd", "ada"), 1, "8 to 128 characters", "short\n"),
    (("user", "passwd", "ada"), 1, "no password came", ""),
    (("user", "passwd", "bob"), 1, "starlingctl user list", PASSWORD),
    (("user", "disable", "bob"), 1, "starlingctl user list", ""),
    (("user", "enable", "bob"), 1, "starlingctl user list", ""),
    (("user", "sessions", ""), 1, "starlingctl user list", ""),
    (("user", "revoke", "bob"), 1, "starlingctl user list", ""),
    (("user", "admin", "bob"), 1, "starlingctl user list", ""),
    (("user", "revoke", "ada", "--device", "0"), 2, "--device", ""),
    (("user", "revoke", "ada", "--device", "99"), 1, "starlingctl user sessions", ""),
    (("invite", "create", "--uses", "0"), 2, "from 1 to 1000", ""),
    (("invite", "create", "--ttl", "31536001"), 2, "from 1 to 31536000", ""),
    (("invite", "revoke", "99"), 1, "starlingctl invite list", ""),
    (("room", "show", "0"), 2, "ROOM", ""),
    (("room", "show", "7"), 1, "starlingctl room list", ""),
    (("room", "members", "7"), 1, "starlingctl room list", ""),
    (("room", "show", "1", "--events", "1001"), 2, "from 0 to 1000", ""),
    (("export", "--room", "7"), 1, "starlingctl room list", ""),
    (("export", "--room", "1", "--room", "7"), 1, "starlingctl room list", ""),
    (("export", "--out", "nowhere/x.jsonl"), 1, "No such file or directory; name a file", ""),
    (("export", "--out", "."), 1, "name a file in it", ""),
    (("export", "--out", "starling.toml"), 1, "--force", ""),
    (("export", "--out", ""), 1, "name a file", ""),
    (("import", "nofile"), 1, "cannot read nofile: No such file or directory; user ", ""),
    (("import", "data"), 1, "data: it is cut off, or no export", ""),
    (("import", "starling.toml"), 1, "starling.toml: it is cut off, or no export", ""),
    (("import", "-"), 1, "import into an empty one", "{}\n"),
    (("import", "-", "--add"), 1, "line 1: it is no JSON object", "garbage\n"),
    (("import", "-", "--add"), 1, 'line 1: it has no field "type"', "{}\n"),
    (("import", "-", "--add"), 1, "line 1: it is no header", '{"type":"x"}\n'),
    (("import", "-", "--add"), 1, "is cut off", ""),
    (("import", "nofile", "--from", "frob"), 2, "slack", ""),
    (("import", "-", "--from", "slack"), 2, "reads a file, not standard input", ""),
    (("import", "-", "--from", "mattermost"), 2, "reads a file, not standard input", ""),
    (("import", "nofile", "--from", "slack"), 1, "cannot read nofile: No such file", ""),
    (("import", "data", "--from", "slack", "--add"), 1, "data: it has no users.json", ""),
    (("import", "starling.toml", "--from", "mattermost", "--add"), 1, "starling.toml: line 1 is no JSON", ""),
    (("import", "data", "--from", "slack", "--lines", "starling.toml"), 1, "name a new file", ""),
    (("import", "nofile", "--lines", "x"), 2, "--from slack or --from mattermost", ""),
    (("retention", "--older-than", "90"), 2, "as in 90d", ""),
    (("retention", "--older-than", "-5d"), 2, "as in 90d", ""),
    (("retention", "--older-than", "0d"), 2, "as in 90d", ""),
    (("retention", "--older-than", "5y"), 2, "as in 90d", ""),
    (("retention", "--older-than", "99999999999999999999d"), 2, "as in 90d", ""),
    (("retention", "--older-than", "1d", "--room", "7"), 1, "starlingctl room list", ""),
    (("backup", "."), 1, "name a file in it", ""),
    (("backup", ""), 1, "name a file", ""),
    (("backup", "starling.toml"), 1, "--force", ""),
    (("backup", "nowhere/x.db"), 1, "make it first", ""),
    (("restore", "nofile"), 1, "cannot read nofile: No such file or directory; user ", ""),
    (("restore", "starling.toml"), 1, "not a SQLite database", ""),
    (("restore", "data"), 1, "data", ""),
    (("ledger", "--rooms", "nofile"), 1, "No such file", ""),
    (("ledger", "--rooms", "-"), 1, "names no room", ""),
    (("token", "mint"), 2, "--user N, or --users A-B", ""),
    (("token", "mint", "--users", "3-1"), 2, "--users A-B", ""),
    (("token", "mint", "--users", "1--5"), 2, "--users A-B", ""),
    (("token", "mint", "--user", "0"), 2, "--user", ""),
    (("token", "mint", "--user", "1", "--ttl", "0"), 2, "--ttl", ""),
    (("seed", "--users", "0", "--rooms", "1"), 2, "--users", ""),
    (("status", "--url", "frob"), 1, "http", ""),
    (("keygen", "--dir", "starling.toml"), 1, "starling.toml", ""),
)  # fmt: skip

# What each command needs to get as far as its database; without one it says how to make it.
WITHOUT_DATABASE = (
    ("user", "list"), ("user", "passwd", "ada"), ("user", "disable", "ada"), ("user", "enable", "ada"), ("user", "sessions", "ada"),
    ("user", "revoke", "ada"), ("user", "admin", "ada"), ("invite", "list"), ("room", "list"), ("room", "show", "1"),
    ("room", "members", "1"), ("export",), ("export", "--out", "x.jsonl"), ("ledger",), ("backup", "x.db"), ("retention", "--older-than", "1d"),
)  # fmt: skip


def help_of(*path):
    return subprocess.run([STARLINGCTL, *path, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout


def commands(*path):
    """The path of every command below this one that has none below itself."""
    names = re.findall(r"^  (\S+) ", help_of(*path).partition("Subcommands:")[2], re.MULTILINE)
    return [below for name in names for below in commands(*path, name)] or [path]


def arguments(path):
    """The arguments of a command: name, kind, and whether it is wanted."""
    found = re.findall(r"^  (?:-h,)?(--[\w-]+|[A-Z]+)(?: (UINT|TEXT))?(.*)", help_of(*path), re.MULTILINE)
    return [(name, kind, "REQUIRED" in more) for name, kind, more in found]


def given_as(name, value):
    return (name, value) if name.startswith("-") else (value,)


class Refusals(Workshop):
    def refuses(self, given, code, says, stdin=""):
        run = self.ctl(*given, stdin=stdin)
        self.assertEqual((code, ""), (run.returncode, run.stdout), run.stderr)
        self.assertRegex(run.stderr, r"\A[^\n]+\n\Z", "not one line")
        self.assertIn(says, run.stderr)
        self.assertNotRegex(run.stderr, r"(\S{5,})[: ]+\1", "says a thing twice")

    def state(self):
        """All files, and the rows of the database: its WAL may come and go."""
        files = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}
        files -= {"data/starling.db-wal", "data/starling.db-shm", "data/starlingd.lock"}
        if not self.database.exists():
            return files
        with sqlite3.connect(self.database) as db:
            rows = list(db.iterdump())
        db.close()
        return files, rows, self.config.read_text(encoding="utf-8")


class OnDatabase(Refusals):
    def setUp(self):
        super().setUp()
        self.good("seed", "--users", "3", "--rooms", "1")
        self.good("user", "add", "ada", stdin=PASSWORD)
        self.before = self.state()

    def test_each_wrong_call_is_refused_with_its_fix(self):
        for given, code, says, stdin in REFUSED:
            with self.subTest(given=given):
                self.refuses(given, code, says, stdin)
                self.assertEqual(self.before, self.state())

    def test_no_command_takes_what_it_does_not_know_or_goes_without_what_it_wants(self):
        for path in commands():
            wanted = [given_as(name, "1") for name, _, is_wanted in arguments(path) if is_wanted]
            with self.subTest(command=path):
                self.refuses((*path, *sum(wanted, ()), "--frob"), 2, f"not expected: --frob; see starlingctl {' '.join(path)} --help")
                if wanted:
                    self.refuses(path, 2, "is required")
        self.assertEqual(self.before, self.state())

    def test_what_is_no_number_is_taken_for_none(self):
        tried = 0
        for path in commands():
            for name, kind, _ in arguments(path):
                for number in NO_NUMBERS if kind == "UINT" else ():
                    with self.subTest(command=path, argument=name, number=number):
                        self.refuses((*path, *given_as(name, number)), 2, f"{name}: '{number}' is no number from ")
                        tried += 1
        self.assertGreater(tried, 100)
        self.assertEqual(self.before, self.state())


class WithoutDatabase(Refusals):
    def test_whoever_wants_a_database_says_how_to_make_it(self):
        for made in (False, True):  # the data directory, empty
            if made:
                self.data.mkdir()
            before = self.state()
            for given in WITHOUT_DATABASE:
                with self.subTest(given=given, made=made):
                    self.refuses(given, 1, "starlingctl migrate", PASSWORD)
                    self.assertEqual(before, self.state())

    def test_a_wrong_call_makes_nothing(self):
        before = self.state()
        for given in (("user", "add", "x"), ("user", "add", "bob"), ("import", "nofile"), ("restore", "nofile"), ("seed", "--users", "x"),
                      ("token", "mint"), ("import", "-", "--from", "slack"), ("invite", "create", "--uses", "0")):  # fmt: skip
            with self.subTest(given=given):
                run = self.ctl(*given, stdin="short\n")
                self.assertIn(run.returncode, (1, 2))
                self.assertEqual(before, self.state())


GO_FOR_A_CLUSTER = ("user", "invite", "room", "retention", "ledger", "export")


class OfACluster(Refusals):
    """Its store is PostgreSQL: nothing may make or change a database in the data directory."""

    def setUp(self):
        super().setUp()
        self.configure(
            f'[store]\npostgres = "host={self.folder} dbname=nobody"\n[cluster]\nnode = 0\nlisten = "tcp://127.0.0.1:{self.port}"\n'
        )
        self.archive = self.folder / "archive.jsonl"
        self.archive.write_text("", encoding="utf-8")

    def test_what_knows_sqlite_only_says_so(self):
        before = self.state()
        for given, says in (
            (("backup", "x.db"), "pg_basebackup -D FOLDER"),
            (("restore", self.archive), "starlingctl raise-epochs before any node"),
        ):
            with self.subTest(given=given):
                self.refuses(given, 1, says, PASSWORD)
                self.assertEqual(before, self.state())

    def test_what_asks_postgresql_says_that_it_is_not_there(self):
        before = self.state()
        for given in (*(each for each in WITHOUT_DATABASE if each[0] in GO_FOR_A_CLUSTER), ("import", "-"), ("migrate",), ("raise-epochs",)):
            with self.subTest(given=given):
                self.refuses(given, 1, "cannot connect to PostgreSQL", PASSWORD)
                self.assertEqual(before, self.state())


if __name__ == "__main__":
    main()
