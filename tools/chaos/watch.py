"""What is done beside a run: nodes that end are started again, as a service manager does it, and their figures are added up."""

import os
import signal
import threading
import time

from tools.cluster import node

# EX_TEMPFAIL: it was put out of the view, or its store is another one, and it wants to start anew.
TRY_AGAIN = 75
# What the store is asked for authentication, heads and membership. Pages are what a catch-up consists of, and who is revoked
# is asked for once a second, whoever comes.
RESUME_READS = ("room", "user", "rooms", "items", "device", "accounts")


class Reaper(threading.Thread):
    """What the first process of a namespace owes the others: whoever has ended and whose parent is gone is buried. PostgreSQL takes
    one that is not for alive."""

    def __init__(self):
        super().__init__(daemon=True)
        # Children that somebody here waits for.
        self.spared = set()
        self._ends = {}

    def run(self):
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT).si_pid
            except ChildProcessError:
                ended = None
            if ended is None or ended in self.spared:
                time.sleep(0.05)
            else:
                self._ends[ended] = os.waitpid(ended, 0)[1]

    def how_it_ended(self, pid):
        """Its exit code, or the signal's name; None: nobody knows."""
        status = self._ends.get(pid)
        if status is None:
            return None
        return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


class Watch:
    def __init__(self, cluster, reaper):
        self.cluster = cluster
        self.reaper = reaper
        self.restarts = 0
        # Ends that nothing explains.
        self.crashes = []
        self._totals = {}
        self._last = {}

    def look(self, counts):
        """`counts`: what figures have risen by since the last time is added to the totals."""
        for name, pid in self.cluster.look_after():
            self.restarts += 1
            if (how := self.reaper.how_it_ended(pid)) not in (TRY_AGAIN, None):
                self.crashes.append(f"{name} has ended with {how}")
        for name in self.cluster.layout.node_names:
            if figures := node.figures(self.cluster.layout, name):
                if counts:
                    self._add(name, figures)
                self._last[name] = figures

    def total(self, metric):
        return self._totals.get(metric, 0)

    def _add(self, name, figures):
        """Of counters, which begin anew with their node."""
        last = self._last.get(name, {})
        if figures.get("starling_accepted_total", 0) < last.get("starling_accepted_total", 0):
            last = {}
        for metric, value in figures.items():
            if metric.partition("{")[0].endswith("_total"):
                self._totals[metric] = self._totals.get(metric, 0) + value - last.get(metric, 0)
