"""A temporary directory with a configuration, in which the programs are run."""

import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

STARLINGCTL = pathlib.Path(sys.argv[1]).resolve()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Workshop(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"
        self.database = self.data / "starling.db"
        self.config = self.folder / "starling.toml"
        self.port = free_port()
        self.configure()

    def configure(self, more=""):
        self.config.write_text(
            f'[server]\nlisten = "127.0.0.1:{self.port}"\ndata_dir = "{self.data}"\n{more}', encoding="utf-8"
        )

    def ctl(self, *arguments, stdin=""):
        """Runs starlingctl with the configuration."""
        return subprocess.run(
            [STARLINGCTL, "--config", self.config, *map(str, arguments)],
            cwd=self.folder, input=stdin, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def good(self, *arguments, **more):
        """The output of a command that has to succeed."""
        run = self.ctl(*arguments, **more)
        self.assertEqual((0, ""), (run.returncode, run.stderr), (arguments, run.stdout))
        return run.stdout

    def refused(self, *arguments, **more):
        """The error of a command that has to fail, and to say so on stderr only."""
        run = self.ctl(*arguments, **more)
        self.assertEqual((1, ""), (run.returncode, run.stdout), (arguments, run.stderr))
        return run.stderr

    def start(self, starlingd):
        """A server on the configuration, ready; stopped by its id at the end of the test."""
        log = open(self.folder / "starlingd.log", "wb")
        self.addCleanup(log.close)
        server = subprocess.Popen([starlingd, "--config", self.config], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(stop, server)
        deadline = time.monotonic() + 20
        while not is_ready(self.port):
            if server.poll() is not None or time.monotonic() > deadline:
                self.fail((self.folder / "starlingd.log").read_text(encoding="utf-8"))
            time.sleep(0.05)
        return server


def is_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def stop(server):
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def main():
    """The paths of the programs are not unittest's arguments."""
    unittest.main(module="__main__", argv=[sys.argv[0], "-v"])
