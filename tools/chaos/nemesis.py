"""A schedule of faults drawn from a seed: what befalls nodes, their bus, PostgreSQL, Redis and people, each kind at its own pace."""

import random

# What goes on at the end is over by then, and so is what it began.
REST_S = 25


class Lane:
    """One thing at a time befalls the same part: an episode, then a rest."""

    def __init__(self, episodes, rest_s):
        self.episodes = episodes
        self.rest_s = rest_s


def node_killed(draw):
    node, away = draw.randint(1, 3), draw.randint(2, 12)
    return away + 8, [(0, f"kill n{node}"), (away, f"restart n{node}")]


def node_paused(draw):
    span = draw.choice((1, 2, 5, 12))
    return span + 8, [(0, f"pause n{draw.randint(1, 3)} {span}s")]


def node_drained(draw):
    return 25, [(0, f"drain n{draw.randint(1, 3)}")]


def clock_wrong(draw):
    return 20, [(0, f"clock.step n{draw.randint(1, 3)} {draw.choice((3600, -3600))}s")]


def bus_cut(draw):
    a, b = draw.sample((1, 2, 3), 2)
    span = draw.randint(1, 8)
    return span + 3, [(0, f"bus.cut n{a}>n{b} {span}s")]


def node_alone(draw):
    alone = draw.randint(1, 3)
    span = draw.randint(1, 8)
    return span + 3, [(0, f"bus.cut n{a}>n{b} {span}s") for a in (1, 2, 3) for b in (1, 2, 3) if a != b and alone in (a, b)]


def bus_drop(draw):
    share, span = draw.choice(((5, 5), (20, 3), (50, 2), (100, 1)))
    return span + 3, [(0, f"bus.drop {share}% {span}s")]


def database_restarted(_):
    return 12, [(0, "pg.restart")]


def failed_over(_):
    return 20, [(0, "pg.failover sync")]


def waits_cancelled(draw):
    span = draw.randint(2, 6)
    then = [(span - 1, "pg.failover sync")] if draw.random() < 0.3 else []
    return span + 20, [(0, f"pg.cancel_syncwait {draw.choice((20, 50, 100))}% {span}s"), *then]


def replies_lost(draw):
    span = draw.randint(2, 6)
    return span + 8, [(0, f"store.lost_reply {draw.choice((20, 50, 100))}% {span}s")]


def disk_full(draw):
    return 15, [(0, f"store.full {draw.randint(4, 6)}s")]


def cache_flushed(_):
    return 5, [(0, "redis.flush")]


def cache_down(draw):
    span = draw.randint(1, 10)
    return span + 5, [(0, f"redis.down {span}s")]


def cache_failed_over(_):
    return 20, [(0, "redis.failover")]


def people_crash(draw):
    return 5, [(0, f"client.crash {draw.choice((2, 10))}%")]


def people_slow(draw):
    return 25, [(0, f"client.slow 5% {draw.choice(('2KB/s', '0B/s'))} {draw.randint(5, 20)}s")]


def people_cut(draw):
    return 10, [(0, f"cut {draw.choice((5, 34))}% {draw.randint(0, 5)}s")]


LANES = (
    Lane((node_killed, node_killed, node_paused, node_drained, clock_wrong), 40),
    Lane((bus_cut, node_alone, bus_drop), 45),
    Lane((database_restarted, failed_over, waits_cancelled, replies_lost, disk_full), 60),
    Lane((cache_flushed, cache_down, cache_failed_over), 60),
    Lane((people_crash, people_slow, people_cut), 60),
)


def schedule(seed, seconds):
    """Lines of loadsim's grammar, by time."""
    entries = []
    for number, lane in enumerate(LANES):
        draw = random.Random(f"{seed} {number}")
        at = draw.uniform(5, 5 + lane.rest_s / 2)
        while True:
            lasts, steps = draw.choice(lane.episodes)(draw)
            if at + lasts > seconds - REST_S:
                break
            entries += [(at + after, text) for after, text in steps]
            at += lasts + draw.uniform(0.2, 1.8) * lane.rest_s
    return [f"@{round(at * 1000)}ms {text}" for at, text in sorted(entries, key=lambda entry: entry[0])]
