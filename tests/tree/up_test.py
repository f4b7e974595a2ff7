"""./dev up starts, checks, reports and stops what it should, whatever the programs answer."""

import pathlib
import socket
import sys
import tempfile
import unittest

from shell import bash

# A server that is ready at the third question, leaves a mark when it was told to stop, and stops at once if so configured.
STARLINGD = """#!/usr/bin/python3
import http.server, pathlib, re, signal, sys
config = pathlib.Path(sys.argv[sys.argv.index("--config") + 1])
if "--check-config" in sys.argv: sys.exit(0)
if (config.parent / "broken").exists(): sys.exit("the database is corrupt")
asked = 0
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global asked
        asked += 1
        self.send_response(200 if self.path == "/readyz" and asked > 2 else 503)
        self.end_headers()
def stop(*_):
    (config.parent / "stopped").touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
port = re.search(r'^listen = "127.0.0.1:([0-9]+)"', config.read_text(), re.MULTILINE)[1]
http.server.HTTPServer(("127.0.0.1", int(port)), Ready).serve_forever()
"""
RECORDER = """#!/bin/bash
echo "$(basename "$0") $*" >>"$(dirname "$0")/calls"
[[ $(basename "$0") != starling-loadsim ]] || exit 3
"""


class Up(unittest.TestCase):
    """./dev up with programs that only record how they are called."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.home = self.folder / "home"
        for name, text in (("starlingd", STARLINGD), ("starlingctl", RECORDER), ("starling-loadsim", RECORDER)):
            (self.folder / name).write_text(text, encoding="utf-8")
            (self.folder / name).chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]

    def up(self, *arguments):
        stubs = f"ensure_packages() {{ :; }}\nconfigure() {{ :; }}\nbuild_targets() {{ :; }}\n. tools/dev/up.sh\nup_bin='{self.folder}'\n"
        return bash(f"{stubs}export STARLING_HOME='{self.home}'\ncmd_up \"$@\"", "--port", str(self.port), *arguments)

    def test_once_exits_with_the_verdict_and_leaves_no_server(self):
        run = self.up("--once")
        self.assertEqual(3, run.returncode, run.stderr)
        self.assertIn("Verdict: FAILED", run.stdout)
        self.assertTrue((self.home / "stopped").exists())
        calls = (self.folder / "calls").read_text(encoding="utf-8").splitlines()
        self.assertRegex(calls[0], "^starlingctl .*migrate")
        self.assertRegex(calls[1], "^starlingctl .*seed .*--users 2")
        self.assertRegex(calls[-1], f"^starling-loadsim run .*smoke.toml .*:{self.port}/")
        self.assertEqual(0o600, (self.home / "user1.token").stat().st_mode & 0o777)

    def test_every_exit_code_of_a_run_has_words(self):
        said = {code: bash(f". tools/dev/up.sh\nup_verdict {code}").stdout for code in (0, 1, 2, 3, 4, 139)}
        self.assertIn("passed", said[0])
        self.assertEqual(5, len(set(said.values())), "only 1 and a crash read alike")
        self.assertEqual(said[1], said[139])

    def test_a_second_run_keeps_the_configuration_but_for_the_port(self):
        self.up("--once")
        config = self.home / "starling.toml"
        config.write_text(config.read_text(encoding="utf-8") + "kept = true\n", encoding="utf-8")
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        self.assertEqual(3, self.up("--once").returncode)
        self.assertIn("kept = true", config.read_text(encoding="utf-8"))
        self.assertIn(f":{self.port}", config.read_text(encoding="utf-8"))

    def test_a_taken_port_names_the_way_out(self):
        with socket.create_server(("127.0.0.1", self.port)):
            run = self.up("--once")
        self.assertEqual(1, run.returncode)
        self.assertRegex(run.stderr, rf"port {self.port} .* is taken.*--port \d+")

    def test_a_server_that_dies_at_the_start_shows_its_log(self):
        self.home.mkdir()
        (self.home / "broken").touch()
        run = self.up("--once")
        self.assertEqual(1, run.returncode)
        self.assertIn("the database is corrupt", run.stderr)
        self.assertIn("starlingd.log", run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
