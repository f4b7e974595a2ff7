"""A PostgreSQL server with data, log and socket in one folder, closed to other users: for ./dev cluster, and for tests.

It has no port: whoever could reach one would be its superuser.
"""

import os
import pathlib
import pwd
import shutil
import subprocess

from tools.cluster.failed import Failed
from tools.cluster.process import go_first

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
USER = "starling"
# How long any one question may take: a server that is paused answers none.
ANSWER_S = 10


def owner():
    """The server refuses to be root's; None: it runs as who started it."""
    if os.geteuid() != 0:
        return None
    return next(entry for entry in pwd.getpwall() if entry.pw_name in ("postgres", "nobody"))


class Server:
    def __init__(self, folder, first=False):
        """`first`: it has a machine of its own, as far as one can be had."""
        self.folder = pathlib.Path(folder)
        self.first = first
        self.data = self.folder / "data"

    def make(self, settings, *options):
        """Settings as NAME=VALUE, options of initdb."""
        self.make_folder()
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", *options)
        self._configure(settings)

    def make_standby(self, primary, name, settings=()):
        """Of that server, under a name for synchronous_standby_names. What was in the folder is gone."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.make_folder()
        self.run("pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-d", primary.replication(name))
        self._configure(settings)

    def rewind(self, primary, name, settings=()):
        """It was a primary, and becomes a standby of the one that took over, without what it alone has written. It does not run, whether it
        has ended in order or not. Failed: the data is unusable, or cannot be rewound."""
        # One that nobody has buried yet would be taken for alive.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.run("pg_rewind", "-D", self.data, "-R", "--source-server", f"{primary.replication(name)} dbname=postgres")
        self._configure(settings)

    def start(self):
        # The socket's lock of one that was killed, and that nobody has buried yet. Who runs on the data has another lock there.
        (self.folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        self.run("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", self.folder / "log")

    def stop(self, mode):
        if self.pid() is not None:
            self.run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)

    def promote(self):
        self.run("pg_ctl", "promote", "-w", "-D", self.data)

    def pid(self):
        """Of the postmaster that the data names, which a crash leaves there."""
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except FileNotFoundError:
            return None

    def replication(self, name):
        return f"host={self.folder} user={USER} application_name={name}"

    def ask(self, sql, database="postgres", timeout=ANSWER_S):
        """The first column of the first row, as text."""
        return self.run("psql", "-XAtq", "-h", self.folder, "-U", USER, "-d", database, "-c", sql, timeout=timeout).strip()

    def run(self, program, *arguments, timeout=None, env=()):
        """What the program of PostgreSQL says, run as the server's user."""
        if not BIN.exists():
            raise Failed(f"there is no {BIN}: apt-get install postgresql-15")
        user = owner()
        by = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
        command = [*by, str(BIN / program), *map(str, arguments)]
        try:
            done = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, timeout=timeout, env=os.environ | dict(env), start_new_session=True,
                                  preexec_fn=go_first if self.first else None)  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise Failed(f"{program}: no answer from {self.folder} within {timeout} s") from late
        if done.returncode != 0:
            raise Failed(f"{program} failed:\n{done.stdout}{self._end_of_log()}")
        return done.stdout

    def make_folder(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        if user := owner():
            os.chown(self.folder, user.pw_uid, user.pw_gid)

    def _configure(self, settings):
        # What stands last counts, so a standby's own settings hold over those that it has copied.
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            for setting in ["listen_addresses=", f"unix_socket_directories={self.folder}", *settings]:
                name, value = setting.split("=", 1)
                conf.write(f"{name} = '{value}'\n")

    def _end_of_log(self):
        log = self.folder / "log"
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""
