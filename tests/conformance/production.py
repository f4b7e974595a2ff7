"""The cases against starlingd with its shipped limits: binary only, 64 KiB (2 KiB before a good Hello), 32 frames a
message, every message a frame of the protocol. What every other case must be answered there follows from a model of
those rules; logins are cases of their own, since a good message is a Hello there and its echo a Welcome."""

import contextlib
import dataclasses

import pathlib
import subprocess
import tempfile
import time

from cases import Case, bye, expect, refused, send
from wire import BINARY, CLOSE, CONT, PING, PONG, TEXT, close_payload, frame, message

FIRST_MESSAGE_BYTES, MESSAGE_BYTES, FRAMES = 2048, 64 * 1024, 32
DATA, CONTROL = (CONT, TEXT, BINARY), (CLOSE, PING, PONG)


# ---- the model ------------------------------------------------------------------------------------------------------


def refusal(opcode, fin, open_message, frames):
    """The close code that a frame's first byte earns, or None."""
    if opcode in CONTROL:
        return None if fin else 1002
    if opcode not in DATA or (opcode == CONT) != open_message:
        return 1002
    if opcode == TEXT:
        return 1003
    return 1008 if frames >= FRAMES else None


def answers(stream):
    """What a connection that has not said Hello must be answered to these bytes."""
    at, frames, size, open_message = 0, 0, 0, False
    while at < len(stream):
        first, second = stream[at], stream[at + 1]
        opcode, fin = first & 0x0F, bool(first & 0x80)
        if first & 0x70:
            return [refused(1002)]
        if code := refusal(opcode, fin, open_message, frames):
            return [refused(code)]
        length, extended = second & 0x7F, {126: 2, 127: 8}.get(second & 0x7F, 0)
        if not second & 0x80 or (opcode in CONTROL and length > 125):
            return [refused(1002)]
        if extended:
            length = int.from_bytes(stream[at + 2 : at + 2 + extended], "big")
            if length < (126 if extended == 2 else 65536) or length >= 1 << 63:
                return [refused(1002)]
        if opcode in DATA and size + length > FIRST_MESSAGE_BYTES:
            return [refused(1009)]
        head = at + 2 + extended + 4
        payload = bytes(byte ^ stream[head - 4 + i % 4] for i, byte in enumerate(stream[head : head + length]))
        at = head + length
        if opcode == CLOSE:
            return [close_answer(payload)]
        if opcode in DATA:
            frames, size, open_message = frames + 1, size + length, not fin
            if fin:
                return [refused(1008)]  # whole, but no Hello
        elif opcode == PING:
            return [expect(PONG, payload), *answers_after(stream, at, frames, size, open_message)]
    return []


def answers_after(stream, at, frames, size, open_message):
    """The same, from within a message: as if the fragments before were empty ones of the same number and size."""
    if not open_message:
        return answers(stream[at:])
    opening = [frame(BINARY, bytes(size), fin=False)] + [frame(CONT, fin=False)] * (frames - 1)
    return answers(b"".join(opening) + stream[at:])


def close_answer(payload):
    if not payload:
        return ("expect", CLOSE, None)
    code = int.from_bytes(payload[:2], "big")
    known = 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
    if len(payload) == 1 or not known:
        return refused(1002)
    try:
        payload[2:].decode("utf-8")
    except UnicodeDecodeError:
        return refused(1007)
    return refused(code)


def translated(case):
    """The case's bytes with its cuts, and the answers that the model gives."""
    sends = [step for step in case.steps if step[0] == "send"]
    stream = b"".join(step[1] for step in sends)
    return dataclasses.replace(case, steps=[*sends, *answers(stream)])


# ---- logins ---------------------------------------------------------------------------------------------------------


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def hello(token, size=None):
    """ClientFrame{hello: {version: 1, token}}; with a field of a later version that makes it `size` bytes."""
    whole = field(2, b"\x08\x01" + field(2, token))
    if size is None:
        return whole
    for pad in range(max(0, size - len(whole) - 6), size):
        padded = whole + field(100, b"p" * pad)
        if len(padded) == size:
            return padded
    raise ValueError(f"no Hello of {size} bytes")


# Expected: a binary ServerFrame whose field is 2; and, since the Hello says that it knows no rooms, one whose field is 3.
WELCOME = [("frame", 2), ("frame", 3)]


