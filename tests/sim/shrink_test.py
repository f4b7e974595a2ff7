"""Shrinks a run with a planted bug, and replays what is left of it: it fails with the bug, and passes without.

    python3 shrink_test.py --loadsim BIN/starling-loadsim [--bug NAME] [--seed N]"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

PASSED, USAGE, VIOLATED = 0, 1, 3  # loadsim/app/exit_codes.h


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    return done.returncode, done.stdout


def expect(condition, what, said):
    if not condition:
        print(said)
        sys.exit(f"FAILED: {what}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--loadsim", required=True)
    parser.add_argument("--bug", default="M4_AckBeforeCommit")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    bug = ("--mutant", options.bug)
    with tempfile.TemporaryDirectory() as folder:
        schedule = pathlib.Path(folder) / "minimal.sched"
        code, said = run(options.loadsim, "shrink", "--seed", options.seed, *bug, "--out", schedule)
        expect(code == PASSED, "shrink ends well", said)
        figures = json.loads(said.splitlines()[-1])
        expect(figures["finished"], "it goes as small as it goes", said)
        before, after = figures["before"], figures["after"]
        expect(all(after[what] <= before[what] for what in before), "nothing grows", said)
        for what in ("faults", "actions", "users", "knobs"):
            expect(after[what] < before[what], f"fewer {what}", said)

        code, said = run(options.loadsim, "sim", "--schedule", schedule, *bug)
        expect(code == VIOLATED, "with the bug it fails", said)
        expect(f"  {figures['broken']} " in said, f"by {figures['broken']}, as it did", said)
        violation = schedule.read_text().splitlines()[0].removeprefix("# Broke: ")
        expect(violation in said, "the file quotes the violation", said)
        code, said = run(options.loadsim, "sim", "--schedule", schedule)
        expect(code == PASSED, "without it passes", said)
        code, said = run(options.loadsim, "shrink", "--schedule", schedule)
        expect(code == USAGE and "nothing to shrink" in said, "what passes is not shrunk", said)
    code, said = run(options.loadsim, "sim", "--seeds", "1", "--mutant", "M99")
    expect(code == USAGE and options.bug in said, "an unknown bug is refused with the list of those there are", said)
    print(f"{options.bug}: {before['faults']} faults to {after['faults']}, {before['users']} users to {after['users']}")


if __name__ == "__main__":
    main()
