"""./dev bench client-start: how long the desktop client takes from its command to a room that can be read. Its cache holds
a hundred thousand messages, which it received itself; the server is gone, so that nothing but the disk can help. Measured
from the start of the process to the first frame with the room's newest messages, without a screen, in software."""

import argparse
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from kit.programs import BIN, Gone, Load, Server, start, stop
from kit.verdict import Verdict, progress

START_MAX_MS = 500
PEOPLE = 11  # ten who write, and the one who reads
ROOMS = 20  # all is said in the first, so that this one is as long as can be
# What fills the cache is not what is measured: a room's budget holds nobody up.
SETTINGS = ("[limits]", "room_sends_per_s = 100000", "room_sends_burst = 100000")
DROP_CACHES = pathlib.Path("/proc/sys/vm/drop_caches")


class Client:
    def __init__(self, directory, server, token):
        self.data = pathlib.Path(directory) / "client"
        self.command = [BIN / "starling", "--server", f"http://127.0.0.1:{server.port}", "--data", self.data, "--token", token]
        self.env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software", "XDG_RUNTIME_DIR": directory}

    def receive(self):
        return start([*self.command, "--headless"], env=self.env)

    def cached(self):
        [path] = self.data.rglob("*.db")
        with sqlite3.connect(path) as database:
            return database.execute("SELECT count(*) FROM event WHERE kind = 1").fetchone()[0]

    def start_ms(self):
        began = time.monotonic()
        process = subprocess.Popen(
            [*self.command, "--room", "first", "--until-readable"], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        said = process.stdout.readline().strip()
        took = 1000 * (time.monotonic() - began)
        process.wait(30)
        process.stdout.close()
        if said != "readable":
            raise Gone("the client did not come to show a room")
        return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=4_000, help="messages a second, while the cache fills")
    parser.add_argument("--starts", type=int, default=11)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="starling-bench-") as directory:
        with Server(directory, SETTINGS) as server:
            client = fill(options, directory, server)
        return measure(options, client)


def fill(options, directory, server):
    server.seed(PEOPLE, ROOMS, PEOPLE)
    grant = ("--grant-sends-per-s", 100_000, "--grant-burst", 100_000)
    lines = server.tokens(PEOPLE, *grant).read_text().splitlines()
    files = {"writers": lines[:-1], "reader": lines[-1:]}
    for name, tokens in files.items():
        (pathlib.Path(directory) / name).write_text("\n".join(tokens) + "\n")
    server.start()
    client = Client(directory, server, pathlib.Path(directory) / "reader")
    receiver = client.receive()
    time.sleep(2)
    with Load("--port", server.port, "--tokens", pathlib.Path(directory) / "writers") as load:
        load.connect(PEOPLE - 1)
        progress(f"{options.messages:,} messages at {options.rate:,} a second")
        load.ask("run", per_s=options.rate, warm_s=1, measure_s=options.messages / options.rate)
    time.sleep(5)
    stop(receiver)
    return client


def measure(options, client):
    verdict = Verdict("client-start")
    verdict.figure("cached_messages", client.cached(), at_least=options.messages)
    client.start_ms()
    warm = [client.start_ms() for _ in range(options.starts)]
    verdict.figure("start_p50_ms", round(statistics.median(warm)), at_most=START_MAX_MS, said=f"of {options.starts} starts; the files are in memory")
    verdict.figure("start_max_ms", round(max(warm)))
    if os.access(DROP_CACHES, os.W_OK):
        cold = []
        for _ in range(options.starts):
            os.sync()
            DROP_CACHES.write_text("3")
            cold.append(client.start_ms())
        verdict.figure("cold_p50_ms", round(statistics.median(cold)), said="nothing is in memory: libraries, fonts and cache come from the disk")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
