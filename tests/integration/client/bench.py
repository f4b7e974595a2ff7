"""A server in a temporary directory, and clients on it."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAMS = pathlib.Path(sys.argv[1]).resolve()
PATIENCE = 60


class Person:
    """The client with its pages, and somebody in front of it (pages_driver.cpp). What does not work fails the test."""

    def __init__(self, test, name, process):
        self.test, self.name, self.process = test, name, process

    def do(self, *words):
        line = " ".join(map(str, words))
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if answer != "ok":
            if self.process.poll() is None and not line.startswith("shot"):
                self.shot("failed")
            self.test.fail(f"{self.name}: {line}: {answer or 'the client ended'}")

    def __getattr__(self, verb):
        return lambda *words: self.do(verb, *words)

    def shot(self, what):
        """A picture in the directory STARLING_TEST_SHOTS, if it is set."""
        if "STARLING_TEST_SHOTS" in os.environ:
            self.do("shot", pathlib.Path(os.environ["STARLING_TEST_SHOTS"]) / f"{self.name}-{what}.png")

    def fill(self, label, text):
        self.do("fill", f"{label}|{text}")

    def write(self, text):
        """A message, or what is being edited."""
        self.do("focus", "composerInput")
        self.do("type", text)
        self.do("key", "Return")

    def quit(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.test.assertEqual(0, self.process.wait(PATIENCE), f"{self.name} ended badly")


class Bench(unittest.TestCase):
    SETTINGS = ""
    PASSWORD = "starlings fly at dusk"
    environment = {}  # of the clients, beside this program's

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "starling.toml"
        self.port_file = self.folder / "port"
        self.log = open(self.folder / "log", "wb")
        self.addCleanup(self.log.close)
        self.port = 0
        self.start_server()
        self.addCleanup(self.end_server)
        self.url = f"http://127.0.0.1:{self.port}"

    def start_server(self):
        """On any port the first time, and on the same one again."""
        self.config.write_text(
            f'[server]\nlisten = "127.0.0.1:{self.port}"\ndata_dir = "{self.folder / "server"}"\n{self.SETTINGS}', encoding="utf-8"
        )  # fmt: skip
        self.port_file.unlink(missing_ok=True)
        self.server = subprocess.Popen(
            [PROGRAMS / "starlingd", "--config", self.config, "--port-file", self.port_file],
            stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self.wait_for("the server", lambda: self.port_file.exists() and self.port_file.read_text(encoding="utf-8"))
        self.port = int(self.port_file.read_text(encoding="utf-8"))

    def end_server(self):
        self.server.kill()
        self.server.wait()

    def is_served(self):
        return self.server.poll() is None

    def exported(self):
        """What the server holds: the lines of an export."""
        command = [PROGRAMS / "starlingctl", "--config", self.config, "export"]
        return [json.loads(line) for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()]

    def pages(self, name, *options):
        """Starts the client of somebody, on what it kept before."""
        process = subprocess.Popen(
            [PROGRAMS / "pages_driver", "--data", self.folder / name, *map(str, options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"QT_QPA_PLATFORM": "offscreen"} | os.environ | {"XDG_RUNTIME_DIR": str(self.folder)} | self.environment,
        )  # fmt: skip
        def end():
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()

        self.addCleanup(end)
        return Person(self, name, process)

    def wait_for(self, what, condition, every=0.005):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertTrue(self.is_served(), "the server ended")
            self.assertLess(time.monotonic(), deadline, f"no {what}")
            time.sleep(every)

    def token(self, user, device):
        file = self.folder / f"token-{user}-{device}"
        run = subprocess.run(
            [PROGRAMS / "starlingctl", "--config", self.config, "token", "mint", "--user", str(user), "--device", str(device),
             "--grant-sends-per-s", "10000", "--grant-burst", "10000"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        file.write_text(run.stdout.strip(), encoding="utf-8")
        return file

    def register(self, name, handle, first=False):
        """A newcomer makes an account, through the pages; the server's registration is open."""
        person = self.pages(handle)
        person.fill("Server or invitation", self.url)
        person.click("Continue")
        if not first:
            person.click("Register")
        person.fill("Your name", name)
        person.fill("User name", handle)
        person.fill("Password", self.PASSWORD)
        person.click("Make the account")
        person.see("Jump to…")
        return person

    def open_direct(self, person, handle, name):
        person.click("New conversation")
        person.click("New direct message…")
        person.fill("Name or user name", handle)
        person.click(name)
        person.see(f"Message {name}")

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
