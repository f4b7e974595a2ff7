"""Section 4: the opening handshake. What is asked, and the status and fields of the answer."""

import dataclasses

from wire import PING, PONG, Peer, Violation, frame, upgrade_request

KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # section 1.3


@dataclasses.dataclass
class Case:
    section: str
    name: str
    request: object  # port -> bytes
    status: int
    fields: dict = dataclasses.field(default_factory=dict)
    autobahn: str = ""
    chop: int | None = None


def asks(**fields):
    return lambda port: upgrade_request(port, key=KEY, **fields)


def raw(text):
    return lambda port: text.replace("PORT", str(port)).encode("latin1")


def instead(old, new):
    return lambda port: upgrade_request(port, key=KEY).replace(old, new)


def cases():
    accepted = {"sec-websocket-accept": ACCEPT, "upgrade": "websocket", "connection": "Upgrade"}
    version = {"sec-websocket-version": "13"}
    yield Case("4.2.2", "the RFC's own key", asks(), 101, accepted)
    yield Case("4.2.2", "the RFC's own key, by byte", asks(), 101, accepted, chop=1)
    yield Case("4.2.1", "tokens in another case and in lists",
               asks(Upgrade="h2c, WebSocket", Connection="keep-alive, UPGRADE"), 101, accepted)
    yield Case("4.2.1", "fields in lower case", instead(b"Sec-WebSocket-Key", b"sec-websocket-key"), 101, accepted)
    yield Case("4.2.1", "extensions and protocols that are not spoken",
               asks(Sec_WebSocket_Extensions="permessage-deflate", Sec_WebSocket_Protocol="chat"), 101, accepted)
    yield Case("4.2.1", "no Upgrade", asks(Upgrade=None), 426, version)
    yield Case("4.2.1", "no Connection", asks(Connection=None), 426, version)
    yield Case("4.2.1", "no Host", asks(Host=None), 400)
    yield Case("4.2.1", "no key", asks(Sec_WebSocket_Key=None), 400)
    for key in ("short", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25j!Q==", "dGhlIHNhbXBsZSBub25jZQAA"):
        yield Case("4.2.1", f"key {key}", asks(Sec_WebSocket_Key=key), 400)
    yield Case("4.2.1", "HTTP/1.0", instead(b"HTTP/1.1", b"HTTP/1.0"), 400)
    yield Case("4.2.1", "not GET", instead(b"GET", b"POST"), 405, {"allow": "GET"})
    for number in ("8", "0", "14", "x"):
        yield Case("4.4", f"version {number}", asks(Sec_WebSocket_Version=number), 426, version)
    yield Case("4.4", "no version", asks(Sec_WebSocket_Version=None), 426, version)
    yield Case("4.1", "two keys", instead(b"\r\n\r\n", f"\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode()), 400)
    yield Case("4.1", "a head of 9 KiB", asks(Cookie="c" * 9 * 1024), 431)
    yield Case("4.1", "not HTTP", raw("\x16\x03\x01\x02\x00\x01"), 400)
    yield Case("4.1", "a line that is no field", instead(b"\r\n\r\n", b"\r\nno colon\r\n\r\n"), 400)
    yield Case("4.1", "a body", asks(Content_Length="5"), 413)


def run(case, port):
    with Peer(port) as peer:
        peer.send(case.request(port), case.chop)
        status, fields = peer.head()
        if status != case.status:
            raise Violation(f"status {status}, not {case.status}")
        for name, value in case.fields.items():
            if fields.get(name, "").lower() != value.lower():
                raise Violation(f"{name}: {fields.get(name)}, not {value}")
        if status == 101:
            if "sec-websocket-extensions" in fields or "sec-websocket-protocol" in fields:
                raise Violation("the answer names an extension or a protocol")
            peer.send(frame(PING, b"upgraded"))
            if peer.receive() != (PONG, b"upgraded"):
                raise Violation("no pong after the upgrade")
