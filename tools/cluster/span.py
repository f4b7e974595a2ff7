"""How long a fault lasts: until its time is up, or somebody has said so (SIGTERM, Ctrl-C)."""

import signal
import sys
import threading
import time

_over = threading.Event()


def listen_for_fault():
    if "fault" not in sys.argv:
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _over.set())


def is_over():
    return _over.is_set()


def lasts(seconds):
    _over.wait(seconds)


def slices(seconds, length):
    """How long each slice of the span is to be, as long as it goes on."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not _over.is_set():
        yield min(left, length)
