"""A server in a temporary directory, and clients on it."""

import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAMS = pathlib.Path(sys.argv[1]).resolve()
PATIENCE = 60


class Bench(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "starling.toml"
        self.config.write_text(f'[server]\nlisten = "127.0.0.1:0"\ndata_dir = "{self.folder / "server"}"\n', encoding="utf-8")
        self.port_file = self.folder / "port"
        self.log = open(self.folder / "log", "wb")
        self.addCleanup(self.log.close)
        self.server = subprocess.Popen(
            [PROGRAMS / "starlingd", "--config", self.config, "--port-file", self.port_file],
            stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self.addCleanup(self.end_server)
        self.wait_for("the server", lambda: self.port_file.exists() and self.port_file.read_text(encoding="utf-8"))
        self.url = f"http://127.0.0.1:{int(self.port_file.read_text(encoding='utf-8'))}"

    def end_server(self):
        self.server.kill()
        self.server.wait()

    def wait_for(self, what, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertIsNone(self.server.poll(), "the server ended")
            self.assertLess(time.monotonic(), deadline, f"no {what}")
            time.sleep(0.005)

    def token(self, user, device):
        file = self.folder / f"token-{user}-{device}"
        run = subprocess.run(
            [PROGRAMS / "starlingctl", "--config", self.config, "token", "mint", "--user", str(user), "--device", str(device),
             "--grant-sends-per-s", "10000", "--grant-burst", "10000"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        file.write_text(run.stdout.strip(), encoding="utf-8")
        return file

    def client(self, data, token, *command, **options):
        """Starts the driver."""
        return subprocess.Popen(
            [PROGRAMS / "client_driver", "--server", self.url, "--token", token, "--data", self.folder / data, *map(str, command)],
            stdout=subprocess.PIPE, text=True, **options,
        )  # fmt: skip

    def run_client(self, data, token, *command):
        """Its output, once it has ended well."""
        process = self.client(data, token, *command)
        out, _ = process.communicate(timeout=2 * PATIENCE)
        self.assertEqual(0, process.returncode, command)
        return out
