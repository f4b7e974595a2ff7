"""HAProxy in front of the nodes, as deploy/haproxy/haproxy.cfg has it, without TLS and with a quicker eye."""

import csv
import io
import pathlib
import signal
import socket

CONFIG = """\
global
    stats socket {folder}/stats mode 600 level user
defaults
    mode http
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
frontend clients
    bind 127.0.0.1:{port}
    http-request deny deny_status 404 if {{ path /metrics }}
    http-request set-header X-Forwarded-For %[src]
    default_backend nodes
{backend}
    default-server check inter 500ms fall 2 rise 1
    timeout check 2s
{servers}
"""
DEPLOYED = pathlib.Path(__file__).resolve().parents[2] / "deploy/haproxy/haproxy.cfg"
# What stands there of machines, and of how patiently they are looked at.
OF_MACHINES = ("default-server", "server", "#")


def backend():
    """How it chooses among nodes, and what it asks of another one."""
    lines = DEPLOYED.read_text(encoding="utf-8").partition("backend nodes\n")[2].splitlines()
    return "\n".join(line for line in lines if line.split() and not line.split()[0].startswith(OF_MACHINES))


def start(layout, name):
    folder = layout.of(name)
    folder.mkdir(mode=0o700, exist_ok=True)
    servers = "\n".join(f"    server {node} {layout.address_of(node)}:{layout.port_of(node)}" for node in layout.node_names)
    config = folder / "haproxy.cfg"
    config.write_text(CONFIG.format(folder=folder, port=layout.port, backend=backend(), servers=servers), encoding="utf-8")
    layout.process(name).spawn(["/usr/sbin/haproxy", "-db", "-f", config], folder / "log")


def stop(layout, name):
    layout.process(name).end(signal.SIGTERM, 10)


def nodes_up(layout, name):
    """The names of those to whom it sends new clients."""
    with socket.socket(socket.AF_UNIX) as stats:
        stats.settimeout(5)
        stats.connect(str(layout.of(name) / "stats"))
        stats.sendall(b"show stat\n")
        text = b"".join(iter(lambda: stats.recv(65536), b"")).decode()
    rows = csv.DictReader(io.StringIO(text.removeprefix("# ")))
    return [row["svname"] for row in rows if row["pxname"] == "nodes" and row["svname"] != "BACKEND" and row["status"].startswith("UP")]
