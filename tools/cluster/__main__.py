"""./dev cluster: see tools/dev/cluster.sh, which builds and calls this."""

from tools.cluster import span

# A fault that is told to end undoes what it did; before the rest is loaded, which takes a busy machine a while.
span.listen_for_fault()

import argparse
import fcntl
import os
import pathlib
import sys

from tools.cluster import faults, status
from tools.cluster.cluster import Cluster
from tools.cluster.failed import Failed
from tools.cluster.layout import NODES_MAX, PORT, Layout
from tools.cluster.node import config_of
from tools.cluster.process import go_first


def number(low, high):
    def parse(text):
        if not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"takes {low} to {high}, not '{text}'")
        return int(text)

    return parse


def arguments():
    parser = argparse.ArgumentParser(prog="./dev cluster", add_help=False)
    parser.add_argument("--home", type=pathlib.Path, default=pathlib.Path(os.environ.get("STARLING_HOME", ".starling")))
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/dev/bin"))
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up")
    up.add_argument("--nodes", type=number(1, NODES_MAX))
    up.add_argument("--port", type=number(1, 65000))
    up.add_argument("--room-databases", type=number(0, 9), dest="rooms")
    commands.add_parser("down").add_argument("--purge", action="store_true")
    commands.add_parser("status")
    for name in ("kill", "resume", "restart", "drain", "promote"):
        commands.add_parser(name).add_argument("name")
    pause = commands.add_parser("pause")
    pause.add_argument("name")
    pause.add_argument("seconds", type=number(1, 3600), nargs="?")
    commands.add_parser("fault").add_argument("line")
    return parser.parse_args()


def layout_for(args, folder):
    """The one that is there; only `up` makes one."""
    layout = Layout.load(folder)
    if args.command != "up":
        if layout is None:
            raise Failed(f"there is no cluster in {folder}; start one: ./dev cluster up")
        return layout
    if layout is None:
        return Layout.make(folder, args.nodes or 3, args.port or PORT, rooms=args.rooms or 0)
    for given, has, what in ((args.nodes, layout.nodes, "--nodes"), (args.port, layout.port, "--port"),
                             (args.rooms, layout.rooms, "--room-databases")):  # fmt: skip
        if given not in (None, has):
            raise Failed(f"the cluster in {folder} has {what} {has}; for another: ./dev cluster down --purge")
    return layout


def invitation(layout):
    ctl = f"build/dev/bin/starlingctl --config {config_of(layout, 'n1')}"
    return f"""\
  clients connect to   ws://127.0.0.1:{layout.port}/v1/ws, through HAProxy; anybody may register
  the nodes            {" ".join(f"http://{layout.address_of(name)}:{layout.port_of(name)}/metrics" for name in layout.node_names)}
  the database         psql -h {layout.of(layout.primary)} -U starling starling
  data and logs        {layout.folder}
  a token              {ctl} token mint --user 1"""


def carry_out(args, cluster):
    name = cluster.layout.known(args.name) if "name" in args else None
    if args.command == "up":
        for line in cluster.up():
            print(line, flush=True)
        print("Every node is in the view and answers.")
        print(invitation(cluster.layout))
    elif args.command == "down":
        for line in cluster.down():
            print(line, flush=True)
        if args.purge:
            cluster.purge()
    elif args.command == "status":
        print(*status.lines(cluster.layout), sep="\n")
    elif args.command == "fault":
        if cluster.layout.hosts:
            go_first(children=False)
        print(faults.carry_out(cluster, args.line))
    elif args.command == "pause":
        cluster.pause(name, args.seconds)
    else:
        getattr(cluster, args.command)(name)


def main():
    args = arguments()
    folder = (args.home / "cluster").absolute()
    try:
        cluster = Cluster(layout_for(args, folder), args.bin.absolute())
        # Of two that start or end something, the second waits.
        with open(folder / "lock", "w") as lock:
            if args.command not in ("status", "pause", "resume", "fault"):
                fcntl.flock(lock, fcntl.LOCK_EX)
            carry_out(args, cluster)
    except Failed as failed:
        sys.exit(f"./dev cluster: {failed}")


main()
