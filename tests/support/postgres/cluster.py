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
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
USER = "starling"
MEMORY_MIN = 4 << 30
# Durability is no test's business here but those that say so: what they cut is a process, not the power.
SETTINGS = ["fsync=off", "listen_addresses=", "max_connections=200", "shared_buffers=64MB", "max_wal_size=128MB"]


def place():
    """In memory, where there is some to spare: a server is thousands of small files."""
    memory = pathlib.Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_MIN else pathlib.Path("/tmp")


def owner():
    """The server refuses to be root's."""
    if os.geteuid() != 0:
        return None
    return next(entry for entry in pwd.getpwall() if entry.pw_name in ("postgres", "nobody"))


def run(program, *args, folder):
    user = owner()
    by = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
    done = subprocess.run([*by, str(BIN / program), *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{program} failed:\n{done.stdout}{log_of(folder)}")


def log_of(folder):
    log = folder / "log"
    return log.read_text()[-4000:] if log.exists() else ""


def folder_in(file):
    return pathlib.Path(file.read_text().strip())


def resume(folder, settings=()):
    options = " ".join(f"-c {setting}" for setting in settings)
    run("pg_ctl", "start", "-w", "-t", "60", "-D", str(folder / "data"), "-l", str(folder / "log"), "-o", options, folder=folder)


def start(file, settings, primary):
    if not BIN.exists():
        sys.exit(f"there is no {BIN}: apt-get install postgresql-15")
    stop(file, "immediate")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="starling-pg-", dir=place()))
    if user := owner():
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = str(folder / "data")
    if primary:
        run("pg_basebackup", "-D", data, "-R", "-X", "stream", "-c", "fast", "-d",
            f"host={folder_in(primary)} user={USER} application_name={file.stem}", folder=folder)  # fmt: skip
    else:
        run("initdb", "-D", data, "-A", "trust", "-N", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", folder=folder)
    with open(folder / "data" / "postgresql.conf", "a", encoding="utf-8") as conf:
        for setting in [*SETTINGS, f"unix_socket_directories={folder}", *settings]:
            name, value = setting.split("=", 1)
            conf.write(f"{name} = '{value}'\n")
    resume(folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{folder}\n", encoding="utf-8")


def stop(file, mode):
    if not file.exists():
        return
    folder = folder_in(file)
    if (folder / "data" / "postmaster.pid").exists():
        run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(folder / "data"), folder=folder)
    shutil.rmtree(folder, ignore_errors=True)
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
    args = parser.parse_args()
    if args.command == "start":
        start(args.file, args.settings, args.standby_of)
        if args.pid:
            stop_with(args.pid, args.file)
    elif args.command == "stop":
        stop(args.file, args.mode)
    else:
        folder = folder_in(args.file)
        if args.command == "resume":
            return resume(folder)
        command = ["promote"] if args.command == "promote" else ["stop", "-m", "immediate"]
        run("pg_ctl", *command, "-w", "-D", str(folder / "data"), folder=folder)


if __name__ == "__main__":
    main()
