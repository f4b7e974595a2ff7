"""./dev bench slow-readers: 1,000 readers that never read, in a room that takes 1,000 messages a second for a minute.

A hundred others are in the room, read, and send; their latency is measured without the slow ones and with them. The slow
ones join, resume points in hand, and then leave their sockets alone until the server has closed them; they read what is
left there, see why, stay away for the rest of the minute, come back, resume by cursor, and read the log until nothing
is missing: in order, without a gap, and with the prefix hash that the server named."""

import argparse
import sys
import tempfile
import threading
import time

from kit.programs import Load, Server
from kit.verdict import Verdict, broken_promises, progress

USER_BYTES_MAX = 256 * 1024
SEND_BUFFER = 64 * 1024  # runtime.send_buffer_bytes; the kernel doubles it
CLOSED_AFTER_S = 30
RESUMABLE = "4008"


class Watcher(threading.Thread):
    """Looks at the server every half second, until told to stop."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.began, self.over = server, time.monotonic(), threading.Event()
        self.rss_max = self.queue_max = 0
        self.closed_at = None  # seconds until the last of `wanted` was closed
        self.closed_before = self.closed()
        self.wanted = 0

    def closed(self):
        metrics = self.server.metrics()
        return metrics["starling_slow_closed_total"] + metrics["starling_timeouts_total"]

    def run(self):
        while not self.over.wait(0.5):
            self.rss_max = max(self.rss_max, self.server.rss_bytes())
            self.queue_max = max([self.queue_max, *self.server.send_queues()])
            if self.closed_at is None and self.closed() - self.closed_before >= self.wanted:
                self.closed_at = time.monotonic() - self.began

    def stop(self):
        self.over.set()
        self.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slow", type=int, default=1_000)
    parser.add_argument("--others", type=int, default=100)
    parser.add_argument("--rate", type=int, default=1_000, help="messages a second")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    members = options.slow + options.others

    with tempfile.TemporaryDirectory(prefix="starling-bench-") as directory, Server(directory) as server:
        server.seed(members, 1, members)
        grant = 10 * options.rate // options.others
        tokens = server.tokens(members, "--grant-sends-per-s", grant, "--grant-burst", grant)
        server.start()
        with Load("--port", server.port, "--tokens", tokens, "--fold", "--server-pid", server.pid) as load:
            return measure(options, server, load)


def measure(options, server, load):
    run = {"per_s": options.rate, "warm_s": 2}
    slow = {"first": options.others, "count": options.slow}
    load.connect(options.others)
    progress("without the slow readers")
    without = load.ask("run", measure_s=min(20, options.seconds), **run)

    load.connect(options.slow, first=options.others)
    load.ask("pause", **slow)
    before = server.rss_bytes()
    watcher = Watcher(server)
    watcher.wanted = options.slow
    progress(f"{options.slow:,} readers have stopped to read; {options.rate:,} messages a second for {options.seconds} s")
    load.tell("run", measure_s=options.seconds, **run)
    watcher.start()
    while watcher.closed_at is None and time.monotonic() - watcher.began < options.seconds:
        time.sleep(0.1)
    progress("closed after {:.1f} s".format(watcher.closed_at) if watcher.closed_at else "they were not closed")
    looked = load.ask("look", wait_s=20, **slow)
    with_slow = load.answer("run")
    watcher.stop()

    progress(f"they saw {looked['codes']}; now they return")
    back = load.connect(options.slow, first=options.others)
    again = load.ask("run", per_s=max(1, options.rate // 20), warm_s=2, measure_s=5)

    per_reader = max(0, watcher.rss_max - before) // options.slow
    verdict = Verdict("slow-readers")
    verdict.figure("readers", options.slow)
    verdict.figure("messages", with_slow["accepted"], at_least=round(options.rate * options.seconds * 0.95), said=f"in {options.seconds} s")
    verdict.figure("user_bytes_per_reader", per_reader, at_most=USER_BYTES_MAX, said="the server's growth at its highest")
    verdict.figure("send_queue_bytes_max", watcher.queue_max, at_most=2 * SEND_BUFFER, said="kernel, the fullest socket")
    verdict.figure("closed_after_s", round(watcher.closed_at or 0, 1), at_least=CLOSED_AFTER_S, said="all of them, since they stopped")
    verdict.figure("closed_resumable", looked["codes"].get(RESUMABLE, 0), at_least=options.slow, said=f"with {RESUMABLE}")
    verdict.figure("complete_after_return", back["ready"], at_least=options.slow, said="every event, in order, the hash as named")
    verdict.figure("events_read_on_return", back["events"])
    verdict.figure("return_s", back["seconds"])
    verdict.figure("others_p99_ms_without", without["p99_ms"], said=f"{options.others} others")
    verdict.figure("others_p99_ms_with", with_slow["p99_ms"])
    verdict.figure("all_p99_ms_after", again["p99_ms"], said=f"all {options.slow + options.others:,}, live again, at a twentieth of the rate")
    for name, answer in (("without the slow readers", without), ("with the slow readers", with_slow), ("after the return", again)):
        # The slow ones are closed: that is the point. It is counted above.
        if broken := {key: value for key, value in broken_promises(answer).items() if key != "closed"}:
            verdict.wrong(f"{name}: {broken}")
    for key in ("gaps", "doubles", "altered"):
        if back[key]:
            verdict.wrong(f"on return, {key}: {back[key]}")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
