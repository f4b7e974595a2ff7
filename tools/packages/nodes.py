"""Three nodes as services, set up as docs/OPERATIONS.md says, with PostgreSQL and HAProxy as Debian's packages run them."""

import re
import secrets

from tools.chaos.run import ROOT

PORT, BUS = 8008, 7008
CONFIG = """\
[server]
listen = "127.0.0.1:{port}"
behind_proxy = true
metrics_from = ["127.0.0.1"]
data_dir = "/var/lib/starling/{number}"
[store]
postgres = "host=127.0.0.1 dbname=starling user=starlingd passfile=/run/credentials/starlingd@{number}.service/secrets_pgpass"
durability = "local"
[cluster]
node = {number}
name = "packages"
listen = "tcp://127.0.0.1:{bus}"
peers = [{peers}]
[limits]
drain_per_s_percent = 10
[runtime]
shards = 1
"""


class Nodes:
    numbers = (1, 2, 3)
    proxy = "127.0.0.1:8000"

    def __init__(self, world):
        self.world = world

    def config(self, number):
        return f"/etc/starling/{number}.toml"

    def unit(self, number):
        return f"starlingd@{number}"

    def show(self, number, *names):
        """Properties of its service."""
        lines = self.world.says("systemctl", "show", self.unit(number), *(f"--property={name}" for name in names)).splitlines()
        found = dict(line.split("=", 1) for line in lines)
        return [found[name] for name in names]

    def pid(self, number):
        return int(self.show(number, "MainPID")[0])

    def set_up(self):
        self._database()
        self._configurations()
        self._proxy()

    def start(self):
        """The first one makes the schema."""
        for number in self.numbers:
            self.world.run("systemctl", "enable", "--now", self.unit(number))
        self.world.run("systemctl", "start", "haproxy")

    def _database(self):
        run = self.world.run
        run("pg_createcluster", "15", "main")
        run("systemctl", "start", "postgresql@15-main")
        password = secrets.token_hex(16)
        sql = f"CREATE ROLE starlingd LOGIN PASSWORD '{password}'; CREATE DATABASE starling OWNER starlingd ENCODING 'UTF8' TEMPLATE template0"
        for line in sql.split("; "):
            run("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "psql", "-Xqc", line)
        self.world.path("/etc/starling/secrets/pgpass").write_text(f"127.0.0.1:*:starling:starlingd:{password}\n", encoding="utf-8")
        run("chmod", "600", "/etc/starling/secrets/pgpass")

    def _configurations(self):
        run = self.world.run
        first = f"/var/lib/starling/{self.numbers[0]}"
        peers = []
        for number in self.numbers:
            folder = f"/var/lib/starling/{number}"
            self._write(number, [])
            run("install", "-d", "-o", "starling", "-g", "starling", "-m", "700", folder)
            if folder == first:
                run("starlingctl", "--config", self.config(number), "keygen")
            else:
                run("sh", "-c", f"tar -C {first} --exclude 'bus.*' -cf - keys | tar -C {folder} -xpf - && chown -R starling: {folder}")
            public = self.world.says("starlingctl", "--config", self.config(number), "keygen", "--bus").split()[-1]
            peers.append(f'"{number} tcp://127.0.0.1:{BUS + number} {public}"')
        for number in self.numbers:
            self._write(number, peers)

    def _write(self, number, peers):
        text = CONFIG.format(number=number, port=PORT + number, bus=BUS + number, peers=", ".join(peers))
        self.world.path(self.config(number)).write_text(text, encoding="utf-8")

    def _proxy(self):
        """As shipped, but for TLS, which starling-loadsim does not speak, and fewer descriptors."""
        text = (ROOT / "deploy/haproxy/haproxy.cfg").read_text(encoding="utf-8").replace("maxconn 200000", "maxconn 4000")
        text = re.sub(r"(?m)^    bind .*$", f"    bind {self.proxy}", text)
        text = re.sub(r"(?m)^    server node(\d) .*$", lambda found: f"    server node{found[1]} 127.0.0.1:{PORT + int(found[1])}", text)
        self.world.path("/etc/haproxy/haproxy.cfg").write_text(text, encoding="utf-8")
