"""A cluster under measurement: PostgreSQL with two standbys, Redis, HAProxy and nodes, as ./dev cluster runs them."""

import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

from .programs import BIN, read_metrics_by_label, rss_bytes, summed

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from tools.cluster import database, node  # noqa: E402
from tools.cluster.cluster import Cluster  # noqa: E402
from tools.cluster.layout import DATABASES, Layout  # noqa: E402

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class RealCluster:
    def __init__(self, nodes, port, sections=""):
        """`sections`: more of each node's configuration."""
        # PostgreSQL's user has to get in, and the way to its sockets is short.
        self.home = tempfile.TemporaryDirectory(prefix="starling-bench-", dir="/var/tmp")
        os.chmod(self.home.name, 0o711)
        self.layout = Layout.make(pathlib.Path(self.home.name) / "cluster", nodes, port, sections=sections)
        self.cluster = Cluster(self.layout, BIN.absolute())

    def __enter__(self):
        try:
            for _ in self.cluster.up():
                pass
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for _ in self.cluster.down():
            pass
        self.home.cleanup()

    @property
    def port(self):
        """Of HAProxy."""
        return self.layout.port

    @property
    def conninfo(self):
        return database.conninfo(self.layout)

    def ctl(self, *arguments, output=subprocess.DEVNULL):
        command = [BIN / "starlingctl", "--config", node.config_of(self.layout, "n1"), *arguments]
        subprocess.run([str(part) for part in command], check=True, stdout=output)

    def tokens(self, users):
        path = pathlib.Path(self.home.name) / "tokens"
        with path.open("w") as file:
            self.ctl("token", "mint", "--users", f"1-{users}", output=file)
        return path

    def metrics(self):
        """name -> value, summed over nodes and shards."""
        values = {}
        for name in self.layout.node_names:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.layout.port_of(name)}/metrics", timeout=10) as page:
                for metric, value in summed(read_metrics_by_label(page.read().decode())).items():
                    values[metric] = values.get(metric, 0.0) + value
        return values

    def cpu_s(self):
        """(of all processes of PostgreSQL, standbys included; of all nodes) so far."""
        return self.cpu_s_of(DATABASES), self.cpu_s_of(self.layout.node_names)

    def cpu_s_of(self, names):
        """Of those processes and their children."""
        ticks = 0
        for name in names:
            for pid, _ in self.layout.process(name).family():
                try:
                    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                except (FileNotFoundError, ProcessLookupError):
                    continue
                ticks += sum(map(int, fields[11:13]))
        return ticks / TICKS_PER_S

    def rss_bytes(self):
        """Of all nodes."""
        return sum(rss_bytes(self.layout.process(name).pid()) for name in self.layout.node_names)
