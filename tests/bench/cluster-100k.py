"""./dev bench cluster-100k: a hundred thousand sessions of the load simulator, straight to the six nodes of a cluster. They come, they are
left alone for a minute, and then two nodes die at once. The four that stay have fewer descriptors than there are sessions: they take in as
many as they may, lose nobody whom they had, and the rest is put off until both nodes are back. What anybody saw is compared with the log."""

import argparse
import collections
import json
import math
import sys
import time

from kit import kernel
from kit.cluster import ROOT, RealCluster, node
from kit.programs import BIN, Gone, go_before, start, stop
from kit.verdict import Verdict, progress

SCENARIO = ROOT / "loadsim/scenarios/cluster-100k.toml"
NODES = 6
DYING = ("n2", "n5")
SESSIONS = 100_000
MEMBERS, ROOMS_PER_SESSION = 20, 2
# 20,000 descriptors, which is what a process gets, less those that are no connections. A smaller trial scales it.
CONNECTIONS_MAX = 19_888
# Of each shard: what nodes, databases and people together get done on two cores. With more all wait until they give up, and come again.
TAKEN_IN = "[limits]\nsessions_per_s = 40\nsessions_burst = 80\n"
# Of a full node's connections, those that are no sessions: looks of its proxy, pages of figures, whoever is at the door.
OTHERS_SHARE = 0.02
# Beyond its load: people come, everything comes to rest, the log is compared.
GRACE_S = 900
# The exit codes of starling-loadsim whose last line is a result.
JUDGED = (0, 2, 3, 4)

# What was so then: time, sessions by node (of those that answered), CPU seconds, what was put off so far.
Moment = collections.namedtuple("Moment", "at sessions cpu_s put_off")


class Watch:
    """What each node says of itself. One that dies counts from nothing when it is back; one that ends by itself is started again."""

    def __init__(self, cluster):
        self.cluster, self.layout = cluster.cluster, cluster.layout
        self.restarts = 0
        self.last = {}
        self.totals = collections.Counter()

    def look(self):
        """name -> its sessions, of the nodes that answer."""
        self.restarts += len(self.cluster.look_after())
        seen = {}
        for name in self.layout.node_names:
            if figures := node.figures(self.layout, name):
                seen[name] = int(figures["starling_sessions"])
                self._count(name, figures)
        return seen

    def _count(self, name, figures):
        last = self.last.get(name, {})
        if figures["process_start_time_seconds"] != last.get("process_start_time_seconds"):
            last = {}
        for metric, value in figures.items():
            if metric.endswith("_total"):
                self.totals[metric] += value - last.get(metric, 0)
        self.last[name] = figures


