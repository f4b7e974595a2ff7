"""What is done beside a run: nodes that end are started again, as a service manager does it, and their figures are added up."""

import os
import signal
import threading
import time

from tools.cluster import node

# How a node ends that wants to be started again (server/app/exit_codes.h). It was put out of the view, or could not have its database, its
# port or an address at the start: where the machine is busy no fault is needed for that.
TRY_AGAIN = 75
# Its store has failed. With PostgreSQL that is one thing: it has found another history, which is made by raising epochs.
STORE_FAILED = 70
RAISES_EPOCHS = "pg.failover async"
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
                if ended not in self.spared:
                    self._ends[ended] = os.waitpid(ended, 0)[1]
                    continue
            except ChildProcessError:
                pass  # there is none, or who started it was faster
            time.sleep(0.05)

    def how_it_ended(self, pid):
        """Its exit code, or the signal's name; None: nobody knows."""
        status = self._ends.get(pid)
        if status is None:
            return None
        return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


class Watch:
    """`faults`: those of the run, as it is given them."""

    def __init__(self, cluster, reaper, faults):
        self.cluster = cluster
        self.reaper = reaper
        self._explained = {TRY_AGAIN, STORE_FAILED} if RAISES_EPOCHS in " ".join(faults.split()) else {TRY_AGAIN}
        # (node, id) of each that has ended by itself.
        self._ended = []
        self._totals = {}
        self._last = {}

    def look(self, counts):
        """`counts`: what figures have risen by since the last time is added to the totals."""
        self._ended += self.cluster.look_after()
        for name in self.cluster.layout.node_names:
            if figures := node.figures(self.cluster.layout, name):
                if counts:
                    self._add(name, figures)
                self._last[name] = figures

    @property
    def restarts(self):
        return len(self._ended)

    def crashes(self):
        """A line for each end that nothing explains. Asked when the faults are over: whom one of them has started, and which then ended, is
        buried no sooner."""
        ends = ((name, self.reaper.how_it_ended(pid)) for name, pid in self._ended)
        return [f"{name} has ended {'and nobody knows how' if how is None else f'with {how}'}" for name, how in ends if how not in self._explained]

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
