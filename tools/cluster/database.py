"""The three PostgreSQL servers: a primary, which acknowledges what one of two standbys has too, and those."""

import shutil
import signal
import time

from tools.cluster.failed import Failed
from tools.cluster.layout import DATABASES
from tools.cluster.postgres import USER, Server, owner

NAME = "starling"
# What the log's receiver waits before it looks again for the primary, or is promoted: 5 s otherwise, in which nothing is acknowledged.
SETTINGS = ["shared_buffers=64MB", "wal_level=replica", "wal_keep_size=256MB", "wal_retrieve_retry_interval=500ms"]

# All that is in memory goes to the disk.
CHECKPOINT_S = 60


def server(layout, name):
    return Server(layout.of(name), first=layout.hosts)


def conninfo(layout, database=NAME):
    """Whichever of them takes what is written."""
    hosts = ",".join(str(layout.of(name)) for name in DATABASES)
    return f"host={hosts} user={USER} dbname={database} target_session_attrs=read-write connect_timeout=2"


def rooms(layout):
    """Databases of parts of the rooms, on the same servers."""
    return [f"{NAME}_rooms{part}" for part in range(layout.rooms)]


def settings(layout, name):
    """A standby has its own too, for when it is promoted."""
    connections = 200 * (1 + layout.rooms)
    others = ", ".join(other for other in DATABASES if other != name)
    return [*SETTINGS, f"max_connections={connections}", f"synchronous_standby_names=ANY 1 ({others})"]


def start(layout, name):
    each = server(layout, name)
    _reachable(layout)
    primary = server(layout, layout.primary)
    was_primary = each.data.exists() and not (each.data / "standby.signal").exists()
    if name == layout.primary and not each.data.exists():
        each.make(settings(layout, name), "-k")
        _run(layout, name)
        # Its standbys are made of it, so nobody can be waited for yet.
        for database in [NAME, *rooms(layout)]:
            each.run("createdb", "-h", each.folder, "-U", USER, database, env={"PGOPTIONS": "-c synchronous_commit=local"})
        return
    if name != layout.primary and was_primary:
        rejoin(layout, name)
    elif not each.data.exists():
        each.make_standby(primary, name, settings(layout, name))
    _run(layout, name)


def rejoin(layout, name):
    """A primary that was replaced is made a standby of its successor; says by what. What it has and the others have not was never
    acknowledged."""
    each, primary = server(layout, name), server(layout, layout.primary)
    # Until it has made one, its control file says that nobody has taken over. Who does not answer cannot be copied either.
    primary.ask("CHECKPOINT", timeout=CHECKPOINT_S)
    try:
        each.rewind(primary, name, settings(layout, name))
        return "pg_rewind"
    except Failed as no:
        # Such as when what it would need of its log was removed, or its blocks have no checksums.
        each.make_standby(primary, name, settings(layout, name))
        return f"a new copy, for {' '.join(str(no).split())}"


def promote(layout, name):
    """Loses nothing: the primary is down, and no other standby has more."""
    if name == layout.primary:
        raise Failed(f"{name} is the primary")
    if layout.process(layout.primary).pid():
        raise Failed(f"{layout.primary} is the primary and runs; first: ./dev cluster kill {layout.primary}")
    others = [other for other in DATABASES if other not in (name, layout.primary)]
    for other in others:
        if layout.process(other).state() != "running":
            raise Failed(f"{other} does not run, and may alone have what was acknowledged last; first: ./dev cluster restart {other}")
        if _received(layout, other) > _received(layout, name):
            raise Failed(f"{other} has more than {name}; instead: ./dev cluster promote {other}")
    _take_over(layout, name)
    for other in others:
        each = server(layout, other)
        each.ask(f"ALTER SYSTEM SET primary_conninfo = '{server(layout, name).replication(other)}'")
        each.ask("SELECT pg_reload_conf()")


def promote_with_loss(layout, name):
    """The others are lost, with what they alone had."""
    for other in DATABASES:
        if other != name:
            shutil.rmtree(server(layout, other).data)
    _take_over(layout, name)


def best_standby(layout):
    """The one that has most of what the primary wrote."""
    return max((name for name in DATABASES if name != layout.primary), key=lambda name: _received(layout, name))


def stop(layout, name):
    layout.process(name).end(signal.SIGINT, 60)  # fast: sessions are ended, a checkpoint is made


def about(layout, name):
    if name != layout.primary:
        return "standby"
    followers = server(layout, name).ask("SELECT string_agg(application_name, ', ' ORDER BY 1) FROM pg_stat_replication "
                                         "WHERE state = 'streaming'")  # fmt: skip
    return f"primary, followed by {followers or 'nobody'}"


def newest_view(layout):
    """(number, names of the nodes in it); a number of 0: none yet."""
    rows = server(layout, layout.primary).ask(
        "SELECT view_id || ' ' || first_shard / 4 FROM starling.views WHERE view_id = (SELECT max(view_id) FROM starling.views) "
        "AND NOT leaving", NAME).split("\n")  # fmt: skip
    pairs = [row.split() for row in rows if row]
    return (int(pairs[0][0]) if pairs else 0), {f"n{node}" for _, node in pairs}


def events(layout, name):
    """In all rooms, by what that server shows."""
    return sum(int(server(layout, name).ask("SELECT coalesce(sum(head), 0) FROM starling.rooms", database))
               for database in rooms(layout) or [NAME])  # fmt: skip


def wait_followed(layout, patience_s):
    """Until somebody follows the primary, without whom it acknowledges nothing."""
    until = time.monotonic() + patience_s
    while about(layout, layout.primary).endswith("nobody"):
        if time.monotonic() > until:
            raise Failed(f"no standby follows {layout.primary}; their logs: {layout.folder}/pg*/log")
        time.sleep(0.1)


def _take_over(layout, name):
    server(layout, name).promote()
    layout.primary = name
    layout.save()


def _run(layout, name):
    each = server(layout, name)
    each.start()
    layout.process(name).adopt(each.pid())


def _received(layout, name):
    high, low = server(layout, name).ask("SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())").split("/")
    return int(high, 16) << 32 | int(low, 16)


def _reachable(layout):
    user = owner()
    closed = next((p for p in layout.folder.parents if user and not p.stat().st_mode & 0o001), None)
    if closed:
        raise Failed(f"PostgreSQL refuses to be root's, and user {user.pw_name} cannot enter {closed}; "
                     "set STARLING_HOME to a folder that others may enter, such as /var/tmp/starling")  # fmt: skip
