"""./dev chaos --packages: the packages on a machine of their own, upgraded and ill-treated while people talk, and removed.

See tools/dev/chaos.sh, which builds, makes the namespaces and calls this.
"""

import argparse
import json
import pathlib
import random
import shutil
import signal
import sys
import time

from tools.chaos.run import ROOT, tell
from tools.cluster.failed import Failed
from tools.packages import trials, world
from tools.packages.nodes import Nodes

# The exit code when this machine cannot hold another one.
SKIPPED = 77
PEOPLE = ROOT / "loadsim/scenarios/chaos.toml"
WANTED = ("starlingd", "starlingctl", "starling-loadsim")


def arguments():
    parser = argparse.ArgumentParser(prog="./dev chaos --packages", add_help=False)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 32))
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/packages")
    return parser.parse_args()


def bring(there, folder):
    """The packages of the folder, and who is to talk, into the root's home there."""
    for name in WANTED:
        found = sorted(folder.glob(f"{name}_*.deb"))
        if len(found) != 1:
            raise Failed(f"{folder} has {len(found)} packages {name}, and not one; make them: ./dev package")
        shutil.copy(found[0], there.path(f"/root/{name}.deb"))
    shutil.copy(PEOPLE, there.path("/root/people.toml"))


def keep(there, folder):
    """What was written while it lasted."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "journal").write_text(there.run("journalctl", "--no-pager", "--output=short-precise", good=None).stdout, encoding="utf-8")
    for log in there.path("/root").glob("*.log"):
        shutil.copy(log, folder)


def carry_out(args):
    tell(f"seed {args.seed}")
    there = world.make()
    try:
        there.wait_booted()
        bring(there, args.folder)
        figures = {"seed": args.seed}
        for trial in trials.ALL:
            began = time.monotonic()
            said, more = trial(Nodes(there), args)
            figures |= more
            tell(f"passed in {time.monotonic() - began:.0f} s: {said}")
        print(json.dumps(figures, separators=(",", ":")), flush=True)
    finally:
        if args.report:
            keep(there, args.report)
        there.end()


def main():
    # The first process of its namespace is not ended by a signal that it does not handle; when it ends, all others do.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    args = arguments()
    try:
        carry_out(args)
    except world.Impossible as no:
        tell(f"skipped: {no}")
        sys.exit(SKIPPED)
    except Failed as failed:
        sys.exit(f"./dev chaos: {failed}")
    except KeyboardInterrupt:
        sys.exit(130)


main()
