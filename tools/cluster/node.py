"""A starlingd of the cluster: its configuration, its keys, its life."""

import http.client
import re
import shutil
import signal
import subprocess

from tools.cluster import clock, database, network, redis
from tools.cluster.failed import Failed
from tools.cluster.layout import NETWORK, OUTSIDE

# More than server.drain_grace_s.
DRAIN_S = 75

CONFIG = """\
# Made by ./dev cluster, yours to change. All settings: starlingd --print-config
[server]
listen = "{address}:{port}"
data_dir = "{folder}/data"
behind_proxy = true
metrics_from = ["{outside}"]

[store]
postgres = "{postgres}"
{rooms}
[cluster]
node = {number}
listen = "tcp://{address}:{bus}"
peers = [
{peers}]

[directory]
{redis}

[accounts]
registration = "open"
{sections}"""


def config_of(layout, name):
    return layout.of(name) / "starling.toml"


def configure(layout, bin_dir):
    """Keys and configurations of all nodes, where there are none: each names the others' keys."""
    if all(config_of(layout, name).exists() for name in layout.node_names):
        return
    first = layout.of(layout.node_names[0]) / "data" / "keys"
    peers = ""
    for name in layout.node_names:
        keys = layout.of(name) / "data" / "keys"
        keys.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys.parent.parent.chmod(0o700)
        if not keys.exists() and keys != first:
            # They take each other's tokens and tickets, and open the same seeds; on the bus each is itself.
            shutil.copytree(first, keys, ignore=shutil.ignore_patterns("bus.*"))
        _keygen(bin_dir, keys)
        public = _keygen(bin_dir, keys, "--bus").split()[-1]
        peers += f'  "{name[1:]} tcp://{layout.address_of(name)}:{layout.bus_of(name)} {public}",\n'
    for name in layout.node_names:
        text = CONFIG.format(address=layout.address_of(name), port=layout.port_of(name), folder=layout.of(name),
                             outside=f"{NETWORK}.{OUTSIDE}" if layout.hosts else "127.0.0.1", postgres=database.conninfo(layout), rooms=_rooms(layout),
                             number=name[1:], bus=layout.bus_of(name), peers=peers, redis=redis.setting(layout),
                             sections=layout.sections)  # fmt: skip
        config_of(layout, name).write_text(text, encoding="utf-8")


def _rooms(layout):
    parts = "".join(f'  "{database.conninfo(layout, part)}",\n' for part in database.rooms(layout))
    return f"rooms = [\n{parts}]\n" if parts else ""


def start(layout, name, bin_dir):
    command = [bin_dir / "starlingd", "--config", config_of(layout, name)]
    layout.process(name).spawn([*network.at(layout, name), *clock.before(layout, name), *command], layout.of(name) / "log")


def stop(layout, name):
    """At once, as a second signal asks for."""
    each = layout.process(name)
    each.send_all(signal.SIGCONT)
    each.send(signal.SIGTERM)
    each.wait_gone(1)
    each.end(signal.SIGTERM, 20)


def drain(layout, name):
    """Its sessions are told when to come back, to the others. False: it was not done in time, and ended by force."""
    return layout.process(name).end(signal.SIGTERM, DRAIN_S)


def get(port, path, address="127.0.0.1"):
    """(status, text) of a GET; (0, "") when nobody answers."""
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def figures(layout, name):
    """What its metrics say, each with its labels, and summed over those; None when it does not answer."""
    status, text = get(layout.port_of(name), "/metrics", layout.address_of(name))
    if status != 200:
        return None
    sums = {}
    for metric, labels, value in re.findall(r"^(\w+)(\{.*\})? ([0-9.e+-]+)$", text, re.M):
        for key in {metric, metric + labels}:
            sums[key] = sums.get(key, 0) + float(value)
    return sums


def sessions(layout, name):
    """None when it does not answer."""
    found = figures(layout, name)
    return None if found is None else int(found.get("starling_sessions", 0))


def raise_epochs(layout, bin_dir):
    """Clients will be told that the log has lost something. No node runs."""
    first = layout.node_names[0]
    _ctl(bin_dir, layout.of(first), "--config", config_of(layout, first), "raise-epochs")


def _keygen(bin_dir, keys, *more):
    return _ctl(bin_dir, keys.parent, "keygen", "--dir", keys, *more)


def _ctl(bin_dir, folder, *arguments):
    done = subprocess.run([bin_dir / "starlingctl", *arguments], capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        raise Failed(f"{done.stdout}{done.stderr}")
    return done.stdout
