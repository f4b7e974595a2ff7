"""./dev chaos: see tools/dev/chaos.sh, which builds, makes the namespaces and calls this."""

import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import time

from tools.chaos import nemesis, patroni, world
from tools.chaos.run import ROOT, run, tell
from tools.chaos.scenarios import SCENARIOS
from tools.chaos.watch import RESUME_READS, Reaper
from tools.cluster.cluster import Cluster
from tools.cluster.failed import Failed
from tools.cluster.layout import Layout

NODES = 3
PEOPLE = ROOT / "loadsim/scenarios/chaos.toml"
CROWD = ROOT / "loadsim/scenarios/chaos-crowd.toml"


def a_scenario(text):
    if text.upper() not in SCENARIOS:
        raise argparse.ArgumentTypeError(f"there is no scenario '{text}'; there are {', '.join(SCENARIOS)}")
    return text.upper()


def arguments():
    parser = argparse.ArgumentParser(prog="./dev chaos", add_help=False)
    parser.add_argument("scenarios", nargs="*", type=a_scenario, metavar="C1 … C15")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 32))
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--patroni", action="store_true")
    parser.add_argument("--faults")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--users", type=int)
    parser.add_argument("--room-databases", type=int, default=0, dest="rooms")
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/dev/bin")
    args = parser.parse_args()
    if args.minutes is not None and (args.scenarios or args.faults or args.minutes < 1):
        parser.error("--minutes M, of at least one, is the random nemesis, and takes no scenarios and no faults")
    if args.patroni and (args.scenarios or args.faults or args.minutes):
        parser.error("--patroni is a run of its own, and takes no scenarios, no faults and no minutes")
    return args


def runs(args):
    """(name, about, people, load in seconds, faults) of each run."""
    if args.minutes:
        seconds = round(args.minutes * 60)
        lines = nemesis.schedule(args.seed, seconds)
        tell("\n".join(lines))
        yield "nemesis", f"a random nemesis for {args.minutes:g} minutes", CROWD, seconds, " ; ".join(lines)
        return
    if args.patroni:
        yield "patroni", "the leader's machine is lost, and Patroni makes another one leader", PEOPLE, 75, "@8s pg.failover sync"
        return
    for name in args.scenarios or (() if args.faults else SCENARIOS):
        yield name, SCENARIOS[name].about, PEOPLE, SCENARIOS[name].load_s, SCENARIOS[name].faults
    if args.faults:
        yield "own", "faults of the command line", PEOPLE, args.seconds, args.faults


def seed_of(seed, name):
    """Of people, rooms and actions: the runs share a database, and are to have no device in common."""
    return random.Random(f"{seed} {name}").randrange(1, 1 << 63)


def start(layout, bin_dir):
    """By the command that others use, so that every node is this process's child in the end and tells it how it ended."""
    up = [sys.executable, "-m", "tools.cluster", "--home", layout.folder.parent, "--bin", bin_dir, "up"]
    done = subprocess.run(list(map(str, up)), cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"the cluster did not start:\n{done.stdout}{done.stderr}")


def sum_of(outcomes, metric):
    return int(sum(outcome.watch.total(metric) for outcome in outcomes))


def summary(args, outcomes):
    """The JSON line: all runs together, percentiles of the worst."""
    faults = {}
    for outcome in outcomes:
        for kind, times in outcome.faults().items():
            faults[kind] = faults.get(kind, 0) + times
    total = {"runs": len(outcomes), "failed": sum(1 for outcome in outcomes if outcome.wrong()), "seed": args.seed,
             "acked": sum(outcome.result["accepted"] for outcome in outcomes if outcome.result)}  # fmt: skip
    total["violations"] = sum(outcome.result["violations"] for outcome in outcomes if outcome.result)
    for kind in ("lost", "duplicated", "reordered", "diverged", "other"):
        total[kind] = sum(outcome.broken()[kind] for outcome in outcomes)
    total["rolled_back"] = sum(outcome.result["counters"]["rolled_back"] for outcome in outcomes if outcome.result)
    total["faults"] = faults
    total["restarts"] = sum(outcome.watch.restarts for outcome in outcomes)
    total["survivor_first_delivery_p99_ms"] = max((outcome.p99_ms("rehomed") for outcome in outcomes), default=0)
    total["resume_p99_ms"] = max((outcome.p99_ms("outage") for outcome in outcomes), default=0)
    logins = sum_of(outcomes, "starling_logins_total")
    reads = {what: sum_of(outcomes, f'starling_store_reads_total{{of="{what}"}}') for what in RESUME_READS}
    queries = {what: sum_of(outcomes, f'starling_store_read_queries_total{{of="{what}"}}') for what in RESUME_READS}
    total["resumes"] = logins
    total["db_reads"] = reads
    total["db_queries"] = queries
    total["db_queries_per_resume"] = round(sum(queries.values()) / logins, 4) if logins else None
    return total


def carry_out(args):
    layout = world.make(NODES, args.rooms)
    bin_dir = args.bin.absolute()
    tell(f"seed {args.seed}")
    if args.patroni:
        patroni.start(layout)
    start(layout, bin_dir)
    reaper = Reaper()
    reaper.start()
    outcomes = []
    for name, about, people, load_s, faults in runs(args):
        began = time.monotonic()
        report = args.report and args.report.absolute() / name
        cluster = Cluster(Layout.load(layout.folder), bin_dir)
        outcome = run(cluster, reaper, bin_dir, people, seed=seed_of(args.seed, name), load_s=load_s, faults=faults, users=args.users, report=report,
                      tool="tools.chaos.patroni" if args.patroni else "tools.cluster")
        outcomes.append(outcome)
        wrong = outcome.wrong()
        acked = outcome.result["accepted"] if outcome.result else 0
        tell(f"{name:4} {'FAILED' if wrong else 'passed'} in {time.monotonic() - began:.0f} s, {acked} acknowledged: {about}")
        for each in outcome.result["faults"] if outcome.result else ():
            tell(f"       {each['fault']}: {each['effect']} {each['note'] or 'clients'}")
        for line in wrong:
            tell(f"       {line}")
    if args.patroni:
        patroni.all_follow(Layout.load(layout.folder))
    print(json.dumps(summary(args, outcomes), separators=(",", ":")), flush=True)
    return 1 if any(outcome.wrong() for outcome in outcomes) else 0


def main():
    # The first process of its namespace is not ended by a signal that it does not handle; when it ends, all others do.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    args = arguments()
    try:
        sys.exit(carry_out(args))
    except Failed as failed:
        sys.exit(f"./dev chaos: {failed}")
    except KeyboardInterrupt:
        sys.exit(130)


main()
