"""./dev cluster --room-databases: people lose nothing while a node and the primary of all databases die, and both databases have rooms."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(ROOT))
from tests.support.dev_cluster import DevCluster  # noqa: E402
from tools.cluster import database  # noqa: E402
from tools.cluster.layout import Layout  # noqa: E402

# Who opens a direct room makes one in a room's database that the people's has to hear of.
LOAD = """
users = 40
ramp = "2s"
duration = "20s"
faults = ["@3s kill n2", "@6s restart n2", "@10s pg.failover sync"]
[rooms]
count = 12
members = 8
[[persona]]
name = "talker"
share = 1
think = "1s"
actions = { send = 1.0, reply = 0.3, react = 0.2, edit = 0.1, open_direct = 0.2, mark_read = 0.3 }

[fitness]        # what is tried is what is promised, and not how fast: other tests run beside this one
timer_lag_p99 = "5s"
worker_cpu_percent = 100
"""


class RoomDatabases(unittest.TestCase):
    def test_people_lose_nothing_while_a_node_and_the_primary_die(self):
        folder = tempfile.TemporaryDirectory(prefix="starling-")
        self.addCleanup(folder.cleanup)
        cluster = self.enterContext(DevCluster(BIN, folder.name, nodes=2, room_databases=2))
        scenario = cluster.home / "load.toml"
        scenario.write_text(LOAD, encoding="utf-8")
        injector = f"{sys.executable} -m tools.cluster --home {cluster.home} --bin {BIN} fault"
        configs = [f"--config={cluster.config_of(name)}" for name in ("n1", "n2")]
        run = subprocess.run([BIN / "starling-loadsim", "run", scenario, f"--injector={injector}", *configs], cwd=ROOT,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=400)  # fmt: skip
        self.assertEqual(0, run.returncode, run.stdout + run.stderr)
        result = json.loads(run.stdout.splitlines()[-1])
        self.assertEqual((0, True), (result["violations"], result["quiesced"]), run.stdout)
        self.assertGreater(result["accepted"], 100)
        layout = Layout.load(cluster.home / "cluster")
        primary = database.server(layout, layout.primary)
        events = [int(primary.ask("SELECT coalesce(sum(head), 0) FROM starling.rooms", part)) for part in database.rooms(layout)]
        self.assertEqual(2, len(events))
        self.assertGreater(min(events), 50, events)
        self.assertEqual("0", primary.ask("SELECT coalesce(sum(head), 0) FROM starling.rooms", database.NAME), "the people know of rooms, and of no event")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