class Storm:
    """The load simulator, and what is seen of the nodes meanwhile."""

    def __init__(self, cluster, options):
        self.cluster, self.options, self.layout = cluster, options, cluster.layout
        self.watch = Watch(cluster)
        self.log = self.layout.folder / "loadsim.log"
        self.child = None
        self.deadline = math.inf

    def __enter__(self):
        with self.log.open("wb") as out:
            self.child = start(self.command(), cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
        go_before(self.child)
        self.layout.process("loadsim").adopt(self.child.pid)
        o = self.options
        self.deadline = time.monotonic() + o.ramp + o.quiet + o.gone + o.back + GRACE_S
        return self

    def __exit__(self, *_):
        stop(self.child)

    def command(self):
        o = self.options
        faults = [f"@{o.quiet}s kill {name}" for name in DYING] + [f"@{o.quiet + o.gone}s restart {name}" for name in DYING]
        injector = f"{sys.executable} -m tools.cluster --home {self.layout.folder.parent} --bin {BIN.absolute()} fault"
        command = [BIN.absolute() / "starling-loadsim", "run", SCENARIO, f"--users={o.sessions}", f"--ramp={o.ramp}s", f"--seed={o.seed}",
                   f"--duration={o.quiet + o.gone + o.back}s", f"--faults={' ; '.join(faults)}", f"--injector={injector}"]  # fmt: skip
        return command + [f"--config={node.config_of(self.layout, name)}" for name in self.layout.node_names]

    def wait(self, what, good, each=lambda sessions: None):
        """Looks once a second until good(sessions by node)."""
        while True:
            sessions = self.watch.look()
            each(sessions)
            if good(sessions):
                break
            if self.child.poll() is not None or time.monotonic() > self.deadline:
                raise Gone(f"it was not seen that {what}; the load simulator says:\n" + "\n".join(self.said()[-15:]))
            time.sleep(1)
        progress(f"{what}: {sum(sessions.values()):,} sessions on the {len(sessions)} nodes that answer")
        return self.moment(sessions)

    def moment(self, sessions):
        postgres, nodes = self.cluster.cpu_s()
        cpu_s = {"nodes": nodes, "postgres": postgres, "load": self.cluster.cpu_s_of(["loadsim"])}
        put_off = {"door": self.watch.totals["starling_refused_total"], "slot": self.watch.totals["starling_slots_given_total"]}
        return Moment(time.monotonic(), sessions, cpu_s, put_off)

    def said(self):
        return self.log.read_text(errors="replace").splitlines()

    def result(self):
        self.wait("the log was compared", lambda _: self.child.poll() is not None)
        if self.child.returncode not in JUDGED:
            raise Gone("the load simulator has no verdict:\n" + "\n".join(self.said()[-15:]))
        return json.loads(self.said()[-1])


def run(cluster, options, verdict):
    users = options.sessions
    memory_before = cluster.rss_bytes(), kernel.socket_bytes()
    with Storm(cluster, options) as storm:
        first = storm.wait("somebody has come", lambda sessions: sum(sessions.values()) > 0)
        here = storm.wait("all have come", lambda sessions: sum(sessions.values()) >= users or "load" in storm.said())
        settled = time.monotonic() + 0.8 * options.quiet
        before = storm.wait("they were left alone", lambda _: time.monotonic() > settled)
        memory = cluster.rss_bytes(), kernel.socket_bytes()
        storm.wait("two nodes have died", lambda sessions: not any(name in sessions for name in DYING))
        survivors, fewest = [], collections.Counter(before.sessions)

        def of_survivors(sessions):
            survivors.append(sum(sessions.values()))
            for name, count in sessions.items():
                fewest[name] = min(fewest[name], count)

        staying = [name for name in storm.layout.node_names if name not in DYING]
        limit = sum(storm.watch.last[name]["starling_connections_max"] for name in staying)
        back = storm.wait("both are back", lambda sessions: all(name in sessions for name in DYING), of_survivors)
        resumed = storm.wait("all are back", lambda sessions: sum(sessions.values()) >= users)
        result = storm.result()

    def per_session(what):
        return round((memory[what] - memory_before[what]) / users)

    def between(earlier, later, what):
        return later[what] - earlier[what]

    connect_s = here.at - first.at
    cpu = {who: between(first.cpu_s, here.cpu_s, who) for who in here.cpu_s}
    most = max(survivors[:-1])
    verdict.figure("sessions", sum(here.sessions.values()), at_least=users, said="authenticated, by the nodes' own count")
    verdict.figure("sessions_later", sum(before.sessions.values()), said="when they had been left alone for a while")
    verdict.figure("rss_bytes_per_session", per_session(0), said=f"of the nodes; {ROOMS_PER_SESSION} rooms each, FULL, a room on up to {NODES} nodes")
    verdict.figure("kernel_bytes_per_session", round(per_session(1) / 2), said="a node's end: half of the slabs and buffers of both ends")
    verdict.figure("connect_per_s", round(users / connect_s), said=f"over {connect_s:.0f} s, with a ramp of {options.ramp} s")
    for who, seconds in cpu.items():
        verdict.figure(f"connect_{who}_us", round(1e6 * seconds / users), said="CPU time a session")
    verdict.figure("survivors_limit", int(limit), said="connections that the four may have")
    verdict.figure("survivors_sessions", most, at_least=min(users, math.floor(limit * (1 - OTHERS_SHARE))), said="while two nodes were gone")
    lost = sum(before.sessions[name] - fewest[name] for name in staying)
    verdict.figure("survivors_lost", lost, at_most=0, said="sessions that they had before")
    verdict.figure("waiting", users - most, said="found no place meanwhile")
    verdict.figure("put_off_at_the_door", int(between(before.put_off, back.put_off, "door")), at_least=users - most, said="503 with Retry-After")
    verdict.figure("put_off_by_slot", int(between(before.put_off, back.put_off, "slot")), said="Reconnect with a time of its own")
    verdict.figure("resumed", sum(resumed.sessions.values()), at_least=users)
    verdict.figure("resumed_s", round(resumed.at - back.at), said="since both nodes were back")
    verdict.figure("outage_p99_ms", round(result["latency"]["outage"]["p99_ms"]), said="those who waited for the nodes included")
    verdict.figure("accepted", result["accepted"], at_least=1, said="messages acknowledged")
    verdict.figure("deliveries", result["deliveries"])
    verdict.figure("nodes_put_out", storm.watch.restarts, said="that ended since their lease did, and were started again")
    verdict.figure("violations", result["violations"], at_most=0)
    for line in result["first_violations"][:10]:
        verdict.wrong(line)
    if not result["quiesced"]:
        verdict.wrong("it did not come to rest")
    for fault in result["faults"]:
        if not fault["effect"]:
            verdict.wrong(f"'{fault['fault']}' never took effect: {fault['note']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--ramp", type=int, default=300, help="seconds in which they come")
    parser.add_argument("--quiet", type=int, default=60, help="seconds until two nodes die")
    parser.add_argument("--gone", type=int, default=60, help="seconds until those are started again")
    parser.add_argument("--back", type=int, default=300, help="seconds after that: two nodes take in 160 a second, and who finds a full one comes again later")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8300, help="of HAProxy; the nodes have those after it")
    options = parser.parse_args()
    limit = CONNECTIONS_MAX * options.sessions // SESSIONS
    sections = TAKEN_IN + (f"[runtime]\nconnections_max = {limit}\n" if options.sessions < SESSIONS else "")

    verdict = Verdict("cluster-100k")
    with RealCluster(NODES, options.port, sections) as cluster:
        rooms = options.sessions * ROOMS_PER_SESSION // MEMBERS
        progress(f"seeding {options.sessions:,} users in {rooms:,} rooms of {MEMBERS}")
        cluster.ctl("seed", "--users", options.sessions, "--rooms", rooms, "--members", MEMBERS)
        run(cluster, options, verdict)
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
