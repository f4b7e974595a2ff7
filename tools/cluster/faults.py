"""The faults of loadsim's grammar (loadsim/users/faults/fault.h) on the cluster, one at a time: an injector of `starling-loadsim run`."""

import difflib
import os
import re
import signal
import time

from tools.cluster import clock, database, database_faults, network, node, redis, span
from tools.cluster.failed import Failed

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
# A node whose lease ran out ends by itself, as soon as it goes on.
PUT_OUT_S = 5


def carry_out(cluster, line):
    """"212 packets dropped": how often it took effect, and of what."""
    words = line.split()
    found = max((name for name in FAULTS if words[: len(name.split())] == name.split()), key=len, default=None)
    if found is None:
        near = difflib.get_close_matches(line, FAULTS, n=1, cutoff=0)[0]
        raise Failed(f"there is no fault '{line}' here. Did you mean {near}? There are {', '.join(FAULTS)}.")
    does, *takes = FAULTS[found]
    given = words[len(found.split()) :]
    if len(given) != len(takes):
        raise Failed(f"{found} takes {len(takes)} arguments, and not {len(given)}")
    effect, of = does(cluster, *(read(cluster.layout, word) for read, word in zip(takes, given, strict=True)))
    return f"{effect} {of}"


# ---- what the words are


def a_node(layout, word):
    if word not in layout.node_names:
        raise Failed(f"'{word}' is no node; there are {', '.join(layout.node_names)}")
    return word


def a_link(layout, word):
    return tuple(a_node(layout, name) for name in (word.split(">") if word.count(">") == 1 else (word, word)))


def a_share(_, word):
    match = re.fullmatch(r"(\d+(?:\.\d)?)%", word)
    if not match:
        raise Failed(f"a share is written as 30%, and not as '{word}'")
    return float(match[1]) / 100


def a_duration(_, word):
    match = re.fullmatch(r"([+-]?\d+)(us|ms|s|m|h)", word)
    if not match:
        raise Failed(f"a duration is written as 3s or 200ms, and not as '{word}'")
    return int(match[1]) * UNITS[match[2]]


def a_drift(_, word):
    match = re.fullmatch(r"(-?\d+)ppm", word)
    if not match:
        raise Failed(f"a drift is written as 500ppm, and not as '{word}'")
    return int(match[1])


# ---- nodes


def kill(cluster, name):
    with cluster.layout.held(name):
        there = node.sessions(cluster.layout, name)
        cluster.kill(name)
    return 1, f"node killed, with {'?' if there is None else there} sessions"


def restart(cluster, name):
    began = time.monotonic()
    with cluster.layout.held(name):
        if cluster.layout.process(name).state() != "gone":
            node.drain(cluster.layout, name)
        cluster.start(name)
    cluster.wait_back([name])
    return 1, f"node ready after {time.monotonic() - began:.1f} s"


def pause(cluster, name, seconds):
    with cluster.layout.held(name):
        each = cluster.running(name)
        each.send_all(signal.SIGSTOP)
        try:
            span.lasts(seconds)
            members = members_of_view(cluster.layout)
        finally:
            each.send_all(signal.SIGCONT)
        if members is None:
            return 1, "node stood still, and the database with it"
        if name in members:
            return 1, "node stood still, and kept its place in the view"
        if each.wait_gone(PUT_OUT_S):
            cluster.start(name)
            return 1, "node stood still, was put out of the view, and was started anew"
    return 1, "node stood still, was put out of the view, and went on"


def members_of_view(layout):
    """None: the database does not say."""
    try:
        return database.newest_view(layout)[1]
    except Failed:
        return None


def drain(cluster, name):
    with cluster.layout.held(name):
        there = node.sessions(cluster.layout, name) or 0
        in_order = cluster.drain(name)
        cluster.start(name)
    cluster.wait_back([name])
    return (1, f"node drained of {there} sessions") if in_order else (0, "the drain was not done in time")


# ---- the bus


def bus_cut(cluster, link, seconds):
    """What one says does not arrive; what the other says does. One that is gone says nothing, so it is waited for."""
    layout = cluster.layout
    cluster.wait_there(link)
    source, to = link
    return meet(layout, seconds, [(to, f"ip saddr {layout.address_of(source)} tcp sport {layout.bus_of(source)} counter drop")], "dropped")


