"""deploy/haproxy is good for HAProxy, and does to a real server's clients what it says."""

import http.client
import http.server
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
STARLINGD = sys.argv[1]
CONFIG = (ROOT / "deploy/haproxy/haproxy.cfg").read_text(encoding="utf-8")
# As it is installed, but for where it is, and with few attempts.
SERVER = (ROOT / "deploy/config/starling.toml").read_text(encoding="utf-8")
HERE = {
    'listen = "127.0.0.1:8008"': 'listen = "127.0.0.1:0"',
    'data_dir = "/var/lib/starling"': 'data_dir = "data"',
    'log_level = "info"': 'log_level = "info"\nmetrics_from = ["127.0.0.1"]',
    "[accounts]\n": "[accounts]\nattempts_burst = 3\nattempts_per_minute = 1\n",
}
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x" * 22 + "=="}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, seconds=20):
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.05)


class Proxy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                        "-keyout", self.folder / "key", "-out", self.folder / "chain"], check=True, capture_output=True)  # fmt: skip
        pem = (self.folder / "chain").read_text() + (self.folder / "key").read_text()
        (self.folder / "starling.pem").write_text(pem, encoding="utf-8")

    def configure(self, servers):
        """As shipped, but for what belongs to a machine: paths, ports, addresses, and a fewer connections."""
        text = re.sub(r"(?m)^    server .*\n", "", CONFIG) + "".join(f"    server {name} {address}\n" for name, address in servers)
        for shipped, here in (
            ("    user haproxy\n    group haproxy\n", ""),
            ("/run/haproxy/", f"{self.folder}/"),
            ("/etc/haproxy/", f"{self.folder}/"),
            ("bind :443", f"bind 127.0.0.1:{self.port}"),
            ("maxconn 200000", "maxconn 100"),
        ):
            self.assertIn(shipped, text)
            text = text.replace(shipped, here)
        (self.folder / "haproxy.cfg").write_text(text, encoding="utf-8")

    def start_server(self):
        text = SERVER
        for shipped, here in HERE.items():
            self.assertIn(shipped, text)
            text = text.replace(shipped, here)
        (self.folder / "starling.toml").write_text(text, encoding="utf-8")
        self.run_for_a_test([STARLINGD, "--config", self.folder / "starling.toml", "--port-file", self.folder / "port"])
        until((self.folder / "port").exists)
        return int((self.folder / "port").read_text())

    def run_for_a_test(self, command):
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

    def call(self, method, path, body=None, headers=(), source="127.0.0.1"):
        """The answer's status; None when there is none."""
        trusting = ssl.create_default_context(cafile=self.folder / "chain")
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=10, context=trusting)
        connection.sock = trusting.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 10, (source, 0)), server_hostname="localhost")
        try:
            connection.request(method, path, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()

    def ready(self):
        try:
            return self.call("GET", "/readyz") == 200
        except OSError:
            return False

    def test_the_configuration_is_good_as_shipped(self):
        shipped = CONFIG.replace("/etc/haproxy/starling.pem", f"{self.folder}/starling.pem")
        (self.folder / "haproxy.cfg").write_text(shipped, encoding="utf-8")
        run = subprocess.run(["/usr/sbin/haproxy", "-c", "-f", self.folder / "haproxy.cfg"], capture_output=True, text=True)
        self.assertEqual((0, ""), (run.returncode, re.sub(r"(?m)^\[NOTICE\].*\n", "", run.stderr)), run.stdout)

    def test_a_node_that_drains_and_is_not_known_to_is_nobodys_answer(self):
        """For as long as its last check was good, and above all then: it has the fewest connections."""

        class Draining(http.server.BaseHTTPRequestHandler):
            met = 0

            def do_GET(self):
                Draining.met += self.path != "/readyz"
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.send_response(200 if self.path == "/readyz" else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET

            def log_message(self, *_):
                pass

        draining = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Draining)
        threading.Thread(target=draining.serve_forever, daemon=True).start()
        self.addCleanup(draining.server_close)
        self.addCleanup(draining.shutdown)
        self.configure([("drains", f"127.0.0.1:{draining.server_port}"), ("alive", f"127.0.0.1:{self.start_server()}")])
        self.run_for_a_test(["/usr/sbin/haproxy", "-db", "-f", self.folder / "haproxy.cfg"])
        until(self.ready)
        self.assertEqual([101] * 6, [self.call("GET", "/v1/ws", headers=UPGRADE.items()) for _ in range(6)])
        self.assertGreater(Draining.met, 0)
        # What changes something is asked for once.
        self.assertIn(503, [self.call("POST", "/v1/login", "{}") for _ in range(6)])

    def test_clients_reach_a_node_that_is_ready_and_nothing_that_is_not_theirs(self):
        self.configure([("dead", f"127.0.0.1:{free_port()}"), ("alive", f"127.0.0.1:{self.start_server()}")])
        self.run_for_a_test(["/usr/sbin/haproxy", "-db", "-f", self.folder / "haproxy.cfg"])
        until(self.ready)
        self.assertEqual(101, self.call("GET", "/v1/ws", headers=UPGRADE.items()))
        self.assertEqual(404, self.call("GET", "/metrics"))
        # Three attempts an address, whatever the client says that its is; an account has fewer, so each is another.
        forged = lambda i: [("Content-Type", "application/json"), ("X-Forwarded-For", f"192.0.2.{i}")]  # noqa: E731
        login = '{{"handle": "nobody{}", "password": "not a password"}}'
        answers = [self.call("POST", "/v1/login", login.format(i), forged(i)) for i in range(6)]
        self.assertEqual(401, answers[0], answers)
        self.assertEqual(429, answers[-1], answers)
        self.assertEqual(401, self.call("POST", "/v1/login", login.format(9), forged(9), source="127.0.0.2"), "they are others' attempts")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
