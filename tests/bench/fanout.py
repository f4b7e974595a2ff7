"""./dev bench fanout: what a delivery costs, and how many a core can do, with the store on.

The server is held to one core and the load to another. One configuration serves all points: the shipped one with one
shard, because the server has one core. Floor A is a bare epoll loop with one send() an event and socket; floor B is the
same loop, flushing at the server's mean of events per write at its knee. Server and floor are measured in turns, and
the ratio is the median of the turns' ratios: what disturbs the machine disturbs both."""

import argparse
import contextlib
import statistics
import sys
import tempfile

from kit.programs import Floor, Load, Server
from kit.search import highest
from kit.verdict import Verdict, broken_promises, progress

SERVER_CORE, LOAD_CORE = 0, 1
SETTINGS = ("[runtime]", "shards = 1")

LIGHT_PER_S = 20_000
LIGHT_RATIO_MAX = 1.5
LIGHT_P99_MS_MAX = 20
KNEE_P99_MS = 100
KNEE_PER_S_MIN = 90_000
KNEE_RATIO_MAX = 1.4
BIG_ROOM_P99_MS = 1_000
BIG_ROOM_PER_S_MIN = 1_000_000
# A floor that costs more than raw uWebSockets did on a quiet machine of this kind is none.
FLOOR_A_MAX = 13.8
# The load counts as the limit when its core is this busy.
LOAD_LIMIT = 0.95


def cpu_s_per_million(run):
    return run["server_cpu_s"] / run["window_deliveries"] * 1e6


class Point:
    """A server with its own data, rooms of one size, and the load connected to it."""

    def __init__(self, stack, name, connections, rooms):
        self.name, self.fan_out = name, connections // rooms
        self.server = stack.enter_context(Server(stack.enter_context(tempfile.TemporaryDirectory(prefix="starling-bench-")), SETTINGS, SERVER_CORE))
        progress(f"{name}: seeding {connections:,} users in {rooms:,} rooms of {self.fan_out:,}")
        self.server.seed(connections, rooms, self.fan_out)
        tokens = self.server.tokens(connections)
        self.server.start()
        options = ("--port", self.server.port, "--tokens", tokens, "--server-pid", self.server.pid)
        self.load = stack.enter_context(Load(*options, core=LOAD_CORE))
        joined = self.load.connect(connections)
        progress(f"{name}: {connections:,} connections after {joined['seconds']:.1f} s")

    def run(self, deliveries_per_s, warm_s=2, measure_s=8):
        """Adds to the load's answer what the server says of its writes in the measured time."""
        seen = {}

        def at_mark(mark):
            seen[mark] = self.server.metrics()

        run = self.load.ask("run", at_mark, per_s=deliveries_per_s / self.fan_out, warm_s=warm_s, measure_s=measure_s)
        writes = seen["end"]["starling_writes_total"] - seen["begin"]["starling_writes_total"]
        frames = seen["end"]["starling_frames_out_total"] - seen["begin"]["starling_frames_out_total"]
        run["events_per_write"] = frames / writes if writes else 0
        run["flush_delay_ms"] = seen["end"]["starling_flush_delay_seconds"] * 1e3
        run["load_share"] = run["load_cpu_s"] / run["window_s"]
        return run

    def sustains(self, deliveries_per_s, p99_ms):
        """One repetition is forgiven: other programs run here too."""
        for attempt in (1, 2):
            run = self.run(deliveries_per_s, measure_s=5)
            good = run["p99_ms"] < p99_ms and run["deliveries_per_s"] >= 0.95 * deliveries_per_s and not broken_promises(run)
            progress(
                f"{self.name}: {deliveries_per_s:,.0f}/s asked, {run['deliveries_per_s']:,.0f}/s came, p99 {run['p99_ms']:.1f} ms, "
                f"{run['events_per_write']:.2f} events a write, load core {run['load_share']:.0%} busy: {'good' if good else 'not good'}"
            )
            if good:
                return True
        return False

    def hold(self, deliveries_per_s, p99_ms):
        """What was good for a moment is not always good for longer: the highest rate at most this that is."""
        for rate in (deliveries_per_s * 0.94**step for step in range(8)):
            run = self.run(rate)
            if run["p99_ms"] < p99_ms:
                break
        return rate, run


def turns(verdict, what, server_run, floor_run, rounds):
    """Server and floor in turns: the medians of the server's runs, of the floor's cost and of the ratio."""
    server, floor = [], []
    for _ in range(rounds):
        server.append(server_run())
        floor.append(floor_run())
        progress(f"{what}: server {cpu_s_per_million(server[-1]):.2f}, floor {cpu_s_per_million(floor[-1]):.2f} s of CPU per million")
        for run in (server[-1], floor[-1]):
            if broken := broken_promises(run):
                verdict.wrong(f"{what}: {broken}")

    def median(key):
        return statistics.median(run[key] for run in server)

    ratio = statistics.median(cpu_s_per_million(s) / cpu_s_per_million(f) for s, f in zip(server, floor))
    cost = statistics.median(map(cpu_s_per_million, server))
    return median, cost, statistics.median(map(cpu_s_per_million, floor)), ratio