def bus_drop(cluster, share, seconds):
    """Of each packet; TCP repeats it, and it is late. All of them: connections are broken, and what is said meanwhile is lost."""
    layout = cluster.layout
    ports = ", ".join(str(layout.bus_of(name)) for name in layout.node_names)
    if share == 1:
        rules = [f"tcp {port} {{ {ports} }} counter reject with tcp reset" for port in ("sport", "dport")]
    else:
        rules = [f"tcp sport {{ {ports} }} numgen random mod 1000 < {round(share * 1000)} counter drop"]
    return meet(layout, seconds, [(name, *rules) for name in layout.node_names], "reset" if share == 1 else "dropped")


def meet(layout, seconds, rules_of, what):
    added = []
    packets = 0
    try:
        for name, *lines in rules_of:
            rules = network.Rules(layout, name, os.getpid())
            rules.add(*lines)
            added.append(rules)
        span.lasts(seconds)
    finally:
        packets = sum(rules.remove() for rules in added)
    return packets, f"packets {what}"


# ---- Redis


def redis_flush(cluster):
    with cluster.layout.held("cache"):
        keys = redis.ask(cluster.layout, "DBSIZE")
        redis.ask(cluster.layout, "FLUSHALL")
    return int(keys), "keys gone"


def redis_down(cluster, seconds):
    """All of its servers."""
    with cluster.layout.held("cache"):
        connected = redis.clients(cluster.layout)
        down = redis.servers(cluster.layout)
        for name in down:
            cluster.kill(name)
        try:
            span.lasts(seconds)
        finally:
            for name in down:
                cluster.start(name)
    return connected, "connections gone with it"


def redis_fail_over(cluster):
    with cluster.layout.held("cache"):
        connected = redis.clients(cluster.layout)
        began = time.monotonic()
        new = redis.fail_over(cluster.layout, cluster.kill, cluster.start)
    return connected, f"connections thrown out, and {new} took over within {time.monotonic() - began:.1f} s"


# ---- clocks


def clock_step(cluster, name, seconds):
    return turn(cluster, name, f"{seconds:+.0f}", f"clock stepped by {seconds:+.0f} s")


def clock_drift(cluster, name, ppm):
    return turn(cluster, name, f"+0 x{1 + ppm / 1e6:.6f}", f"clock that drifts by {ppm} ppm")


def turn(cluster, name, to, what):
    layout = cluster.layout
    with layout.held(name):
        anew = not clock.is_own(layout, name)
        if anew:
            clock.set_to(layout, name, "+0")
            cluster.kill(name)
            cluster.start(name)
    if anew:
        cluster.wait_back([name])
    with layout.held(name):
        clock.set_to(layout, name, to)
        for _ in span.slices(3 * clock.CACHE_S + 2, 0.1):
            if clock.is_read(layout, name):
                return 1, what
            time.sleep(0.1)
    return 0, f"{name} does not look at its clock"


def heal(cluster):
    cluster.heal()
    return 1, "cluster that is whole"


FAULTS = {
    "kill": (kill, a_node),
    "restart": (restart, a_node),
    "pause": (pause, a_node, a_duration),
    "drain": (drain, a_node),
    "bus.cut": (bus_cut, a_link, a_duration),
    "bus.drop": (bus_drop, a_share, a_duration),
    "pg.restart": (database_faults.restart,),
    "pg.failover sync": (database_faults.fail_over,),
    "pg.failover async": (database_faults.fail_over_with_loss,),
    "pg.cancel_syncwait": (database_faults.cancel_syncwait, a_share, a_duration),
    "store.lost_reply": (database_faults.lost_reply, a_share, a_duration),
    "store.full": (database_faults.full, a_duration),
    "redis.flush": (redis_flush,),
    "redis.down": (redis_down, a_duration),
    "redis.failover": (redis_fail_over,),
    "clock.step": (clock_step, a_node, a_duration),
    "clock.drift": (clock_drift, a_node, a_drift),
    "heal": (heal,),
}
