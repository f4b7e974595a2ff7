"""./dev bench pg-message: what a message costs PostgreSQL. CPU of the primary and of its standby, WAL, and bytes on disk with all
indices, through the functions of the schema that a node calls, for batches of several sizes; in rooms that are all hot, and in rooms
of which each has its first message since a checkpoint. There is no bar: docs/CLUSTER.md plans with the figures."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from kit.programs import BIN
from kit.verdict import Verdict, progress

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from tools.cluster.postgres import USER, Server

MEMBERS = 8  # of each room, with a device each
CONNECTIONS = 16  # store.connections of four nodes
HOT_ROOMS = 20 * CONNECTIONS
BODY_BYTES = 128
TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")
DATABASE = "starling"

CONFIG = """\
[server]
data_dir = "{folder}/data"
[store]
postgres = "{postgres}"
[cluster]
node = 0
listen = "tcp://127.0.0.1:7008"
"""
# Room r has the users r * 8 to r * 8 + 7, whose devices have the same numbers; each has sent `spoken` messages there. Events come in
# the order in which people write: the first of every room, then the second.
FILL = """
INSERT INTO rooms (room_id, kind, title, members, epoch, head, msg_no, last_ts)
  SELECT r, 1, 'room', {members}, 1, {history}, {history}, 1 FROM generate_series(1, {rooms}) AS r;
INSERT INTO members (room_id, user_id, join_seq, role)
  SELECT r, r * {members} + m, 1, 1 FROM generate_series(1, {rooms}) AS r, generate_series(0, {members} - 1) AS m;
INSERT INTO device_pos SELECT r, r * {members} + m, {spoken} FROM generate_series(1, {rooms}) AS r, generate_series(0, {members} - 1) AS m;
INSERT INTO events (room_id, seq, epoch, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject, body_hash, kind, role, body)
  SELECT r, s, 1, r * {members} + s % {members}, r * {members} + s % {members}, (s - 1) / {members} + 1, hashint8(r * s), 1, s, 0, 0, 0,
         hashint8(r + s), 1, 0, {body}
  FROM generate_series(1, {history}) AS s, generate_series(1, {rooms}) AS r ORDER BY s, r;
ANALYZE;
"""
SIZE = "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c WHERE c.relname ~ '^(events|device_pos)_[0-9]+$'"

# Each client has rooms of its own, as a connection of a node has, and takes them in turns. Member k % 8 sends row k of a batch.
ROOM = """
\\set i :i + 1
\\set room (:i % :rooms_each + :skip) * :clients + :client_id + 1
\\set round :i / :rooms_each
"""
COMMIT = """
\\set first {first}
\\set cseq {cseq}
SELECT c.head, barrier(), pg_conf_load_time() FROM commit_batch(
  :room, 1, 0, 1700000000000, 8192, false, {who}, {who}, '{{}}', {places}, {places}, {zeros},
  ARRAY(SELECT :cseq + k / {members} FROM generate_series(0, {batch} - 1) AS k)::bigint[],
  ARRAY(SELECT (:i * {batch} + k) * 7919 FROM generate_series(0, {batch} - 1) AS k)::bigint[],
  {ones}, {zeros}, {zeros}, {zeros}, {zeros}, {zeros}, {ones}, array_fill({body}, ARRAY[{batch}]), '{{}}', '{{}}') AS c;
SELECT pg_conf_load_time();
"""
# What a shard has of all its users goes in one call; each of them has read another room.
MARKS = 256
MARK = f"""
SELECT barrier(), pg_conf_load_time() FROM (
  SELECT put_read_marks(array_agg(room * {MEMBERS} + :client_id % {MEMBERS}), array_agg(room), array_agg(seq), array_agg(seq))
  FROM (SELECT ((:i * {MARKS} + k) % :rooms + 1)::bigint AS room, :i + 1::bigint AS seq FROM generate_series(0, {MARKS} - 1) AS k) AS read) AS put;
SELECT pg_conf_load_time();
"""
BODY = f"decode(repeat('61', {BODY_BYTES}), 'hex')"


def commit_script(batch, spoken):
    """Each of the members has sent `spoken` messages to each room."""
    assert batch == 1 or batch % MEMBERS == 0
    devices = min(batch, MEMBERS)
    return COMMIT.format(
        batch=batch, members=MEMBERS, body=BODY,
        first=f":round % {MEMBERS}" if batch == 1 else "0",
        cseq=f"{spoken} + :round / {MEMBERS} + 1" if batch == 1 else f"{spoken} + :round * {batch // MEMBERS} + 1",
        who=f"ARRAY(SELECT :room * {MEMBERS} + (:first + k) % {MEMBERS} FROM generate_series(0, {devices} - 1) AS k)::bigint[]",
        places=f"ARRAY(SELECT k % {devices} + 1 FROM generate_series(0, {batch} - 1) AS k)::bigint[]",
        ones=f"array_fill(1::bigint, ARRAY[{batch}])", zeros=f"array_fill(0::bigint, ARRAY[{batch}])",
    )  # fmt: skip


def cpu_us(server):
    """User and system time of the server's processes, those that have ended included."""
    postmaster = server.pid()
    while True:
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        try:
            # What a child has used is the postmaster's once it has ended: of that one all four numbers count.
            return TICK_US * (sum(ticks_of(postmaster)) + sum(sum(ticks_of(child)[:2]) for child in children))
        except (FileNotFoundError, ProcessLookupError):
            continue  # one has ended meanwhile


