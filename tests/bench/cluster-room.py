"""./dev bench cluster-room: one room of ten thousand members, whose connections are spread over the three nodes of a cluster, beside the same
room on a single server. First everybody gets each message (FULL), both at the same rate, in turns; then the highest rate of each. Then
everybody is only told how far the room has come (HEADS). Neither is held to cores: nodes, PostgreSQL and the load share the machine."""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time

from kit.cluster import RealCluster
from kit.programs import Load, Server
from kit.search import highest
from kit.verdict import Verdict, broken_promises, progress

NODES = 3
LATE_MS = 1_000
IDLE_S = 5
# To the home and back, and from there to each node that listens, whatever the number of members; and a half for acknowledgements.
POSTS_MAX = 1.5 * (2 + NODES - 1)


class Single:
    """The shipped server with SQLite."""

    def __init__(self, stack, members):
        self.server = stack.enter_context(Server(stack.enter_context(tempfile.TemporaryDirectory(prefix="starling-bench-"))))
        self.server.seed(members, 1, members)
        self.tokens = self.server.tokens(members)
        self.server.start()

    def load_options(self):
        return "--port", self.server.port, "--tokens", self.tokens, "--server-pid", self.server.pid

    def run(self, load, per_s, seconds):
        run = load.ask("run", per_s=per_s, warm_s=2, measure_s=seconds)
        run["cpu_s"] = run["server_cpu_s"]
        return run


class Cluster:
    def __init__(self, stack, members, port):
        self.cluster = stack.enter_context(RealCluster(NODES, port))
        self.cluster.ctl("seed", "--users", members, "--rooms", 1, "--members", members)
        self.tokens = self.cluster.tokens(members)
        self.idle_bytes_per_s = self.idle_posts_per_s = 0

    def load_options(self):
        layout = self.cluster.layout
        return *(part for name in layout.node_names for part in ("--port", layout.port_of(name))), "--tokens", self.tokens

    def rest(self):
        """What the nodes tell each other while nobody writes."""
        before = self.cluster.metrics()
        time.sleep(IDLE_S)
        after = self.cluster.metrics()
        self.idle_bytes_per_s = (after["starling_bus_bytes_sent_total"] - before["starling_bus_bytes_sent_total"]) / IDLE_S
        self.idle_posts_per_s = (after["starling_bus_posts_total"] - before["starling_bus_posts_total"]) / IDLE_S

    def run(self, load, per_s, seconds):
        """Adds to the load's answer what nodes and PostgreSQL spent in the measured time, and the bus beyond its idling."""
        cpu, seen = {}, {}

        def at_mark(mark):
            cpu[mark], seen[mark] = self.cluster.cpu_s(), self.cluster.metrics()

        run = load.ask("run", at_mark, per_s=per_s, warm_s=2, measure_s=seconds)
        between = lambda name: seen["end"][name] - seen["begin"][name]  # noqa: E731
        events = max(1, between("starling_events_committed_total"))
        run["pg_us"], run["cpu_s"] = 1e6 * (cpu["end"][0] - cpu["begin"][0]) / events, cpu["end"][1] - cpu["begin"][1]
        run["bus_bytes"] = (between("starling_bus_bytes_sent_total") - self.idle_bytes_per_s * run["window_s"]) / events
        run["bus_posts"] = (between("starling_bus_posts_total") - self.idle_posts_per_s * run["window_s"]) / events
        return run


class Side:
    """A server, or a cluster, with the load that is connected to it."""

    def __init__(self, name, of, load):
        self.name, self.of, self.load = name, of, load

    def run(self, per_s, seconds):
        return self.of.run(self.load, per_s, seconds)

    def sustains(self, per_s, members, seconds):
        run = self.run(per_s, seconds)
        good = run["p99_ms"] < LATE_MS and run["window_deliveries"] >= 0.95 * per_s * members * run["window_s"] and not broken_promises(run)
        progress(f"{self.name}: {per_s:,.0f} messages/s asked, {run['deliveries_per_s']:,.0f} deliveries/s, p99 {run['p99_ms']:.0f} ms: "
                 f"{'good' if good else 'not good'}")  # fmt: skip
        return good


