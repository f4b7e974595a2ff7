"""What the kernel holds for the sockets of this machine, whoever has them."""

import pathlib
import re

PAGE_BYTES = 4096
# A connected socket that is looked at: itself, its inode, its file, the entry of that, and what epoll keeps.
SOCKET_CACHES = ("TCP", "sock_inode_cache", "filp", "dentry", "eventpoll_epi")


def cache_bytes(slabinfo, names):
    """In slabs of those caches, full or not."""
    total = 0
    for line in slabinfo.splitlines():
        name, _, rest = line.partition(" ")
        if name in names:
            pages_per_slab = int(rest.split()[4])
            slabs = int(rest.partition("slabdata")[2].split()[1])
            total += slabs * pages_per_slab * PAGE_BYTES
    return total


def buffer_bytes(sockstat):
    """What is sent and not taken yet, or has come and was not read, by the page."""
    return int(re.search(r"^TCP:.* mem (\d+)$", sockstat, re.MULTILINE)[1]) * PAGE_BYTES


def socket_bytes():
    slabinfo = pathlib.Path("/proc/slabinfo").read_text()
    return cache_bytes(slabinfo, SOCKET_CACHES) + buffer_bytes(pathlib.Path("/proc/net/sockstat").read_text())
