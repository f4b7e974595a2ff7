"""The cache that the nodes share. It keeps nothing on a disk, and has a socket instead of a port; where nodes are hosts of their own there
are two servers, of which the second follows the first, and three sentinels that let it take over."""

import signal
import socket
import time

from tools.cluster.failed import Failed
from tools.cluster.layout import NETWORK, OUTSIDE

ADDRESS = f"{NETWORK}.{OUTSIDE}"
MASTER = "starling"
SENTINEL = """\
port {port}
bind {address}
protected-mode no
sentinel monitor {master} {address} {redis} 2
sentinel down-after-milliseconds {master} 1000
sentinel failover-timeout {master} 5000
"""
# A failover takes two seconds; a machine that is busy takes longer.
FAILOVER_S = 30


def socket_of(layout):
    return layout.of("redis") / "socket"


def setting(layout):
    """What a node is told of it."""
    if not layout.hosts:
        return f'server = "{socket_of(layout)}"'
    sentinels = ", ".join(f'"{ADDRESS}:{_port(name)}"' for name in layout.redis_names if name.startswith("sentinel"))
    return f'sentinels = [{sentinels}]\nmaster = "{MASTER}"'


def start(layout, name):
    folder = layout.of(name)
    folder.mkdir(mode=0o700, exist_ok=True)
    if not layout.hosts:
        options = ["--port", "0", "--unixsocket", socket_of(layout), "--unixsocketperm", "700"]
    elif name.startswith("sentinel"):
        options = [folder / "sentinel.conf", "--sentinel"]
        if not options[0].exists():  # it writes there whom it has found
            options[0].write_text(SENTINEL.format(port=_port(name), address=ADDRESS, redis=_port("redis"), master=MASTER), encoding="utf-8")
    else:
        options = ["--port", _port(name), "--bind", ADDRESS, "--protected-mode", "no"]
        master = _master(layout)
        if master not in (None, _port(name)):
            options += ["--replicaof", f"{ADDRESS} {master}"]
    if not name.startswith("sentinel"):
        options += ["--save", "", "--appendonly", "no"]
    layout.process(name).spawn(["redis-server", *options], folder / "log")


def about(layout, name):
    if not layout.hosts:
        return str(socket_of(layout))
    return f"{ADDRESS}:{_port(name)}{', takes writes' if _port(name) == _master(layout) else ''}"


def stop(layout, name):
    layout.process(name).end(signal.SIGTERM, 10)


def clients(layout):
    """How many are connected, but for who asks."""
    text = ask(layout, "INFO clients")
    return int(text.split("connected_clients:")[1].split()[0]) - 1


def ask(layout, command):
    """What the server that takes writes says to a command of one line."""
    try:
        if not layout.hosts:
            return _ask(socket.AF_UNIX, str(socket_of(layout)), command)
        return _ask(socket.AF_INET, (ADDRESS, _master(layout) or _port("redis")), command)
    except OSError as no:
        raise Failed(f"Redis does not answer: {no}") from no


def servers(layout):
    return [name for name in layout.redis_names if name.startswith("redis")]


def fail_over(layout, kill, start_again):
    """The server that takes writes dies, and the other one takes over; returns who that is."""
    old = _master(layout)
    name = next((name for name in servers(layout) if _port(name) == old), None)
    if name is None or len(servers(layout)) < 2:
        raise Failed("there is one Redis, and nothing to fail over to; ./dev chaos has two")
    kill(name)
    try:
        until = time.monotonic() + FAILOVER_S
        while (now := _master(layout)) in (None, old):
            if time.monotonic() > until:
                raise Failed(f"the sentinels have named no other server than {name} for {FAILOVER_S} s")
            time.sleep(0.1)
    finally:
        start_again(name)
    return next(name for name in servers(layout) if _port(name) == now)


def _port(name):
    return {"redis": 6379, "redis2": 6380}.get(name) or 26378 + int(name.removeprefix("sentinel"))


def _master(layout):
    """The port of who takes writes, as the first sentinel that answers says; None: none does."""
    for name in layout.redis_names:
        if name.startswith("sentinel"):
            try:
                return int(_ask(socket.AF_INET, (ADDRESS, _port(name)), f"SENTINEL get-master-addr-by-name {MASTER}")[1])
            except (OSError, ValueError, IndexError):
                pass
    # Before there are any, it is the first one.
    return _port("redis") if layout.hosts and layout.process("redis").pid() else None


def _ask(family, address, command):
    with socket.socket(family) as server:
        server.settimeout(5)
        server.connect(address)
        server.sendall(command.encode() + b"\r\n")
        return _answer(server.makefile("rb"))


def _answer(stream):
    """Text, or a list of such."""
    line = stream.readline().decode().strip()
    if line.startswith("*"):
        return [_answer(stream) for _ in range(int(line[1:]))]
    if line.startswith("$"):
        return stream.read(int(line[1:]) + 2).decode().strip()
    return line[1:]