def logins(token):
    whole = hello(token)
    half = len(whole) // 2
    one, two = frame(BINARY, whole[:half], fin=False), frame(CONT, whole[half:])
    yield Case("5.6", "Hello", [send(frame(BINARY, whole)), *WELCOME, *bye()])
    yield Case("5.6", "Hello, by byte", [send(frame(BINARY, whole), 1), *WELCOME, *bye()])
    yield Case("5.4", "Hello in two fragments", [send(one + two), *WELCOME, *bye()])
    yield Case("5.4", "Hello in two fragments, a ping between",
               [send(one + frame(PING, b"between") + two), expect(PONG, b"between"), *WELCOME, *bye()])
    yield Case("5.4", "Hello in fragments of a byte, up to the limit of frames",
               [send(fragmented(whole, FRAMES)), *WELCOME, *bye()])
    yield Case("5.4", "Hello in one frame more than the limit", [send(fragmented(whole, FRAMES + 1)), refused(1008)])
    for size in (len(whole) + 10, FIRST_MESSAGE_BYTES - 1, FIRST_MESSAGE_BYTES):
        yield Case("5.2", f"Hello of {size} bytes", [send(frame(BINARY, hello(token, size))), *WELCOME, *bye()])
        yield Case("5.4", f"Hello of {size} bytes in fragments",
                   [send(message(BINARY, hello(token, size), size // 20)), *WELCOME, *bye()])
    too_big = hello(token, FIRST_MESSAGE_BYTES + 1)
    yield Case("5.2", "Hello of one byte more than the limit", [send(frame(BINARY, too_big)), refused(1009)])
    yield Case("5.4", "fragments of one byte more than the limit", [send(message(BINARY, too_big, 256)), refused(1009)])
    after = [send(frame(BINARY, whole)), *WELCOME]
    yield Case("5.5.2", "ping after the Welcome", [*after, send(frame(PING, b"in")), expect(PONG, b"in"), *bye()])
    yield Case("5.6", "text after the Welcome", [*after, send(frame(TEXT, b"hi")), refused(1003)])
    yield Case("5.1", "an unmasked frame after the Welcome", [*after, send(frame(PING, masked=False)), refused(1002)])
    yield Case("5.2", "a declared length of 2^63 - 1 after the Welcome",
               [*after, send(frame(BINARY, declared=(1 << 63) - 1, length_bytes=8)), refused(1009)])
    for size, code in ((MESSAGE_BYTES, 1008), (MESSAGE_BYTES + 1, 1009)):
        nonsense = b"\xff" * size
        yield Case("5.2", f"{size} bytes after the Welcome", [*after, send(frame(BINARY, nonsense)), refused(code)])
        yield Case("5.4", f"{size} bytes in fragments after the Welcome",
                   [*after, send(message(BINARY, nonsense, 4096)), refused(code)])
    yield Case("5.5.1", "close after the Welcome", [*after, *bye()])
    yield Case("5.6", "a message that is no frame after the Welcome", [*after, send(frame(BINARY, b"\xff")), refused(1008)])
    yield Case("7.4", "a Hello with another's signature", [send(frame(BINARY, hello(token[:-8] + b"AAAAAAAA"))), refused(4001)])
    yield Case("7.4", "a Hello without a token", [send(frame(BINARY, hello(b""))), refused(4001)])


def fragmented(payload, frames):
    """A byte a frame, and the rest in the last one."""
    pieces = [payload[i : i + 1] for i in range(frames - 1)] + [payload[frames - 1 :]]
    return b"".join(
        frame(BINARY if i == 0 else CONT, piece, fin=i == frames - 1) for i, piece in enumerate(pieces)
    )


# ---- the server -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def starlingd(programs):
    """Yields its port and an access token. `programs`: the folder of starlingd and starlingctl."""
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        config, ctl = home / "starling.toml", [programs / "starlingctl", "--config", home / "starling.toml"]
        config.write_text(f'[server]\nlisten = "127.0.0.1:0"\ndata_dir = "{home / "data"}"\n', encoding="utf-8")
        (home / "data").mkdir(mode=0o700)
        subprocess.run([*ctl, "migrate"], check=True, stdout=subprocess.DEVNULL)
        minted = subprocess.run([*ctl, "token", "mint", "--user", "1"], check=True, stdout=subprocess.PIPE)
        log = home / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [programs / "starlingd", "--config", config, "--port-file", home / "port"], stdout=out, stderr=out)
        try:
            yield wait_for_port(server, home / "port", log), minted.stdout.strip()
            server.terminate()
            if server.wait(timeout=30) != 0:
                raise SystemExit(f"starlingd ended with {server.returncode}:\n{log.read_text(errors='replace')}")
        finally:
            server.kill()
            server.wait()


def wait_for_port(server, file, log):
    deadline = time.monotonic() + 30
    while not file.exists() or not file.read_text(encoding="utf-8").strip():
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"starlingd did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.01)
    return int(file.read_text(encoding="utf-8"))