def ticks_of(pid):
    """utime, stime, cutime, cstime."""
    return [int(field) for field in pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:15]]


class Measured:
    """What a run of calls cost, from `with` to its end."""

    def __init__(self, primary, standby):
        self.servers = (primary, standby)

    def __enter__(self):
        self.wal = self.servers[0].ask("SELECT pg_current_wal_lsn()")
        self.cpu = [cpu_us(server) for server in self.servers]
        return self

    def __exit__(self, *_):
        self.cpu = [cpu_us(server) - before for server, before in zip(self.servers, self.cpu, strict=True)]
        self.wal = int(self.servers[0].ask(f"SELECT pg_current_wal_lsn() - '{self.wal}'::pg_lsn"))


class Bench:
    def __init__(self, folder, args):
        self.args = args
        self.folder = folder
        self.spoken = args.history // MEMBERS
        self.verdict = Verdict("pg-message")

    def run(self):
        primary, standby = Server(self.folder / "primary"), Server(self.folder / "standby")
        try:
            self.start(primary, standby)
            self.measure(primary, standby)
        finally:
            for server in (standby, primary):
                server.stop("immediate")
        return self.verdict.close()

    def start(self, primary, standby):
        primary.make(["max_wal_size=8GB", "checkpoint_timeout=1h", "shared_buffers=256MB", "autovacuum=off"])
        primary.start()
        primary.ask(f"CREATE DATABASE {DATABASE}")
        config = self.folder / "starling.toml"
        config.write_text(CONFIG.format(folder=self.folder, postgres=f"host={primary.folder} user={USER} dbname={DATABASE}"))
        subprocess.run([BIN / "starlingctl", "--config", config, "migrate"], check=True, stdout=subprocess.DEVNULL)
        progress(f"filling {self.args.rooms} rooms with {self.args.history} messages each")
        primary.run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-h", primary.folder, "-U", USER, "-d", DATABASE, "-c",
                    f"SET search_path = starling; ALTER DATABASE {DATABASE} SET search_path = starling;"
                    + FILL.format(rooms=self.args.rooms, members=MEMBERS, history=self.args.history, spoken=self.spoken, body=BODY))  # fmt: skip
        standby.make_standby(primary, "standby")
        standby.start()
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        primary.ask("SELECT pg_reload_conf()")

    def measure(self, primary, standby):
        args, hot = self.args, HOT_ROOMS // CONNECTIONS
        events = args.rooms * args.history
        self.verdict.figure("disk_bytes_per_event", round(int(primary.ask(SIZE, DATABASE)) / events), said=f"{BODY_BYTES} of them text")
        primary.ask("CHECKPOINT")
        # Every room but the hot ones: each page is touched for the first time, and logged whole.
        self.calls(primary, standby, "cold", commit_script(1, self.spoken), args.rooms // CONNECTIONS - hot, skip=hot)
        events += args.rooms - HOT_ROOMS
        spoken = self.spoken
        for batch, rounds in ((1, 8 * args.rounds), (16, args.rounds), (256, args.rounds)):
            self.calls(primary, standby, f"batch_{batch}", commit_script(batch, spoken), hot, rounds, batch)
            spoken += rounds * batch // MEMBERS
            events += HOT_ROOMS * rounds * batch
        # Twice around: marks are made once and moved ever after.
        self.calls(primary, standby, "mark", MARK, 2 * args.rooms // MARKS, batch=MARKS)
        missing = events - int(primary.ask("SELECT count(*) FROM events", DATABASE))
        if missing:
            self.verdict.wrong(f"of {events} messages {missing} were refused")

    def calls(self, primary, standby, name, script, rooms_each, rounds=1, batch=1, skip=0):
        calls = rooms_each * rounds
        progress(f"{name}: {calls * CONNECTIONS} calls")
        path = primary.folder / f"{name}.sql"
        path.write_text(ROOM + script)
        path.chmod(0o644)
        variables = {"i": -1, "rooms_each": rooms_each, "clients": CONNECTIONS, "skip": skip, "rooms": self.args.rooms}
        defined = [word for variable, value in variables.items() for word in ("-D", f"{variable}={value}")]
        with Measured(primary, standby) as cost:
            primary.run("pgbench", "-n", "-M", "prepared", "-f", path, "-c", CONNECTIONS, "-t", calls, *defined, "-h", primary.folder,
                        "-U", USER, DATABASE)  # fmt: skip
        rows = calls * CONNECTIONS * batch
        self.verdict.figure(f"{name}_cpu_us", round(cost.cpu[0] / rows, 1), said="of the primary, a row")
        self.verdict.figure(f"{name}_standby_cpu_us", round(cost.cpu[1] / rows, 1))
        self.verdict.figure(f"{name}_wal_bytes", round(cost.wal / rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rooms", type=int, default=20_000)
    parser.add_argument("--history", type=int, default=24, help="messages a room has before, a multiple of 8")
    parser.add_argument("--rounds", type=int, default=10)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="starling-pg-message-") as folder:
        os.chmod(folder, 0o755)
        return Bench(pathlib.Path(folder), args).run()


if __name__ == "__main__":
    sys.exit(main())
