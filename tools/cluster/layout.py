"""What the cluster consists of, by what names, in which folders and at which addresses."""

import contextlib
import difflib
import fcntl
import json
import pathlib

from tools.cluster.failed import Failed
from tools.cluster.process import Process

DATABASES = ("pg1", "pg2", "pg3")
NODES_MAX = 9
PORT = 8100
# Where nodes that are hosts of their own have their addresses, and the host of everything else has the last one.
NETWORK = "10.77.0"
OUTSIDE = 254
# A bus is reached so far above its node's port.
BUS = 50
# What a socket's path may have, less its name.
FOLDER_MAX = 90


class Layout:
    """Kept in cluster.json, but for the folder itself."""

    def __init__(self, folder, nodes=3, port=PORT, primary="pg1", proxies=1, hosts=False, sections="", rooms=0):
        self.folder = pathlib.Path(folder).absolute()
        self.nodes = nodes
        self.port = port
        self.primary = primary
        self.proxies = proxies
        # Each node is a host: tools/cluster/network.py
        self.hosts = hosts
        # More of each node's configuration.
        self.sections = sections
        # Databases for parts of the rooms, beside that of the people.
        self.rooms = rooms

    @property
    def node_names(self):
        return [f"n{i}" for i in range(1, self.nodes + 1)]

    @property
    def proxy_names(self):
        """They share a port."""
        return ["haproxy", *(f"haproxy{i}" for i in range(2, self.proxies + 1))]

    @property
    def redis_names(self):
        return ["redis", "redis2", "sentinel1", "sentinel2", "sentinel3"] if self.hosts else ["redis"]

    @property
    def names(self):
        """In the order in which they start."""
        return [*DATABASES, *self.redis_names, *self.node_names, *self.proxy_names]

    def of(self, name):
        return self.folder / name

    def process(self, name):
        return Process(self.folder / f"{name}.pid")

    def address_of(self, node):
        return f"{NETWORK}.{node[1:]}" if self.hosts else "127.0.0.1"

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

    @contextlib.contextmanager
    def held(self, what, wait=True):
        """Nobody else does anything to it meanwhile; False: somebody does, and it was not waited for."""
        with open(self.folder / f"{what}.lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def save(self):
        kept = {name: value for name, value in vars(self).items() if name != "folder"}
        draft = self.folder / "cluster.json.new"
        draft.write_text(json.dumps(kept) + "\n", encoding="utf-8")
        draft.rename(self.folder / "cluster.json")

    @classmethod
    def load(cls, folder):
        """None: there is none yet."""
        file = pathlib.Path(folder) / "cluster.json"
        return cls(folder, **json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None

    @classmethod
    def make(cls, folder, nodes, port, **more):
        layout = cls(folder, nodes, port, **more)
        if len(str(layout.folder)) > FOLDER_MAX:
            raise Failed(f"{layout.folder} is too long for the sockets in it; set STARLING_HOME to a shorter path")
        layout.folder.mkdir(parents=True, exist_ok=True)
        # Those who are not root here pass through; what is in the folders is closed.
        layout.folder.chmod(0o711)
        layout.save()
        return layout
