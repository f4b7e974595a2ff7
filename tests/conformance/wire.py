"""A WebSocket client that can send anything: frames by their fields, cut anywhere; and reads frames strictly."""

import base64
import hashlib
import os
import socket
import struct

TEXT, BINARY, CLOSE, PING, PONG, CONT = 1, 2, 8, 9, 10, 0
NAMES = {TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}
TIMEOUT = 15  # seconds without a byte: a case that needs it has failed


class Violation(Exception):
    """The server did what the RFC forbids, or not what the case expects."""


def xor(payload, key):
    size = len(payload)
    mask = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")).to_bytes(size, "little")


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length_bytes=None, declared=None, key=None):
    """One frame. length_bytes: 1, 2 or 8 (default: the shortest); declared: when it lies about its length."""
    size = len(payload) if declared is None else declared
    if length_bytes is None:
        length_bytes = 1 if size < 126 else 2 if size < 65536 else 8
    field = {1: size, 2: 126, 8: 127}[length_bytes]
    head = bytes([fin << 7 | rsv << 4 | opcode, masked << 7 | field])
    head += {1: b"", 2: struct.pack(">H", size & 0xFFFF), 8: struct.pack(">Q", size)}[length_bytes]
    if not masked:
        return head + payload
    key = key or os.urandom(4)
    return head + key + xor(payload, key)


def message(opcode, payload, fragment=None):
    """The frames of a message: one, or fragments of that many bytes."""
    if fragment is None:
        return frame(opcode, payload)
    pieces = [payload[i : i + fragment] for i in range(0, len(payload), fragment)] or [b""]
    last = len(pieces) - 1
    return b"".join(frame(opcode if i == 0 else CONT, piece, fin=i == last) for i, piece in enumerate(pieces))


def close_payload(code, reason=b""):
    return struct.pack(">H", code) + reason


def upgrade_request(port, target="/v1/ws", key=None, **fields):
    """fields: Connection="close" replaces, Upgrade=None removes; "_" stands for "-"."""
    wanted = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key or base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
    }
    wanted.update({name.replace("_", "-"): value for name, value in fields.items()})
    lines = [f"{name}: {value}" for name, value in wanted.items() if value is not None]
    return "\r\n".join([f"GET {target} HTTP/1.1", *lines, "", ""]).encode()


def accept_of(key):
    digest = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    return base64.b64encode(digest).decode()


class Peer:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.port = port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, chop=None):
        """chop: at most that many bytes a segment."""
        try:
            if chop is None:
                self.socket.sendall(data)
            else:
                for i in range(0, len(data), chop):
                    self.socket.sendall(data[i : i + chop])
        except OSError:
            pass  # the server may have closed already: what it answered says whether it was right to

    def _fill(self):
        try:
            data = self.socket.recv(1 << 20)
        except TimeoutError:
            raise Violation(f"silent for {TIMEOUT} s") from None
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return bool(data)

    def _take(self, size):
        while len(self.buffer) < size:
            if not self._fill():
                raise Violation("the connection ended" + (" within a frame" if self.buffer else ""))
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data

    def head(self):
        """Status and lower-case fields of an HTTP answer."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._fill():
                raise Violation("the connection ended before an answer")
        end = self.buffer.index(b"\r\n\r\n") + 4
        lines = self._take(end).decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:] if line)}
        return int(lines[0].split()[1]), fields

    def upgrade(self):
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(upgrade_request(self.port, key=key))
        status, fields = self.head()
        if status != 101 or fields.get("sec-websocket-accept") != accept_of(key):
            raise Violation(f"no upgrade: {status} {fields}")
        if fields.get("upgrade", "").lower() != "websocket" or "upgrade" not in fields.get("connection", "").lower():
            raise Violation(f"a 101 that upgrades nothing: {fields}")
        for name in ("sec-websocket-extensions", "sec-websocket-protocol"):
            if name in fields:
                raise Violation(f"{name} was not asked for")

    def receive(self):
        """(opcode, payload) of the next message or control frame; refuses what a server may not send."""
        opcode, whole = None, b""
        while True:
            first, second = self._take(2)
            if first & 0x70:
                raise Violation("the server set reserved bits")
            if second & 0x80:
                raise Violation("the server masked a frame")
            size = second & 0x7F
            if size > 125:
                length_bytes = 2 if size == 126 else 8
                size = int.from_bytes(self._take(length_bytes), "big")
                if size < (126 if length_bytes == 2 else 65536):
                    raise Violation("the server's length is not minimal")
            payload = self._take(size)
            if first & 0x0F >= 8:
                if size > 125 or not first & 0x80:
                    raise Violation("the server's control frame is fragmented or too long")
                return first & 0x0F, payload
            if (opcode is None) == (first & 0x0F == CONT):
                raise Violation("the server's fragments are out of order")
            opcode = opcode or first & 0x0F
            whole += payload
            if first & 0x80:
                return opcode, whole

    def ended(self):
        """The server closes the connection after its close frame, and says nothing more."""
        if self.buffer or self._fill():
            raise Violation(f"bytes after the close frame: {bytes(self.buffer[:20])!r}")
