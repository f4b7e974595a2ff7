"""Programs under measurement: started on free ports, each held to a core where that matters, ended by their own id."""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request

BIN = pathlib.Path(os.environ.get("STARLING_BUILD", "build/release")) / "bin"


# Whoever ends the bench ends what it started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


class Gone(Exception):
    """A program ended, or did not answer."""


def start(command, core=None, **options):
    def hold():
        if core is not None:
            os.sched_setaffinity(0, {core})

    return subprocess.Popen([str(part) for part in command], preexec_fn=hold, **options)


def go_before(process):
    """Where the kernel shares a machine out among sessions (setsid), each node has as much as all processes of the load together, who would hear
    nobody in time. Started with start_new_session; only root may."""
    with contextlib.suppress(OSError):
        pathlib.Path(f"/proc/{process.pid}/autogroup").write_text("-10")


def stop(process, wait_s=30):
    """SIGTERM, and SIGKILL for what does not listen."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()


def read_metrics_by_label(text):
    return {name: float(value) for name, value in re.findall(r"^([a-z_0-9]+(?:\{[^}]*\})?) ([-+0-9.e]+)$", text, re.MULTILINE)}


def summed(by_label):
    values = {}
    for labelled, value in by_label.items():
        name = labelled.partition("{")[0]
        values[name] = values.get(name, 0.0) + value
    return values


def rss_bytes(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+) kB", rollup, re.MULTILINE)[1]) * 1024


class Server:
    """starlingd with its data in `directory`. `settings` are lines of TOML beyond where it listens and stores."""

    def __init__(self, directory, settings=(), core=None):
        self.directory = pathlib.Path(directory)
        self.config = self.directory / "starling.toml"
        self.port_file = self.directory / "port"
        self.core = core
        lines = ["[server]", 'listen = "127.0.0.1:0"', f'data_dir = "{self.directory}/data"', 'log_level = "warning"', *settings]
        self.config.write_text("\n".join(lines) + "\n")
        self.process = None
        self.port = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            stop(self.process)

    def ctl(self, *arguments, output=None):
        command = [BIN / "starlingctl", "--config", self.config, *arguments]
        subprocess.run([str(part) for part in command], check=True, stdout=output or subprocess.DEVNULL)

    def seed(self, users, rooms, members):
        """Users 1 to `users` in `rooms` rooms of `members` each, and a file of their tokens."""
        self.ctl("migrate")
        self.ctl("seed", "--users", users, "--rooms", rooms, "--members", members)

    def tokens(self, users, *grants):
        path = self.directory / "tokens"
        with path.open("w") as file:
            self.ctl("token", "mint", "--users", f"1-{users}", *grants, output=file)
        return path

    def start(self, wait_s=30):
        self.port_file.unlink(missing_ok=True)
        self.process = start([BIN / "starlingd", "--config", self.config, "--port-file", self.port_file], self.core)
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.port_file.exists() and self.port_file.read_text().strip():
                self.port = int(self.port_file.read_text())
                return self
            time.sleep(0.02)
        raise Gone(f"starlingd did not open its port within {wait_s} s")

    @property
    def pid(self):
        return self.process.pid

    def metrics_by_label(self):
        """name{label="…"} -> value."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as page:
            return read_metrics_by_label(page.read().decode())

    def metrics(self):
        """name -> value, summed over shards."""
        return summed(self.metrics_by_label())

    def rss_bytes(self):
        return rss_bytes(self.pid)

    def send_queues(self):
        """Bytes that the kernel holds for each of the server's connections."""
        queues = []
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[1].split(":")[1], 16) == self.port and fields[3] == "01":
                queues.append(int(fields[4].split(":")[0], 16))
        return queues


class Load:
    """wire_load, asked line by line (tests/bench/wire_load/command.h)."""

    def __init__(self, *options, core=None):
        self.process = start(
            [BIN / "wire_load", *options], core, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.early = []  # answers to something else, which came first

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop(self.process)

    def tell(self, verb, **numbers):
        self.process.stdin.write(" ".join([verb, *(f"{name}={value}" for name, value in numbers.items())]) + "\n")
        self.process.stdin.flush()

    def answer(self, verb, at_mark=lambda mark: None):
        """The next answer to `verb`; marks that come before are handed over."""
        for said in self.early:
            if said["answer"] == verb:
                self.early.remove(said)
                return said
        for line in self.process.stdout:
            said = json.loads(line)
            if "mark" in said:
                at_mark(said["mark"])
            elif said["answer"] == verb:
                return said
            else:
                self.early.append(said)
        raise Gone(f"the load ended before it answered {verb}")

    def ask(self, verb, at_mark=lambda mark: None, **numbers):
        self.tell(verb, **numbers)
        return self.answer(verb, at_mark)

    def connect(self, count, first=0):
        joined = self.ask("connect", first=first, count=count)
        if joined["ready"] != count:
            raise Gone(f"only {joined['ready']} of {count} connections are up")
        return joined


class Floor:
    """bench_floor and a load that speaks its records."""

    def __init__(self, connections, rooms, events_per_write=1.0, server_core=0, load_core=1):
        self.process = start(
            [BIN / "bench_floor", "--events-per-write", events_per_write], server_core, stdout=subprocess.PIPE, text=True
        )
        port = self.process.stdout.readline().strip()
        options = ("--port", port, "--protocol", "raw", "--connections", connections, "--rooms", rooms)
        self.load = Load(*options, "--server-pid", self.process.pid, core=load_core)
        self.load.connect(connections)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop(self.load.process)
        stop(self.process)