@contextlib.contextmanager
def connected(named, members, *how):
    """A Side for each (name, server or cluster)."""
    with contextlib.ExitStack() as stack:
        sides = []
        for name, of in named:
            load = stack.enter_context(Load(*of.load_options(), *how))
            progress(f"{name}: {members:,} connections after {load.connect(members)['seconds']:.1f} s")
            sides.append(Side(name, of, load))
        yield sides


def turns(verdict, sides, per_s, options):
    """The runs of each side, in turns."""
    runs = [[] for _ in sides]
    for _ in range(options.rounds):
        for side, found in zip(sides, runs):
            found.append(side.run(per_s, options.seconds))
            if broken := broken_promises(found[-1]):
                verdict.wrong(f"{side.name}: {broken}")
    return runs


def median(runs, of):
    return statistics.median(map(of, runs))


def full(verdict, cluster, single, options):
    with connected((("three nodes", cluster), ("a single server", single)), options.members) as sides:
        cluster.rest()
        nodes, alone = turns(verdict, sides, options.rate, options)
        per_million = lambda run: 1e6 * run["cpu_s"] / max(1, run["window_deliveries"])  # noqa: E731
        verdict.figure("full_offered_per_s", options.rate * options.members, said=f"deliveries: {options.rate} messages a second")
        verdict.figure("full_cpu_s_per_million", round(median(nodes, per_million), 2), said=f"of the {NODES} nodes, a million deliveries")
        verdict.figure("single_cpu_s_per_million", round(median(alone, per_million), 2), said="of a single server, its store included")
        verdict.figure("full_pg_us_per_message", round(median(nodes, lambda run: run["pg_us"])), said="of the primary and both standbys")
        verdict.figure("full_p99_ms", median(nodes, lambda run: run["p99_ms"]), said="from the intended send to each receiver")
        verdict.figure("single_p99_ms", median(alone, lambda run: run["p99_ms"]))
        verdict.figure("full_bus_bytes_per_message", round(median(nodes, lambda run: run["bus_bytes"])), said="of all nodes, less what they say idle")
        verdict.figure("full_bus_posts_per_message", round(median(nodes, lambda run: run["bus_posts"]), 2), at_most=POSTS_MAX,
                       said="by the number of nodes, not of members")  # fmt: skip
        for name, side in zip(("full_per_s", "single_per_s"), sides):
            best = highest(lambda rate, side=side: side.sustains(rate, options.members, options.seconds), options.rate, close=1.12)
            verdict.figure(name, round((best or 0) * options.members), said=f"deliveries a second, the most with p99 below {LATE_MS} ms")


def heads(verdict, cluster, single, options):
    with connected((("three nodes", cluster), ("a single server", single)), options.members, "--heads") as sides:
        cluster.rest()
        nodes, alone = turns(verdict, sides, options.rate, options)
        per_message = lambda run: 1e6 * run["cpu_s"] / max(1, run["window_sends"])  # noqa: E731
        per_million = lambda run: 1e6 * run["cpu_s"] / max(1, run["window_heads"])  # noqa: E731
        verdict.figure("heads_per_s", round(median(nodes, lambda run: run["window_heads"] / run["window_s"])), said="heads told, of three nodes")
        verdict.figure("heads_cpu_us_per_message", round(median(nodes, per_message)), said=f"{options.rate} messages a second, {options.members:,} subscribers")
        verdict.figure("single_heads_cpu_us_per_message", round(median(alone, per_message)))
        verdict.figure("heads_cpu_s_per_million", round(median(nodes, per_million), 2), said="a million heads")
        verdict.figure("single_heads_cpu_s_per_million", round(median(alone, per_million), 2))
        verdict.figure("heads_bus_bytes_per_message", round(median(nodes, lambda run: run["bus_bytes"])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=20, help="messages a second, at which both are compared")
    parser.add_argument("--rounds", type=int, default=3, help="turns of cluster and single server")
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement")
    parser.add_argument("--port", type=int, default=8300, help="of HAProxy; the nodes have those after it")
    options = parser.parse_args()

    verdict = Verdict("cluster-room")
    verdict.figure("members", options.members)
    with contextlib.ExitStack() as stack:
        cluster, single = Cluster(stack, options.members, options.port), Single(stack, options.members)
        full(verdict, cluster, single, options)
        heads(verdict, cluster, single, options)
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
