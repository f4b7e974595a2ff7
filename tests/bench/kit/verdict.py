"""Figures beside their bars, as a table and as a line of JSON."""

import json
import sys


class Verdict:
    def __init__(self, bench):
        self.figures = {"bench": bench}
        self.rows = []
        self.missed = []

    def figure(self, name, value, at_most=None, at_least=None, said="", shown=None):
        """A figure; with a bar, it counts. `said` explains it to people, `shown` replaces the name in the table."""
        self.figures[name] = value
        bar, good = "", True
        if at_most is not None:
            bar, good = f"<= {at_most:,}", value <= at_most
        elif at_least is not None:
            bar, good = f">= {at_least:,}", value >= at_least
        if not good:
            self.missed.append(f"{name} is {value:,}, the bar is {bar}")
        self.rows.append((shown or name, f"{value:,}" if isinstance(value, (int, float)) else str(value), bar, "" if good else "MISSED", said))

    def wrong(self, what):
        """Something that no figure excuses."""
        self.missed.append(what)

    def close(self):
        """Prints all of it; the exit code."""
        widths = [max([len(row[i]) for row in self.rows] + [0]) for i in range(4)]
        for row in self.rows:
            cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].ljust(widths[2]), row[3].ljust(widths[3]), row[4]]
            print("  " + "  ".join(cells).rstrip())
        for what in self.missed:
            print(f"missed: {what}")
        print(json.dumps(self.figures | {"pass": not self.missed}), flush=True)
        return 1 if self.missed else 0


def progress(text):
    print(text, file=sys.stderr, flush=True)


def broken_promises(run):
    """What of a run's answer must be nothing at all."""
    return {name: run[name] for name in ("gaps", "doubles", "altered", "missing", "refused", "closed", "resets") if run.get(name, 0) != 0}
