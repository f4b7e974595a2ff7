"""What the cluster consists of, by what names, in which folders and on which ports."""

import difflib
import json
import pathlib

from tools.cluster.postgres import Failed
from tools.cluster.process import Process

DATABASES = ("pg1", "pg2", "pg3")
NODES_MAX = 9
PORT = 8100
# A bus is reached so far above its node's port.
BUS = 50
# What a socket's path may have, less its name.
FOLDER_MAX = 90


class Layout:
    """Kept in cluster.json, but for the folder itself."""

    def __init__(self, folder, nodes=3, port=PORT, primary="pg1"):
        self.folder = pathlib.Path(folder).absolute()
        self.nodes = nodes
        self.port = port
        self.primary = primary

    @property
    def node_names(self):
        return [f"n{i}" for i in range(1, self.nodes + 1)]

    @property
    def names(self):
        """In the order in which they start."""
        return [*DATABASES, "redis", *self.node_names, "haproxy"]

    def of(self, name):
        return self.folder / name

    def process(self, name):
        return Process(self.folder / f"{name}.pid")

    def port_of(self, node):
        return self.port + int(node[1:])

    def bus_of(self, node):
        return self.port_of(node) + BUS

    def ports(self):
        return [self.port, *(port(name) for name in self.node_names for port in (self.port_of, self.bus_of))]

    def known(self, name):
        if name in self.names:
            return name
        near = difflib.get_close_matches(name, self.names, n=1, cutoff=0)[0]
        raise Failed(f"there is no '{name}'. Did you mean {near}? There are {', '.join(self.names)}.")

    def save(self):
        kept = {"nodes": self.nodes, "port": self.port, "primary": self.primary}
        draft = self.folder / "cluster.json.new"
        draft.write_text(json.dumps(kept) + "\n", encoding="utf-8")
        draft.rename(self.folder / "cluster.json")

    @classmethod
    def load(cls, folder):
        """None: there is none yet."""
        file = pathlib.Path(folder) / "cluster.json"
        return cls(folder, **json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None

    @classmethod
    def make(cls, folder, nodes, port):
        layout = cls(folder, nodes, port)
        if len(str(layout.folder)) > FOLDER_MAX:
            raise Failed(f"{layout.folder} is too long for the sockets in it; set STARLING_HOME to a shorter path")
        layout.folder.mkdir(parents=True, exist_ok=True)
        # Those who are not root here pass through; what is in the folders is closed.
        layout.folder.chmod(0o711)
        layout.save()
        return layout
