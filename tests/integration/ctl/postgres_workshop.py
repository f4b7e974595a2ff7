"""A workshop whose store is a PostgreSQL server of the test's own, with an empty database for each test."""

import itertools
import pathlib
import shutil
import sys
import tempfile
import time

from workshop import Workshop

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))
from tools.cluster.postgres import USER, Server  # noqa: E402

NUMBERS = itertools.count()


class PostgresWorkshop(Workshop):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(tempfile.mkdtemp(prefix="starling-pg-"))
        cls.addClassCleanup(shutil.rmtree, cls.server.folder, ignore_errors=True)
        cls.server.make(["max_connections=60", "shared_buffers=32MB"], "--no-sync", "-k")
        cls.addClassCleanup(cls.server.stop, "immediate")
        cls.server.start()

    def setUp(self):
        super().setUp()
        self.name = f"test{next(NUMBERS)}"
        self.server.ask(f"CREATE DATABASE {self.name} ENCODING 'UTF8' TEMPLATE template0")
        self.use(self.conninfo())

    def conninfo(self, user=USER, **more):
        return " ".join(f"{name}={value}" for name, value in {"host": self.server.folder, "user": user, "dbname": self.name, **more}.items())

    def use(self, conninfo, durability="local", rooms=()):
        """From here on it is the store of the configuration, with the rooms where they are named."""
        parts = ", ".join(f'"{part}"' for part in rooms)
        self.configure(
            f'[store]\npostgres = "{conninfo}"\nrooms = [{parts}]\ndurability = "{durability}"\n'
            f'[cluster]\nnode = 0\nlisten = "tcp://127.0.0.1:{self.port}"\n'
        )  # fmt: skip

    def use_parts(self, count=2):
        """New databases for the rooms, and that of the test for the people; their names."""
        names = [f"{self.name}_rooms{next(NUMBERS)}" for _ in range(count)]
        for name in names:
            self.server.ask(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        self.use(self.conninfo(), rooms=[self.conninfo(dbname=name) for name in names])
        return names

    def sql(self, statement, database=None):
        return self.server.ask(f"SET search_path = starling; {statement}", database or self.name)

    def until(self, question):
        """PostgreSQL says yes to it."""
        deadline = time.monotonic() + 30
        while self.server.ask(question) != "t":
            self.assertLess(time.monotonic(), deadline, question)
            time.sleep(0.1)
