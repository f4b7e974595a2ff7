"""Each node a host of its own, in a network namespace beside a bridge, so that what one says to another can be lost on the way.

Root may do this anywhere; ./dev chaos does it where nobody else is, in namespaces that end with it.
"""

import re
import subprocess

from tools.cluster.failed import Failed
from tools.cluster.layout import NETWORK, OUTSIDE

BRIDGE = "starling0"


def make(layout):
    """Hosts n1 … nN at NETWORK.1 … NETWORK.N, and this one."""
    _ip("link", "add", BRIDGE, "type", "bridge")
    _ip("address", "add", f"{NETWORK}.{OUTSIDE}/24", "dev", BRIDGE)
    for name in ("lo", BRIDGE):
        _ip("link", "set", name, "up")
    for node in layout.node_names:
        _ip("netns", "add", node)
        _ip("link", "add", f"to-{node}", "master", BRIDGE, "type", "veth", "peer", "name", "eth0", "netns", node)
        _ip("link", "set", f"to-{node}", "up")
        _ip("-n", node, "address", "add", f"{layout.address_of(node)}/24", "dev", "eth0")
        for name in ("lo", "eth0"):
            _ip("-n", node, "link", "set", name, "up")


def at(layout, node):
    """What to put before a command that runs on the node's host."""
    return ["nsenter", f"--net=/run/netns/{node}"] if layout.hosts else []


class Rules:
    """Packets that do not arrive, at one host and for a while."""

    def __init__(self, layout, node, number):
        if not layout.hosts:
            raise Failed("the nodes share the network of this machine, where nothing is cut; ./dev chaos gives each one of its own")
        self._nft = [*at(layout, node), "nft"]
        self._table = f"inet fault{number}"

    def add(self, *rules):
        chain = f"{self._table} arriving"
        lines = [f"add table {self._table}", f"add chain {chain} {{ type filter hook input priority 0; }}"]
        self._run("-f", "-", text="\n".join([*lines, *(f"add rule {chain} {rule}" for rule in rules)]))

    def remove(self):
        """How many packets they have met."""
        met = sum(map(int, re.findall(r"packets (\d+)", self._run("list", "table", *self._table.split()))))
        self._run("delete", "table", *self._table.split())
        return met

    def _run(self, *arguments, text=None):
        return _run([*self._nft, *arguments], text)


def clear(layout):
    """Every rule of every node is gone."""
    for node in layout.node_names if layout.hosts else ():
        _run([*at(layout, node), "nft", "flush", "ruleset"])


def _ip(*arguments):
    _run(["ip", *arguments])


def _run(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
