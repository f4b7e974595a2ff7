"""The cache that the nodes share. It keeps nothing on a disk, and has a socket instead of a port."""

import signal


def socket_of(layout):
    return layout.of("redis") / "socket"


def start(layout):
    folder = layout.of("redis")
    folder.mkdir(mode=0o700, exist_ok=True)
    command = ["redis-server", "--port", "0", "--unixsocket", socket_of(layout), "--unixsocketperm", "700", "--save", "", "--appendonly", "no"]
    layout.process("redis").spawn(command, folder / "log")


def stop(layout):
    layout.process("redis").end(signal.SIGTERM, 10)
