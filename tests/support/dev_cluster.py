"""./dev cluster for a test: in a folder of its own, at free ports."""

import pathlib
import random
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


class DevCluster:
    """While it is entered it runs, with so many nodes, and its rooms in so many databases of their own."""

    def __init__(self, programs, folder, nodes, room_databases=0):
        self.programs = programs
        self.home = pathlib.Path(folder)
        self.home.chmod(0o711)  # PostgreSQL's user passes through
        self.nodes, self.room_databases = nodes, room_databases
        self.port = free_range((0, *(part + node for node in range(1, nodes + 1) for part in (0, 50))))

    def __enter__(self):
        try:
            self.started = self.do("up", "--nodes", self.nodes, "--port", self.port, "--room-databases", self.room_databases)
        except BaseException:
            self.run("down")
            raise
        return self

    def __exit__(self, *_):
        self.run("down")

    def config_of(self, node):
        return self.home / "cluster" / node / "starling.toml"

    def run(self, *arguments):
        command = [sys.executable, "-m", "tools.cluster", "--home", self.home, "--bin", self.programs, *arguments]
        return subprocess.run(list(map(str, command)), cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)

    def do(self, *arguments):
        """What it says; it has to succeed."""
        run = self.run(*arguments)
        if run.returncode != 0:
            logs = "".join(f"\n{log}:\n{log.read_text(errors='replace')[-1500:]}" for log in self.home.glob("cluster/*/log"))
            raise AssertionError(f"{arguments}: {run.stdout}{run.stderr}{logs}")
        return run.stdout


def free_range(offsets):
    """A port from which on those are free."""
    return next(p for p in random.sample(range(10000, 30000), 1000) if all(is_free(p + offset) for offset in offsets))


def is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
