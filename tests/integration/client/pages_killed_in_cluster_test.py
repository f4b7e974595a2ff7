"""The client with all its pages is killed while a node of its cluster is gone, with sends in its outbox, and started again before the node is."""

import json
import pathlib
import random
import sys
import tempfile
import unittest

import killing

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
from tests.support.dev_cluster import DevCluster  # noqa: E402
from tools.cluster import database  # noqa: E402
from tools.cluster.cluster import Cluster  # noqa: E402
from tools.cluster.failed import Failed  # noqa: E402
from tools.cluster.layout import Layout  # noqa: E402

NODES = ("n1", "n2")
# Each node three times: one of them is the room's home, and for the three seconds of its lease nothing is acknowledged.
KILLS = 6


class PagesKilledInCluster(killing.Killing):
    def start_server(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="starling-"))
        self.cluster = self.enterContext(DevCluster(killing.bench.PROGRAMS, folder, len(NODES)))
        self.port = self.cluster.port
        self.config = self.cluster.config_of(NODES[0])

    def end_server(self):
        """Its context has."""

    def is_served(self):
        return True

    def layout(self):
        return Layout.load(self.cluster.home / "cluster")

    def is_delivered(self):
        """All that was shown. Whoever was put out of the view, as on a busy machine, is started again meanwhile, as a service manager does it."""
        Cluster(self.layout(), killing.bench.PROGRAMS).look_after()
        try:
            return self.committed() >= len(self.lines())
        except Failed:
            return False  # a database on a busy machine

    def committed(self):
        """How many messages are in the log."""
        layout = self.layout()
        return int(database.server(layout, layout.primary).ask("SELECT count(*) FROM starling.events WHERE kind = 1", database.NAME))

    def test_what_was_seen_is_in_the_log_once_and_in_order(self):
        rng = random.Random(killing.SEED)
        token, room = self.begin()
        waited = []
        for number in range(KILLS):
            gone = NODES[number % 2]
            person = self.person(token)
            person.click("Test")
            person.process.stdin.write(f"flood r{number} {self.shown}\n")
            person.process.stdin.flush()
            self.wait_shown(person.process, 5)
            self.cluster.do("kill", gone)
            self.wait_shown(person.process, rng.randrange(5, 20))
            person.process.kill()
            person.process.wait()
            waited.append(max(0, len(self.lines()) - self.committed()))
            person = self.person(token)
            self.wait_for("message that waited in the log", self.is_delivered, every=0.2)
            person.quit()
            self.cluster.do("restart", gone)
        self.assertGreater(sum(waited), 0, "no outbox had anything in it")
        print(json.dumps({"kills": KILLS, "waited": waited} | self.judge(KILLS, token, room)))

    def person(self, token):
        return self.pages("data", "--server", self.url, "--token", token)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
