"""A node's own wall clock, by libfaketime: what it says is in a file that may be changed while the node runs."""

import pathlib

from tools.cluster.failed import Failed

LIBRARY = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
# How long it goes by what it has read.
CACHE_S = 1


def file_of(layout, node):
    return layout.of(node) / "clock"


def before(layout, node):
    """What to put before its command: nothing where its clock is the machine's. Its steady clock is never touched."""
    file = file_of(layout, node)
    if not file.exists():
        return []
    return ["env", f"LD_PRELOAD={LIBRARY}", f"FAKETIME_TIMESTAMP_FILE={file}", f"FAKETIME_CACHE_DURATION={CACHE_S}",
            "FAKETIME_DONT_FAKE_MONOTONIC=1"]  # fmt: skip


def set_to(layout, node, text):
    """Such as "+3600" or "+0 x2"."""
    if not LIBRARY.exists():
        raise Failed(f"there is no {LIBRARY}: apt-get install faketime")
    file_of(layout, node).write_text(text + "\n", encoding="utf-8")


def is_read(layout, node):
    """The node goes by what was set last: the file was read after it was written."""
    stat = file_of(layout, node).stat()
    return stat.st_atime_ns > stat.st_mtime_ns


def is_own(layout, node):
    """A clock was set for the process that runs."""
    pid = layout.process(node).pid()
    return pid is not None and LIBRARY.name in pathlib.Path(f"/proc/{pid}/maps").read_text()


def remove(layout, node):
    file_of(layout, node).unlink(missing_ok=True)
