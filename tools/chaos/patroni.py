"""./dev chaos --patroni: PostgreSQL in the hands of Patroni and etcd, on three machines of which one is lost. What follows is theirs to do.

As a program it is an injector, as tools.cluster is, but for who promotes a standby.
"""

import argparse
import pathlib
import shutil
import sys
import threading
import time

from tools.cluster import database, database_faults, faults, node
from tools.cluster.cluster import Cluster
from tools.cluster.failed import Failed
from tools.cluster.layout import DATABASES, Layout
from tools.cluster.postgres import BIN, USER, owner
from tools.cluster.process import Process

READY_S = 120
# The leader's lease, how often Patroni looks, and how long it tries: a third of what Patroni comes with, and two tries within a lease.
TTL_S, LOOK_S, RETRY_S = 15, 5, 5
MEMBER = """\
scope: starling
name: {name}
restapi: {{listen: "{address}:8008", connect_address: "{address}:8008"}}
etcd3: {{hosts: [{etcds}]}}
bootstrap:
  dcs:
    ttl: {ttl}
    loop_wait: {look}
    retry_timeout: {retry}
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {{max_connections: 200, shared_buffers: 64MB, wal_keep_size: 256MB}}
  initdb: [encoding: UTF8, locale: C.UTF-8, auth: trust, data-checksums]
postgresql:
  listen: "{address}:5432"
  connect_address: "{address}:5432"
  data_dir: {folder}/data
  bin_dir: {bin}
  pgpass: {folder}/pgpass
  use_unix_socket: true
  parameters: {{unix_socket_directories: {folder}}}
  pg_hba: [local all all trust, local replication all trust, host all all 127.0.0.0/8 trust, host replication all 127.0.0.0/8 trust]
  authentication:
    superuser: {{username: {user}}}
    replication: {{username: {user}}}
    rewind: {{username: {user}}}
"""


def start(layout):
    """Returns when there is a leader that two follow, with an empty database in it."""
    for program in ("patroni", "etcd"):
        if not shutil.which(program):
            raise Failed(f"there is no {program}: apt-get install patroni etcd-server")
    for name in DATABASES:
        database.server(layout, name).make_folder()
        start_etcd(layout, name)
    for name in DATABASES:
        start_member(layout, name)
    layout.primary = wait_for(lambda: leader(layout), "Patroni has no leader", layout)
    layout.save()
    all_follow(layout)
    each = database.server(layout, layout.primary)
    for name in [database.NAME, *database.rooms(layout)]:
        each.run("createdb", "-h", each.folder, "-U", USER, name)


def start_etcd(layout, name):
    def url(of, port):
        return f"http://{address(of)}:{port}"

    etcd_of(layout, name).spawn(
        [*by_owner(), "etcd", "--name", name, "--data-dir", layout.of(name) / "etcd", "--logger", "zap", "--log-level", "warn",
         "--listen-client-urls", url(name, 2379), "--advertise-client-urls", url(name, 2379), "--listen-peer-urls", url(name, 2380),
         "--initial-advertise-peer-urls", url(name, 2380), "--initial-cluster", ",".join(f"{of}={url(of, 2380)}" for of in DATABASES)],
        layout.folder / f"{name}.etcd.log")  # fmt: skip


def start_member(layout, name):
    settings = layout.of(name) / "patroni.yml"
    settings.write_text(
        MEMBER.format(name=name, address=address(name), etcds=", ".join(f'"{address(of)}:2379"' for of in DATABASES), ttl=TTL_S, look=LOOK_S,
                      retry=RETRY_S, folder=layout.of(name), bin=BIN, user=USER), encoding="utf-8")  # fmt: skip
    layout.process(name).spawn([*by_owner(), "patroni", settings], layout.of(name) / "log")


def by_owner():
    user = owner()
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []


def address(name):
    return f"127.0.1.{DATABASES.index(name) + 1}"


def etcd_of(layout, name):
    return Process(layout.folder / f"{name}.etcd.pid")


def leader(layout):
    """None: nobody is, or says so."""
    return next((name for name in DATABASES if node.get(8008, "/primary", address(name))[0] == 200), None)


def all_follow(layout):
    """Who was lost, too."""
    others = [name for name in DATABASES if name != layout.primary]
    wait_for(lambda: all(name in database.about(layout, layout.primary) for name in others), f"not both others follow {layout.primary}", layout)


def wait_for(true, otherwise, layout):
    until = time.monotonic() + READY_S
    while not (found := quietly(true)):
        if time.monotonic() > until:
            raise Failed(f"{otherwise} after {READY_S} s; the logs: {layout.folder}/pg*/log")
        time.sleep(0.1)
    return found


def quietly(ask):
    try:
        return ask()
    except Failed:
        return None


def takes_writes(layout, name):
    """By a commit that waits for a standby, as all do."""
    return database.server(layout, name).ask("SELECT pg_logical_emit_message(true, 'chaos', '')", database.NAME)


class Silence(threading.Thread):
    """How long no node commits anything, at the longest."""

    def __init__(self, layout):
        super().__init__(daemon=True)
        self._layout = layout
        self._over = threading.Event()
        self.longest = 0
        self.began = time.monotonic()

    def run(self):
        last = None
        while not self._over.wait(0.1):
            committed = self._committed()
            self.longest = max(self.longest, time.monotonic() - self.began)
            if committed != last:
                last, self.began = committed, time.monotonic()

    def end(self):
        self._over.set()
        self.join()

    def _committed(self):
        found = (node.figures(self._layout, name) for name in self._layout.node_names)
        return sum(figures["starling_events_committed_total"] for figures in found if figures)


def lose_the_leader(cluster):
    """Its machine, with all that runs there; it comes back when another one leads."""
    layout = cluster.layout
    with database_faults.alone(layout):
        old = leader(layout)
        connected = int(database.server(layout, old).ask(database_faults.CONNECTIONS))
        postmaster = Process(layout.folder / f"{old}.postmaster.pid")
        postmaster.adopt(database.server(layout, old).pid())
        silence = Silence(layout)
        silence.start()
        began = time.monotonic()
        for each in (layout.process(old), postmaster, etcd_of(layout, old)):
            each.kill()
        new = wait_for(lambda: next((name for name in DATABASES if name != old and leader(layout) == name), None), "there is no new leader", layout)
        led = time.monotonic() - began
        wait_for(lambda: takes_writes(layout, new) and new, f"{new} takes no writes", layout)
        wrote = time.monotonic() - began
        layout.primary = new
        layout.save()
        wait_for(lambda: silence.began > began + wrote, "no node commits anything", layout)
        silence.end()
        start_etcd(layout, old)
        start_member(layout, old)
    return connected, (f"connections to {old} lost with its machine; {new} leads after {led:.1f} s and takes writes after {wrote:.1f} s, "
                       f"nothing was committed for {silence.longest:.1f} s")  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=pathlib.Path)
    parser.add_argument("--bin", type=pathlib.Path)
    parser.add_argument("fault")
    parser.add_argument("line")
    args = parser.parse_args()
    cluster = Cluster(Layout.load(args.home / "cluster"), args.bin)
    faults.FAULTS["pg.failover sync"] = (lose_the_leader,)
    try:
        print(faults.carry_out(cluster, args.line))
    except Failed as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main()
