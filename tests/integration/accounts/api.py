"""A real starlingd in a temporary directory, and clients of its API and of its WebSocket as far as accounts need them."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

STARLINGD = pathlib.Path(sys.argv[1]).resolve()
STARLINGCTL = pathlib.Path(sys.argv[2]).resolve()
PASSWORD = "correct horse battery"


class Server(unittest.TestCase):
    """A server of its own for each test, stopped by its id."""

    accounts = 'registration = "open"\nattempts_burst = 100000\nattempts_per_minute = 100000\n'
    more = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "starling.toml"
        self.database = self.folder / "data" / "starling.db"
        self.config.write_text(
            f'[server]\nlisten = "127.0.0.1:0"\ndata_dir = "{self.folder}/data"\n'
            f"[accounts]\n{self.accounts}\n[runtime]\nshards = 2\n{self.more}",
            encoding="utf-8",
        )
        self.server = None
        self.start()

    def start(self):
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        log = open(self.folder / "starlingd.log", "ab")
        self.addCleanup(log.close)
        self.server = subprocess.Popen(
            [STARLINGD, "--config", self.config, "--port-file", port_file],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        self.addCleanup(self.stop, self.server)
        deadline = time.monotonic() + 20
        while not port_file.exists():
            if self.server.poll() is not None or time.monotonic() > deadline:
                self.fail((self.folder / "starlingd.log").read_text(encoding="utf-8"))
            time.sleep(0.02)
        self.port = int(port_file.read_text(encoding="utf-8"))

    def stop(self, server):
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def call(self, method, path, body=None, token=None):
        """(status, JSON or None); `token` is an access token or a grant."""
        headers = {}
        if token is not None:
            headers["Authorization"] = "Bearer " + (token if isinstance(token, str) else token["access_token"])
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
            self.headers = dict(answer.getheaders())
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def good(self, status, *arguments, **more):
        """The answer to a call that has to have this status."""
        got, answer = self.call(*arguments, **more)
        self.assertEqual(status, got, (arguments, answer))
        return answer

    def refused(self, status, code, *arguments, **more):
        got, answer = self.call(*arguments, **more)
        self.assertEqual((status, code), (got, answer and answer.get("error", {}).get("code")), (arguments, answer))
        self.assertIn("retry_after_ms", answer["error"])
        return answer["error"]

    def register(self, handle, **more):
        return self.good(201, "POST", "/v1/register", {"handle": handle, "password": PASSWORD} | more)

    def login(self, handle, password=PASSWORD, **more):
        return self.good(200, "POST", "/v1/login", {"handle": handle, "password": password} | more)

    def websocket(self, token=None):
        web = WebSocket(self.port, token)
        self.addCleanup(web.close)
        return web

    def ctl(self, *arguments, stdin=""):
        return subprocess.run(
            [STARLINGCTL, "--config", self.config, *map(str, arguments)],
            cwd=self.folder, input=stdin, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def good_ctl(self, *arguments, **more):
        run = self.ctl(*arguments, **more)
        self.assertEqual((0, ""), (run.returncode, run.stderr), (arguments, run.stdout))
        return run.stdout


def totp(secret, step_offset=0, at=None):
    """RFC 6238, by hand."""
    seed = base64.b32decode(secret)
    step = int((time.time() if at is None else at) // 30) + step_offset
    mac = hmac.new(seed, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06}"


class WebSocket:
    """Upgraded, with Hello sent; reads frames only to learn how the connection ends."""

    def __init__(self, port, token=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head, head
        if token is not None:
            self.send(hello(token))

    def send(self, payload):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x82, 0x80 | size]) if size < 126 else struct.pack(">BBH", 0x82, 0xFE, size)
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def frame(self):
        """(opcode, payload); (8, b"") at the end of the stream."""
        first, second = self._take(2) or (0x88, 0)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", self._take(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._take(8))[0]
        return first & 0x0F, self._take(size) or b""

    def welcomed(self):
        opcode, payload = self.frame()
        assert opcode == 2, (opcode, payload)
        return payload

    def close_code(self, within):
        """Of the close frame that has to come in so many seconds; 0 when the stream just ends."""
        deadline = time.monotonic() + within
        while True:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            opcode, payload = self.frame()
            if opcode == 8:
                return struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 0

    def close(self):
        self.socket.close()

    def _take(self, size):
        while len(self.buffer) < size:
            more = self.socket.recv(65536)
            if not more:
                return None
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def hello(token):
    """ClientFrame.hello = 2 {version = 1, token = 2, agent = 4} of starling.proto."""
    token = token if isinstance(token, str) else token["access_token"]
    return field(2, b"\x08\x01" + field(2, token.encode()) + field(4, b"test"))


def main():
    """The paths of the programs are not unittest's arguments."""
    unittest.main(module="__main__", argv=[sys.argv[0], "-v", *sys.argv[3:]])
