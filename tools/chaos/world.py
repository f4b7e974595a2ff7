"""Where chaos may rage: disks, hosts and processes of its own, which are gone when this process is.

tools/dev/chaos.sh has put us into new namespaces (processes, mounts, network), of whose processes this is the first.
"""

import os
import pathlib
import subprocess

from tools.cluster import network
from tools.cluster.failed import Failed
from tools.cluster.layout import DATABASES, PORT, Layout

# In our own mount namespace, all of it; no source tree is in there.
RUN = pathlib.Path("/run")
HOME = RUN / "starling"
# What a database's log and data need for an hour of it, and small enough to be filled in a moment.
DISK = "1g"
# A drain of a few seconds; rooms have one home a node.
SECTIONS = """
[limits]
drain_per_s_percent = 20
[runtime]
shards = 1
"""


def make(nodes, rooms):
    if os.getpid() != 1:
        raise Failed("this is no world of its own; start it as: ./dev chaos")
    _tmpfs(RUN, "1g")
    for folder in (HOME, RUN / "netns", RUN / "tmp"):
        folder.mkdir()
    os.environ["TMPDIR"] = str(RUN / "tmp")
    layout = Layout.make(HOME / "cluster", nodes, PORT, proxies=2, hosts=True, sections=SECTIONS, rooms=rooms)
    for name in DATABASES:
        layout.of(name).mkdir()
        _tmpfs(layout.of(name), DISK)
    network.make(layout)
    return layout


def _tmpfs(where, size):
    pathlib.Path(where).mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "starling", where], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"no disk could be made at {where}: {done.stderr.strip()}")
