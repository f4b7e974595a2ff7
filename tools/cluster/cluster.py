"""What can be done to the cluster."""

import shutil
import signal
import socket
import time

from tools.cluster import clock, database, haproxy, network, node, redis, span
from tools.cluster.failed import Failed
from tools.cluster.layout import DATABASES

READY_S = 120


def outside(names, members):
    """Who of them is not in the view of those; empty: nobody."""
    return next((f"{name} is not in the view" for name in names if name not in members), "")


class Cluster:
    def __init__(self, layout, bin_dir):
        self.layout = layout
        self.bin = bin_dir

    def up(self):
        """Starts what does not run, and returns when every node is in the view and behind the proxy."""
        self._ports_are_free()
        for name in [self.layout.primary, *(n for n in self.layout.names if n != self.layout.primary)]:
            if name == self.layout.node_names[0]:
                database.wait_followed(self.layout, READY_S)
                node.configure(self.layout, self.bin)
            if self.layout.process(name).state() == "gone":
                self.start(name)
                yield f"started {name}"
            if name == self.layout.node_names[0]:
                # It makes the schema, for which another one would not wait.
                self._wait(self._outside_view, [name], running=[name])
        self.wait_ready(self.layout.node_names)

    def restart(self, name):
        """In order where it runs; what was killed is only started."""
        if self.layout.process(name).state() != "gone":
            if name in self.layout.node_names:
                node.drain(self.layout, name)
            else:
                self._stop(name)
        self.start(name)
        if name in self.layout.node_names:
            self.wait_ready([name])

    def kill(self, name):
        self.running(name).kill()

    def pause(self, name, seconds):
        each = self.running(name)
        each.send_all(signal.SIGSTOP)
        if seconds is not None:
            try:
                time.sleep(seconds)
            finally:
                each.send_all(signal.SIGCONT)

    def resume(self, name):
        self.running(name).send_all(signal.SIGCONT)

    def drain(self, name):
        """False: it was not done in time."""
        if name not in self.layout.node_names:
            raise Failed(f"{name} is no node; there are {', '.join(self.layout.node_names)}")
        self.running(name)
        return node.drain(self.layout, name)

    def promote(self, name):
        if name not in DATABASES:
            raise Failed(f"{name} is no database; there are {', '.join(DATABASES)}")
        self.running(name)
        database.promote(self.layout, name)

    def look_after(self):
        """Starts the nodes that have ended by themselves, as a service manager does; returns (name, its last id) of each."""
        found = []
        for name in self.layout.node_names:
            each = self.layout.process(name)
            # Whoever does something to it will have done it.
            with self.layout.held(name, wait=False) as held:
                if held and (last := each.missing()):
                    found.append((name, last))
                    self.start(name)
        return found

    def heal(self):
        """Everything runs, on its own and by the right time, whatever was done to it."""
        network.clear(self.layout)
        for name in self.layout.names:
            with self.layout.held(name):
                self.layout.process(name).send_all(signal.SIGCONT)
        for name in self.layout.node_names:
            with self.layout.held(name):
                if clock.is_own(self.layout, name):
                    self.layout.process(name).kill()
                clock.remove(self.layout, name)
        for name in [self.layout.primary, *(n for n in self.layout.names if n != self.layout.primary)]:
            with self.layout.held(name):
                if self.layout.process(name).state() == "gone":
                    self.start(name)
        database.wait_followed(self.layout, READY_S)
        self.wait_back(self.layout.node_names)

    def down(self):
        """Clients first, and the primary before who follows it, so that they have all of it."""
        rest = [name for name in reversed(self.layout.names) if name != self.layout.primary]
        order = [name for name in rest if name not in DATABASES] + [self.layout.primary] + [n for n in rest if n in DATABASES]
        for name in order:
            if self.layout.process(name).state() != "gone":
                self._stop(name)
                yield f"ended {name}"

    def purge(self):
        shutil.rmtree(self.layout.folder)

    def wait_ready(self, names):
        """They, Redis and the proxies have to run meanwhile."""
        self._wait(self._missing, names, [*self.layout.redis_names, *names, *self.layout.proxy_names])

    def wait_back(self, names):
        """As wait_ready, when others look after what ends meanwhile: so nobody may hold the nodes."""
        self._wait(self._missing, names)

    def wait_there(self, names):
        """Until they run and none is outside the view, as far as the database says; or the fault that waits for them is over."""
        self._wait(lambda all_of: "" if span.is_over() else self._absent(all_of), names)

    def _wait(self, missing_of, names, running=()):
        """Until nothing is missing of the nodes."""
        until = time.monotonic() + READY_S
        while missing := missing_of(names):
            dead = [name for name in running if self.layout.process(name).state() == "gone"]
            if dead:
                raise Failed(f"{dead[0]} has ended:\n{(self.layout.of(dead[0]) / 'log').read_text(errors='replace')[-2000:]}")
            if time.monotonic() > until:
                raise Failed(f"after {READY_S} s {missing}; the logs: {self.layout.folder}/*/log")
            time.sleep(0.2)

    def _outside_view(self, names):
        """What is missing of that they are in it; empty: nothing."""
        try:
            _, members = database.newest_view(self.layout)
        except Failed as no:
            return str(no)
        return outside(names, members)

    def _absent(self, names):
        """What is missing of that they are there; empty: nothing."""
        if gone := [name for name in names if self.layout.process(name).state() == "gone"]:
            return f"{gone[0]} does not run"
        try:
            _, members = database.newest_view(self.layout)
        except Failed:
            return ""
        return outside(names, members)

    def _missing(self, names):
        """What a cluster that is ready has and this one has not yet; empty: nothing."""
        if outside := self._outside_view(names):
            return outside
        for proxy in self.layout.proxy_names:
            try:
                reached = haproxy.nodes_up(self.layout, proxy)
            except OSError as no:
                return f"{proxy}: {no}"
            for name in names:
                if name not in reached:
                    return f"{proxy} does not reach {name}"
        return "" if node.get(self.layout.port, "/readyz")[0] == 200 else "/readyz is not answered through HAProxy"

    def running(self, name):
        each = self.layout.process(name)
        if each.state() == "gone":
            raise Failed(f"{name} does not run; start it: ./dev cluster restart {name}")
        return each

    def start(self, name):
        if name in DATABASES:
            database.start(self.layout, name)
        elif name in self.layout.redis_names:
            redis.start(self.layout, name)
        elif name in self.layout.proxy_names:
            haproxy.start(self.layout, name)
        else:
            node.start(self.layout, name, self.bin)

    def _stop(self, name):
        if name in DATABASES:
            database.stop(self.layout, name)
        elif name in self.layout.redis_names:
            redis.stop(self.layout, name)
        elif name in self.layout.proxy_names:
            haproxy.stop(self.layout, name)
        else:
            node.stop(self.layout, name)

    def _ports_are_free(self):
        if any(self.layout.process(name).state() != "gone" for name in self.layout.names):
            return  # they are its own
        for port in self.layout.ports():
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as taken:
                    raise Failed(f"port {port} of 127.0.0.1 is taken, and the cluster's are {self.layout.ports()}; "
                                 "others: ./dev cluster down --purge, then ./dev cluster up --port N") from taken  # fmt: skip
