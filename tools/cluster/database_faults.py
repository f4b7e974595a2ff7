"""What befalls PostgreSQL. Each returns how often it took effect, and of what."""

import contextlib
import os
import re
import signal
import time

from tools.cluster import database, node, span
from tools.cluster.failed import Failed
from tools.cluster.layout import DATABASES, Layout

# A standby's process that takes what the primary sends, by its title.
RECEIVER = "walreceiver"
# For so long nothing reaches the standby that is promoted with a loss.
LAG_S = 3
# One question watches for so long.
SLICE_S = 1
# Committed here, on no standby yet, and so not acknowledged: each such commit is drawn once.
MEET = """
DO $$
DECLARE
  seen text[] := '{{}}';
  hit int := 0;
  each record;
BEGIN
  FOR turn IN 1..{turns} LOOP
    PERFORM pg_stat_clear_snapshot();
    FOR each IN SELECT pid, pid || ' ' || xact_start AS commit FROM pg_stat_activity
                WHERE wait_event = 'SyncRep' AND backend_type = 'client backend' LOOP
      IF NOT each.commit = ANY (seen) THEN
        seen := seen || each.commit;
        IF random() < {share} AND {hit_by}(each.pid) THEN hit := hit + 1; END IF;
      END IF;
    END LOOP;
    PERFORM pg_sleep(0.01);
  END LOOP;
  RAISE INFO 'hit %', hit;
END $$"""
CONNECTIONS = f"SELECT count(*) FROM pg_stat_activity WHERE datname LIKE '{database.NAME}%'"


@contextlib.contextmanager
def alone(layout):
    """One fault of the databases at a time; the primary may have become another one while this one waited for its turn."""
    with layout.held("pg"):
        layout.primary = Layout.load(layout.folder).primary
        yield


def restart(cluster):
    """As a crash does it: whoever is connected is thrown out, and the log is played again."""
    layout = cluster.layout
    with alone(layout):
        name = layout.primary
        cluster.running(name)
        connected = int(database.server(layout, name).ask(CONNECTIONS))
        with layout.held(name):
            database.server(layout, name).stop("immediate")
            cluster.start(name)
        return connected, "connections thrown out"


def fail_over(cluster):
    """The primary dies, the standby that has most takes its place, and the old one comes back behind it."""
    layout = cluster.layout
    with alone(layout):
        old = layout.primary
        cluster.running(old)
        connected = int(database.server(layout, old).ask(CONNECTIONS))
        with layout.held(old):
            layout.process(old).kill()
            began = time.monotonic()
            # What a receiver that stood still has in its socket never arrived.
            _let_go(layout, [name for name in DATABASES if name != old], discard=True)
            new = database.best_standby(layout)
            database.promote(layout, new)
            took = time.monotonic() - began
            by = database.rejoin(layout, old)
            cluster.start(old)
            back = time.monotonic() - began
        return connected, f"connections to {old} thrown out, {new} is the primary after {took:.2f} s, {old} follows it after {back:.2f} s by {by}"


def fail_over_with_loss(cluster):
    """The primary dies with the standby that it waited for, and its operator has to go on with one that lacks the last seconds."""
    layout = cluster.layout
    with alone(layout), contextlib.ExitStack() as held:
        old = layout.primary
        acknowledges, lags = (name for name in DATABASES if name != old)
        for name in (old, acknowledges, lags, *layout.node_names):
            held.enter_context(layout.held(name))
            cluster.running(name)
        if not layout.process(lags).send_to(RECEIVER, signal.SIGSTOP):
            raise Failed(f"{lags} receives nothing that could be held up")
        span.lasts(LAG_S)
        had = database.events(layout, old)
        for name in (old, acknowledges):
            cluster.kill(name)
        _let_go(layout, [lags], discard=True)
        began = time.monotonic()
        for name in layout.node_names:
            node.stop(layout, name)
        database.promote_with_loss(layout, lags)
        lost = max(had - database.events(layout, lags), 0)
        node.raise_epochs(layout, cluster.bin)
        for name in (old, acknowledges, *layout.node_names):
            cluster.start(name)
        held.close()
        cluster.wait_back(layout.node_names)
        took = time.monotonic() - began
    return lost, f"events and more lost with {old} and {acknowledges}, {lags} is the primary and every node back after {took:.1f} s"


def cancel_syncwait(cluster, share, seconds):
    """No standby gets anything, and who waits for one is told that it is not there."""
    layout = cluster.layout
    standbys = [name for name in DATABASES if name != layout.primary]
    try:
        if not sum(layout.process(name).send_to(RECEIVER, signal.SIGSTOP) for name in standbys):
            raise Failed("no standby receives anything that could be held up")
        hit = sum(_meet(layout, share, "pg_cancel_backend", length) for length in span.slices(seconds, SLICE_S))
    finally:
        dead = layout.process(layout.primary).state() == "gone"
        _let_go(layout, standbys, discard=dead)
    return hit, "commits cancelled in their wait for a standby"


def lost_reply(cluster, share, seconds):
    """Connections break when the commit is done and its answer is not given yet."""
    layout = cluster.layout
    hit = 0
    with alone(layout):
        standbys = [name for name in DATABASES if name != layout.primary]
        for _ in span.slices(seconds, SLICE_S):
            try:
                for name in standbys:
                    layout.process(name).send_to(RECEIVER, signal.SIGSTOP)
                hit += _meet(layout, share, "pg_terminate_backend", 0.2)
            finally:
                _let_go(layout, standbys, discard=False)
            span.lasts(0.1)
    return hit, "commits done whose connection broke before the answer"


def full(cluster, seconds):
    """No space on the primary's disk, which has to be one of its own."""
    layout = cluster.layout
    with alone(layout), layout.held(layout.primary):
        folder = layout.of(layout.primary)
        if not os.path.ismount(folder):
            raise Failed(f"{folder} is on a disk that others write to; ./dev chaos gives each database one of its own")
        before = _refusals(layout)
        ballast = folder / "ballast"
        try:
            for _ in span.slices(seconds, 0.1):
                _fill(ballast)
                span.lasts(0.1)
        finally:
            ballast.unlink(missing_ok=True)
        died = layout.process(layout.primary).state() == "gone"
        if died:
            cluster.start(layout.primary)
    return _risen(before, _refusals(layout)), f"operations that found no space{'; it ended, and was started again' if died else ''}"


def _meet(layout, share, hit_by, seconds):
    """0 also when the primary is gone."""
    try:
        said = database.server(layout, layout.primary).ask(MEET.format(share=share, hit_by=hit_by, turns=max(1, int(seconds / 0.012))))
    except Failed:
        span.lasts(0.05)
        return 0
    return int(re.search(r"hit (\d+)", said)[1])


def _let_go(layout, standbys, discard):
    for name in standbys:
        each = layout.process(name)
        if discard:
            each.send_to(RECEIVER, signal.SIGTERM)
        each.send_to(RECEIVER, signal.SIGCONT)


def _fill(ballast):
    with open(ballast, "ab") as file, contextlib.suppress(OSError):  # somebody else was faster
        free = os.statvfs(ballast.parent)
        os.posix_fallocate(file.fileno(), file.tell(), max(free.f_bavail, 1) * free.f_frsize)


def _refusals(layout):
    """node -> its own count, of those that answer."""
    found = {name: node.figures(layout, name) for name in layout.node_names}
    return {name: int(figures["starling_store_full_total"]) for name, figures in found.items() if figures}


def _risen(before, now):
    """A count that is lower than before is of another process."""
    return sum(count - (before.get(name, 0) if count >= before.get(name, 0) else 0) for name, count in now.items())