def hundred_rooms(verdict, rounds):
    with contextlib.ExitStack() as stack:
        point = Point(stack, "100 rooms of 100", 10_000, 100)
        with Floor(10_000, 100, 1.0, SERVER_CORE, LOAD_CORE) as floor:
            median, cost, floor_cost, ratio = turns(
                verdict, "light", lambda: point.run(LIGHT_PER_S, measure_s=10),
                lambda: floor.load.ask("run", per_s=LIGHT_PER_S / 100, warm_s=2, measure_s=10), rounds,
            )  # fmt: skip
        verdict.figure("light_per_s", round(median("deliveries_per_s")), said="100 rooms of 100, 10,000 connections")
        verdict.figure("light_cpu_s_per_million", round(cost, 2))
        verdict.figure("floor_a_cpu_s_per_million", round(floor_cost, 2), at_most=FLOOR_A_MAX, said="one send() an event and socket")
        verdict.figure("light_ratio", round(ratio, 2), at_most=LIGHT_RATIO_MAX)
        verdict.figure("light_p50_ms", median("p50_ms"), said="from the intended send time to each receiver")
        verdict.figure("light_p99_ms", median("p99_ms"), at_most=LIGHT_P99_MS_MAX)
        verdict.figure("light_events_per_write", round(median("events_per_write"), 2))
        verdict.figure("light_flush_delay_ms", round(median("flush_delay_ms"), 3), said="in force")

        knee = highest(lambda rate: point.sustains(rate, KNEE_P99_MS), KNEE_PER_S_MIN)
        if knee is None:
            return verdict.wrong("no knee was found")
        for _ in range(6):  # a rate is the knee when it holds through all the turns
            knee, at_knee = point.hold(knee, KNEE_P99_MS)
            with Floor(10_000, 100, max(1.0, at_knee["events_per_write"]), SERVER_CORE, LOAD_CORE) as floor:
                median, cost, floor_cost, ratio = turns(
                    verdict, "knee", lambda: point.run(knee), lambda: floor.load.ask("run", per_s=knee / 100, warm_s=2, measure_s=8), rounds
                )
            if median("p99_ms") < KNEE_P99_MS:
                break
            knee *= 0.85
        verdict.figure("knee_load_share", round(median("load_share"), 2), said="of the load's core")
        limited = figure_or_limit(verdict, "knee_per_s", round(median("deliveries_per_s")), KNEE_PER_S_MIN, median("load_share"))
        verdict.figure("knee_p99_ms", median("p99_ms"), at_most=KNEE_P99_MS, said=limited)
        verdict.figure("knee_cpu_s_per_million", round(cost, 2))
        verdict.figure("floor_b_cpu_s_per_million", round(floor_cost, 2), said="flushing at the server's mean of events per write")
        verdict.figure("knee_ratio", round(ratio, 2), at_most=KNEE_RATIO_MAX)
        verdict.figure("knee_events_per_write", round(median("events_per_write"), 2))
        verdict.figure("knee_flush_delay_ms", round(median("flush_delay_ms"), 3), said="in force")


def figure_or_limit(verdict, name, value, bar, load_share):
    """Below the bar a rate still stands when the load's core was the limit; then it is said."""
    if value < bar and load_share >= LOAD_LIMIT:
        verdict.figure(name, value, said=f"the bar is {bar:,}, but the load's core was the limit")
        return "limited by the load"
    verdict.figure(name, value, at_least=bar)
    return ""


def one_room(verdict):
    with contextlib.ExitStack() as stack:
        point = Point(stack, "one room of 10,000", 10_000, 1)
        best = highest(lambda rate: point.sustains(rate, BIG_ROOM_P99_MS), BIG_ROOM_PER_S_MIN)
        if best is None:
            return verdict.wrong("the big room found no rate")
        best, run = point.hold(best, BIG_ROOM_P99_MS)
        figure_or_limit(verdict, "big_room_per_s", round(run["deliveries_per_s"]), BIG_ROOM_PER_S_MIN, run["load_share"])
        verdict.figure("big_room_p99_ms", run["p99_ms"], at_most=BIG_ROOM_P99_MS)
        verdict.figure("big_room_cpu_s_per_million", round(cpu_s_per_million(run), 2))
        verdict.figure("big_room_events_per_write", round(run["events_per_write"], 2))
        verdict.figure("big_room_flush_delay_ms", round(run["flush_delay_ms"], 3), said="in force")
        verdict.figure("big_room_load_share", round(run["load_share"], 2), said="of the load's core")


def pairs(verdict):
    with contextlib.ExitStack() as stack:
        point = Point(stack, "1,000 pairs", 2_000, 1_000)
        run = point.run(2 * 1_000, measure_s=20)
        if broken := broken_promises(run):
            verdict.wrong(f"1:1: {broken}")
        for name in ("p50", "p99", "p999"):
            verdict.figure(f"{name}_ms_1to1", run[f"{name}_ms"], said="1,000 pairs, 1,000 messages/s, both devices" if name == "p50" else "")
        verdict.figure("cpu_s_per_million_1to1", round(cpu_s_per_million(run), 2))
        verdict.figure("flush_delay_ms_1to1", round(run["flush_delay_ms"], 3), said="in force")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="turns of server and floor")
    parser.add_argument("--only", choices=("rooms", "big-room", "pairs"), action="append", help="some of the points (default: all)")
    options = parser.parse_args()
    chosen = options.only or ("rooms", "big-room", "pairs")

    verdict = Verdict("fanout")
    print(f"Server on core {SERVER_CORE}, load on core {LOAD_CORE}; the shipped configuration with one shard; store on; 128-byte messages.")
    if "rooms" in chosen:
        hundred_rooms(verdict, options.rounds)
    if "big-room" in chosen:
        one_room(verdict)
    if "pairs" in chosen:
        pairs(verdict)
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
