"""HAProxy in front of the nodes, as deploy/haproxy/haproxy.cfg has it, without TLS and with a quicker eye."""

import csv
import io
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
backend nodes
    balance leastconn
    option redispatch 1
    retry-on conn-failure 503
    retries 3
    http-request disable-l7-retry unless METH_GET
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host starling
    http-check expect status 200
    default-server check inter 500ms fall 2 rise 1
    timeout check 2s
{servers}
"""


def start(layout, name):
    folder = layout.of(name)
    folder.mkdir(mode=0o700, exist_ok=True)
    servers = "\n".join(f"    server {node} {layout.address_of(node)}:{layout.port_of(node)}" for node in layout.node_names)
    config = folder / "haproxy.cfg"
    config.write_text(CONFIG.format(folder=folder, port=layout.port, servers=servers), encoding="utf-8")
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
