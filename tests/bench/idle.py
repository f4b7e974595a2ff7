"""./dev bench idle: what an idle session costs in memory. 19,000 authenticated sessions with ten rooms each, all of them
synced, in the shipped configuration; resident memory of the server 60 s after the last login, less what it had when it
had just started on the same data."""

import argparse
import statistics
import sys
import tempfile
import time

from kit.programs import Load, Server
from kit.verdict import Verdict, progress

BEFORE_MAX = 64 * 1024 * 1024
PER_SESSION_MAX = 1536


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=19_000)
    parser.add_argument("--rooms", type=int, default=1_900)
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--settle", type=float, default=60, help="seconds from the last login to the reading")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="starling-bench-") as directory, Server(directory) as server:
        progress(f"seeding {options.sessions:,} users, {options.rooms:,} rooms of {options.members}")
        server.seed(options.sessions, options.rooms, options.members)
        tokens = server.tokens(options.sessions)
        server.start()
        time.sleep(1)
        before = server.rss_bytes()
        progress(f"connecting {options.sessions:,} sessions")
        with Load("--port", server.port, "--tokens", tokens) as load:
            joined = load.connect(options.sessions)
            progress(f"all are in after {joined['seconds']:.1f} s, {joined['events']:,} events; waiting {options.settle:.0f} s")
            time.sleep(options.settle)
            after = server.rss_bytes()
            metrics = server.metrics()
            queues = server.send_queues()

    per_session = round((after - before) / options.sessions)
    verdict = Verdict("idle")
    verdict.figure("sessions", int(metrics["starling_sessions"]), at_least=options.sessions, said="authenticated, by the server's count")
    verdict.figure("rss_bytes_before", before, at_most=BEFORE_MAX, said="just started, no session")
    verdict.figure("rss_bytes_after", after, said=f"{options.settle:.0f} s after the last login, from smaps_rollup")
    verdict.figure("rss_bytes_per_session", per_session, at_most=PER_SESSION_MAX)
    verdict.figure("rooms_per_session", options.rooms * options.members / options.sessions, said="FULL, and synced to their heads")
    verdict.figure("events_read", joined["events"], said="while they synced")
    verdict.figure("login_s", joined["seconds"], said="from the first connection to the last synced session")
    verdict.figure("send_queue_bytes_mean", round(statistics.mean(queues)), said="idle: the kernel holds nothing")
    for name in ("gaps", "doubles", "altered"):
        if joined[name]:
            verdict.wrong(f"{name}: {joined[name]}")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
