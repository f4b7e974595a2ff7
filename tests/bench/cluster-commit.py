"""./dev bench cluster-commit: what a message costs the database of a cluster. Three nodes behind HAProxy, a primary whose
commits wait for one of two standbys. The floor is a bare loop that sends the same function, in batches of the same size, to
the same servers down as many connections. Both are offered the same rate, half of what the floor can do, in turns; the ratio
is the median of the turns' ratios of PostgreSQL's CPU time (primary and standbys) a message. Then the highest rate is sought
at which messages still arrive in time."""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys

from kit.cluster import RealCluster
from kit.programs import BIN, Load, start, stop
from kit.search import highest
from kit.verdict import Verdict, broken_promises, progress

NODES = 3
MEMBERS = 3
RATIO_MAX = 1.5
LATE_MS = 1_000
CONNECTIONS_PER_NODE = 4  # store.connections


class Floor:
    """postgres_floor, asked line by line."""

    def __init__(self, conninfo, rooms):
        command = [BIN / "postgres_floor", "--conninfo", conninfo, "--connections", CONNECTIONS_PER_NODE * NODES, "--rooms", rooms]
        self.process = start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop(self.process)

    def run(self, at_mark, **numbers):
        self.process.stdin.write("run " + " ".join(f"{name}={value}" for name, value in numbers.items()) + "\n")
        for line in self.process.stdout:
            said = json.loads(line)
            if "mark" not in said:
                return said
            at_mark(said["mark"])
        raise SystemExit("postgres_floor ended")


class Bench:
    def __init__(self, cluster, load, floor, seconds):
        self.cluster, self.load, self.floor, self.seconds = cluster, load, floor, seconds
        self.cpu = {}
        self.seen = {}

    def at_mark(self, mark):
        self.cpu[mark] = self.cluster.cpu_s()
        self.seen[mark] = self.cluster.metrics()

    def between(self, name):
        return self.seen["end"][name] - self.seen["begin"][name]

    def cpu_between(self):
        return [end - begin for begin, end in zip(self.cpu["begin"], self.cpu["end"])]

    def server_run(self, per_s):
        run = self.load.ask("run", self.at_mark, per_s=per_s, warm_s=2, measure_s=self.seconds)
        events = self.between("starling_store_rows_accepted_total")
        postgres, nodes = self.cpu_between()
        run["events"] = events
        run["rows_per_batch"] = events / max(1, self.between("starling_store_batches_total"))
        run["pg_us"], run["node_us"] = 1e6 * postgres / max(1, events), 1e6 * nodes / max(1, events)
        return run

    def floor_run(self, per_s, rows):
        run = self.floor.run(self.at_mark, per_s=per_s, rows=rows, warm_s=2, measure_s=self.seconds)
        run["pg_us"] = 1e6 * self.cpu_between()[0] / max(1, run["accepted"])
        return run

    def sustains(self, per_s):
        run = self.server_run(per_s)
        good = run["p99_ms"] < LATE_MS and run["window_deliveries"] >= 0.95 * MEMBERS * per_s * run["window_s"] and not broken_promises(run)
        progress(f"{per_s:,.0f}/s asked, {run['events'] / run['window_s']:,.0f}/s committed, p99 {run['p99_ms']:.0f} ms: {'good' if good else 'not good'}")
        return good


def measure(verdict, bench, rounds):
    most = bench.floor_run(0, 1)["per_s"]
    rate = most / 2
    # Where the nodes, the load and the database have no room beside each other, both get the rate that goes.
    while not bench.sustains(rate) and rate > most / 20:
        rate *= 0.8
    server, floor = [], []
    for _ in range(rounds):
        server.append(bench.server_run(rate))
        floor.append(bench.floor_run(rate, max(1.0, server[-1]["rows_per_batch"])))
        progress(f"PostgreSQL: {server[-1]['pg_us']:.0f} us a message under the nodes, {floor[-1]['pg_us']:.0f} under the floor")
        if broken := broken_promises(server[-1]):
            verdict.wrong(f"broken promises: {broken}")

    def median(key):
        return statistics.median(run[key] for run in server)

    ratio = statistics.median(s["pg_us"] / f["pg_us"] for s, f in zip(server, floor))
    verdict.figure("floor_per_s", round(most), said="the most that a bare loop commits")
    verdict.figure("offered_per_s", round(rate), said=f"to both: {rate / most:.0%} of that")
    verdict.figure("rows_per_batch", round(median("rows_per_batch"), 2))
    verdict.figure("pg_us_per_event", round(median("pg_us")), said="CPU time of the primary and both standbys")
    verdict.figure("floor_pg_us_per_event", round(statistics.median(run["pg_us"] for run in floor)))
    verdict.figure("pg_cpu_ratio", round(ratio, 2), at_most=RATIO_MAX)
    verdict.figure("node_us_per_event", round(median("node_us")), said=f"CPU time of the {NODES} nodes, {MEMBERS} deliveries each included")
    verdict.figure("p50_ms", median("p50_ms"), said="from the intended send time to each receiver, on whatever node")
    verdict.figure("p99_ms", median("p99_ms"))
    verdict.figure("per_s", round(highest(bench.sustains, rate) or 0), said=f"the highest rate with p99 below {LATE_MS} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=3, help="turns of server and floor")
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement")
    parser.add_argument("--port", type=int, default=8300, help="of HAProxy; the nodes have those after it")
    options = parser.parse_args()
    rooms = options.users // MEMBERS

    verdict = Verdict("cluster-commit")
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(RealCluster(NODES, options.port))
        cluster.ctl("seed", "--users", options.users, "--rooms", rooms, "--members", MEMBERS)
        load = stack.enter_context(Load("--port", cluster.port, "--tokens", cluster.tokens(options.users)))
        progress(f"{options.users:,} connections after {load.connect(options.users)['seconds']:.1f} s")
        floor = stack.enter_context(Floor(cluster.conninfo, rooms))
        measure(verdict, Bench(cluster, load, floor, options.seconds), options.rounds)
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
