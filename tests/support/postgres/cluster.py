#!/usr/bin/python3
"""A PostgreSQL server for tests: in a folder of its own, on a unix socket, gone with its data when it is stopped.

    cluster.py start FILE [--with PID] [--standby-of FILE] [NAME=VALUE…]
    cluster.py stop FILE [--mode fast|immediate]
    cluster.py crash FILE | resume FILE | promote FILE

FILE keeps the folder's name, which is also the socket's. NAME=VALUE are settings. --with: it stops by itself when that process
is gone. crash stops it without a checkpoint and keeps the data, resume starts it again.
"""

import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))
from tools.cluster.failed import Failed
from tools.cluster.postgres import Server

MEMORY_MIN = 4 << 30
# Durability is no test's business here but those that say so: what they cut is a process, not the power.
SETTINGS = ["fsync=off", "max_connections=200", "shared_buffers=64MB", "max_wal_size=128MB"]


def place():
    """In memory, where there is some to spare: a server is thousands of small files."""
    memory = pathlib.Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_MIN else pathlib.Path("/tmp")


def server_of(file):
    return Server(file.read_text().strip())


def start(file, settings, primary):
    stop(file, "immediate")
    server = Server(tempfile.mkdtemp(prefix="starling-pg-", dir=place()))
    if primary:
        server.make_standby(server_of(primary), file.stem, settings)
    else:
        server.make([*SETTINGS, *settings], "--no-sync")
    server.start()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{server.folder}\n", encoding="utf-8")


def stop(file, mode):
    if not file.exists():
        return
    server = server_of(file)
    server.stop(mode)
    shutil.rmtree(server.folder, ignore_errors=True)
    file.unlink()


def stop_with(pid, file):
    """In a process of its own."""
    if os.fork() != 0:
        return
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    while file.exists() and pathlib.Path(f"/proc/{pid}").exists():
        time.sleep(0.5)
    stop(file, "immediate")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["start", "stop", "crash", "resume", "promote"])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("settings", nargs="*")
    parser.add_argument("--with", dest="pid", type=int)
    parser.add_argument("--standby-of", type=pathlib.Path)
    parser.add_argument("--mode", default="immediate")
    args = parser.parse_intermixed_args()  # settings may follow an option
    if args.command == "start":
        start(args.file, args.settings, args.standby_of)
        if args.pid:
            stop_with(args.pid, args.file)
    elif args.command == "stop":
        stop(args.file, args.mode)
    elif args.command == "resume":
        server_of(args.file).start()
    elif args.command == "promote":
        server_of(args.file).promote()
    else:
        server_of(args.file).stop("immediate")


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))
