"""The cases: what to send, and exactly what must come back. Named by the section of RFC 6455 whose rule they try, and
by the number of the case of the Autobahn suite (groups 1 to 7, 9 and 10: 301 of them) that tries the same."""

import dataclasses
import os

from wire import BINARY, CLOSE, CONT, PING, PONG, TEXT, close_payload, frame, message

KIB, MIB = 1024, 1024 * 1024


@dataclasses.dataclass
class Case:
    section: str
    name: str
    # ("send", bytes, chop or None) and ("expect", opcode, payload); a close is expected with a code, or None for none.
    steps: list
    autobahn: str = ""


def send(data, chop=None):
    return ("send", data, chop)


def expect(opcode, payload=b""):
    return ("expect", opcode, payload)


def refused(code):
    return ("expect", CLOSE, code)


def bye():
    """What every case that leaves the connection open ends with."""
    return [send(frame(CLOSE, close_payload(1000))), ("expect", CLOSE, 1000)]


def echo(section, name, autobahn, payload, opcode, chop=None, fragment=None):
    data = message(opcode, payload, fragment)
    return Case(section, name, [send(data, chop), expect(opcode, payload), *bye()], autobahn)


def ways(data_frames):
    """At once, a frame at a time, a byte at a time."""
    whole = b"".join(data_frames)
    yield "at once", [send(whole)]
    yield "by frame", [send(each) for each in data_frames]
    yield "by byte", [send(whole, 1)]


def payloads_of_group_1():
    for group, opcode in ((1, TEXT), (2, BINARY)):
        sizes = [0, 125, 126, 127, 128, 65535, 65536, 65536]
        for number, size in enumerate(sizes, 1):
            chop = 997 if number == 8 else None
            fill = b"*" * size if opcode == TEXT else b"\xfe" * size
            kind = "text" if opcode == TEXT else "binary"
            name = f"{kind} of {size} bytes" + (" in pieces of 997" if chop else "")
            yield echo("5.6", name, f"1.{group}.{number}", fill, opcode, chop)


def pings():
    section = "5.5.2"
    sample = [b"", b"Hello, world!", bytes([0, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0, 0xFF]), b"\xfe" * 125]
    for number, payload in enumerate(sample, 1):
        yield Case(section, f"ping of {len(payload)} bytes", [send(frame(PING, payload)), expect(PONG, payload), *bye()],
                   f"2.{number}")
    yield Case("5.5", "ping of 126 bytes", [send(frame(PING, b"\xfe" * 126)), refused(1002)], "2.5")
    yield Case(section, "ping of 125 bytes, by byte",
               [send(frame(PING, b"\xfe" * 125), 1), expect(PONG, b"\xfe" * 125), *bye()], "2.6")
    yield Case("5.5.3", "unasked pong", [send(frame(PONG)), *bye()], "2.7")
    yield Case("5.5.3", "unasked pong with a payload", [send(frame(PONG, b"unasked")), *bye()], "2.8")
    yield Case("5.5.3", "unasked pong, then a ping",
               [send(frame(PONG, b"unasked")), send(frame(PING, b"ping")), expect(PONG, b"ping"), *bye()], "2.9")
    ten = [frame(PING, b"payload-%d" % i) for i in range(10)]
    answers = [expect(PONG, b"payload-%d" % i) for i in range(10)]
    yield Case(section, "ten pings", [send(b"".join(ten)), *answers, *bye()], "2.10")
    yield Case(section, "ten pings, by byte", [send(b"".join(ten), 1), *answers, *bye()], "2.11")


def reserved_bits():
    hello, text, ping = b"Hello, world!", frame(TEXT, b"Hello, world!"), frame(PING)
    yield Case("5.2", "reserved bit 3", [send(frame(TEXT, hello, rsv=1)), refused(1002)], "3.1")
    for number, (way, sends) in enumerate(ways([text, frame(TEXT, hello, rsv=2), ping]), 2):
        yield Case("5.2", f"reserved bit 2 after a good message, {way}",
                   [*sends, expect(TEXT, hello), refused(1002)], f"3.{number}")
    yield Case("5.2", "reserved bits in a binary frame", [send(frame(BINARY, b"\0\xff", rsv=5)), refused(1002)], "3.5")
    yield Case("5.2", "reserved bits in a ping", [send(frame(PING, hello, rsv=6)), refused(1002)], "3.6")
    yield Case("5.2", "reserved bits in a close", [send(frame(CLOSE, rsv=7)), refused(1002)], "3.7")


def reserved_opcodes():
    for group, first in ((1, 3), (2, 11)):
        for number in range(1, 6):
            opcode = first + number - 1
            payload = b"" if number in (1, 3) else b"reserved opcode payload"
            bad = frame(opcode, payload)
            if number < 3:
                steps = [send(bad), refused(1002)]
            else:
                good = frame(TEXT, b"Hello, world!")
                sends = [send(good + bad + frame(PING))] if number != 5 else [send(good + bad + frame(PING), 1)]
                steps = [*sends, expect(TEXT, b"Hello, world!"), refused(1002)]
            yield Case("5.2", f"reserved opcode {opcode}", steps, f"4.{group}.{number}")


def fragments():
    section = "5.4"
    one, two, ping = frame(TEXT, b"fragment1", fin=False), frame(CONT, b"fragment2"), frame(PING, b"ping payload")
    both, pong = expect(TEXT, b"fragment1fragment2"), expect(PONG, b"ping payload")
    plain = frame(TEXT, b"Hello, world!")
    yield Case("5.5", "fragmented ping", [send(frame(PING, b"a", fin=False) + frame(CONT, b"b")), refused(1002)], "5.1")
    yield Case("5.5", "fragmented pong", [send(frame(PONG, b"a", fin=False) + frame(CONT, b"b")), refused(1002)], "5.2")
    for number, (way, sends) in enumerate(ways([one, two]), 3):
        yield Case(section, f"text in two fragments, {way}", [*sends, both, *bye()], f"5.{number}")
    for number, (way, sends) in enumerate(ways([one, ping, two]), 6):
        yield Case(section, f"a ping between two fragments, {way}", [*sends, pong, both, *bye()], f"5.{number}")
    for last, base in ((True, 9), (False, 12)):
        stray = frame(CONT, b"non-continuation payload", fin=last)
        for number, (way, sends) in enumerate(ways([stray, plain]), base):
            kind = "last" if last else "middle"
            yield Case(section, f"a stray {kind} fragment, {way}", [*sends, refused(1002)], f"5.{number}")
    yield Case(section, "a stray fragment after a message of two",
               [send(one + two + frame(CONT, b"fragment3", fin=False) + plain), both, refused(1002)], "5.15")
    for number, last in ((16, False), (17, True)):
        group = frame(CONT, b"fragment1", fin=last) + frame(TEXT, b"fragment2", fin=False) + frame(CONT, b"fragment3")
        yield Case(section, "a stray fragment before a message, twice", [send(group * 2), refused(1002)], f"5.{number}")
    yield Case(section, "a second first fragment", [send(one + frame(TEXT, b"fragment2")), refused(1002)], "5.18")
    five = [frame(TEXT, b"fragment1", fin=False), frame(CONT, b"fragment2", fin=False), frame(PING, b"pongme 1!"),
            frame(CONT, b"fragment3", fin=False), frame(CONT, b"fragment4", fin=False), frame(PING, b"pongme 2!"),
            frame(CONT, b"fragment5")]
    answers = [expect(PONG, b"pongme 1!"), expect(PONG, b"pongme 2!"),
               expect(TEXT, b"".join(b"fragment%d" % i for i in range(1, 6)))]
    yield Case(section, "five fragments, two pings, with a pause after the first",
               [send(b"".join(five[:3])), answers[0], send(b"".join(five[3:])), *answers[1:], *bye()], "5.19")
    yield Case(section, "five fragments, two pings", [send(b"".join(five)), *answers, *bye()], "5.20")


def closes():
    text, ping, goodbye = frame(TEXT, b"Hello World!"), frame(PING), frame(CLOSE, close_payload(1000))
    closed = ("expect", CLOSE, 1000)
    yield Case("5.5.1", "a message, then a close", [send(text), expect(TEXT, b"Hello World!"), send(goodbye), closed],
               "7.1.1")
    for number, (name, after) in enumerate([("close", goodbye), ("ping", ping), ("message", text)], 2):
        yield Case("5.5.1", f"a {name} after a close is ignored", [send(goodbye + after), closed], f"7.1.{number}")
    yield Case("5.5.1", "a close within a fragmented message",
               [send(frame(TEXT, b"fragment1", fin=False) + goodbye + frame(CONT, b"fragment2")), closed], "7.1.5")
    big = b"BAsd7&jh23" * (26 * KIB)
    yield Case("5.5.1", "a message of 260 KiB, a close, a ping",
               [send(frame(TEXT, big) + goodbye + ping), expect(TEXT, big), closed], "7.1.6")
    yield Case("5.5.1", "a close without a payload", [send(frame(CLOSE)), ("expect", CLOSE, None)], "7.3.1")
    yield Case("5.5.1", "a close of one byte", [send(frame(CLOSE, b"a")), refused(1002)], "7.3.2")
    yield Case("5.5.1", "a close with a code", [send(goodbye), closed], "7.3.3")
    for number, size, code in ((4, 10, 1000), (5, 123, 1000), (6, 124, 1002)):
        yield Case("5.5.1", f"a close with a reason of {size} bytes",
                   [send(frame(CLOSE, close_payload(1000, b"*" * size))), ("expect", CLOSE, code)], f"7.3.{number}")
    bad = "\u03ba\u1f79\u03c3\u03bc\u03b5".encode() + b"\xed\xa0\x80edited"
    yield Case("8.1", "a close whose reason is not UTF-8", [send(frame(CLOSE, close_payload(1000, bad))), refused(1007)],
               "7.5.1")
    good_codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
    for number, code in enumerate(good_codes, 1):
        yield Case("7.4", f"close code {code}", [send(frame(CLOSE, close_payload(code))), ("expect", CLOSE, code)],
                   f"7.7.{number}")
    bad_codes = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]
    for number, code in enumerate(bad_codes, 1):
        yield Case("7.4", f"close code {code}", [send(frame(CLOSE, close_payload(code))), refused(1002)], f"7.9.{number}")
    for number, code in enumerate((5000, 65535), 1):
        yield Case("7.4", f"close code {code}", [send(frame(CLOSE, close_payload(code))), refused(1002)], f"7.13.{number}")


def large():
    for group, opcode in ((1, TEXT), (2, BINARY)):
        for number, size in enumerate((64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB), 1):
            yield echo("5.2", f"{size // KIB} KiB in one frame", f"9.{group}.{number}", fill(opcode, size), opcode)
    for group, opcode in ((3, TEXT), (4, BINARY)):
        for number in range(1, 10):
            size = 64 * 4 ** (number - 1)
            yield echo("5.4", f"4 MiB in fragments of {size} bytes", f"9.{group}.{number}", fill(opcode, 4 * MIB), opcode,
                       fragment=size)
    for group, opcode in ((5, TEXT), (6, BINARY)):
        for number in range(1, 7):
            chop = 64 << (number - 1)
            yield echo("5.2", f"1 MiB in pieces of {chop} bytes", f"9.{group}.{number}", fill(opcode, MIB), opcode, chop)
    for group, opcode in ((7, TEXT), (8, BINARY)):
        for number, size in enumerate((0, 16, 64, 256, 1024, 4096), 1):
            payload = fill(opcode, size)
            trip = [send(frame(opcode, payload)), expect(opcode, payload)]
            yield Case("5.6", f"1,000 round trips of {size} bytes", trip * 1000 + bye(), f"9.{group}.{number}")
    yield echo("5.4", "64 KiB in fragments of 1,300 bytes", "10.1.1", b"*" * (64 * KIB), TEXT, fragment=1300)


def fill(opcode, size):
    return b"*" * size if opcode == TEXT else os.urandom(size)


def beyond_autobahn():
    """Rules that the suite leaves out."""
    yield Case("5.1", "an unmasked text frame", [send(frame(TEXT, b"x", masked=False)), refused(1002)])
    yield Case("5.1", "an unmasked ping", [send(frame(PING, masked=False)), refused(1002)])
    yield Case("5.1", "an unmasked close", [send(frame(CLOSE, close_payload(1000), masked=False)), refused(1002)])
    yield Case("5.1", "an unmasked frame after good ones",
               [send(frame(BINARY, b"ok") + frame(BINARY, b"x", masked=False)), expect(BINARY, b"ok"), refused(1002)])
    yield Case("5.3", "a mask of zeros", [send(frame(TEXT, b"plain", key=b"\0\0\0\0")), expect(TEXT, b"plain"), *bye()])
    for size in range(1, 9):
        yield Case("5.3", f"a masked payload of {size} bytes, by byte",
                   [send(frame(BINARY, bytes(range(size))), 1), expect(BINARY, bytes(range(size))), *bye()])
    for length_bytes, size in ((2, 0), (2, 125), (8, 125), (8, 126), (8, 65535)):
        yield Case("5.2", f"{size} bytes in a length of {length_bytes} bytes",
                   [send(frame(BINARY, b"x" * size, length_bytes=length_bytes)), refused(1002)])
    for declared, code in ((1 << 63, 1002), ((1 << 64) - 1, 1002), ((1 << 63) - 1, 1009), (1 << 32, 1009)):
        yield Case("5.2", f"a declared length of {declared:#x}",
                   [send(frame(BINARY, b"", length_bytes=8, declared=declared)), refused(code)])
    for opcode, name in ((PONG, "pong"), (CLOSE, "close")):
        yield Case("5.5", f"a {name} of 126 bytes", [send(frame(opcode, b"\x03\xe8" + b"x" * 124)), refused(1002)])
    yield Case("5.5", "a ping of 65,536 bytes, declared", [send(frame(PING, b"", declared=65536)), refused(1002)])
    yield Case("5.5", "a fragmented close", [send(frame(CLOSE, close_payload(1000), fin=False)), refused(1002)])
    yield Case("5.4", "empty fragments", [send(message(BINARY, b"", None)), expect(BINARY), *bye()])
    yield Case("5.4", "a binary message within a text message",
               [send(frame(TEXT, b"a", fin=False) + frame(BINARY, b"b")), refused(1002)])
    for code in (1012, 1013, 1014):
        yield Case("7.4", f"close code {code}", [send(frame(CLOSE, close_payload(code))), ("expect", CLOSE, code)])
    yield Case("7.4", "close code 1015", [send(frame(CLOSE, close_payload(1015))), refused(1002)])


def autobahn():
    import utf8_cases

    for group in (payloads_of_group_1, pings, reserved_bits, reserved_opcodes, fragments, utf8_cases.cases, closes, large):
        yield from group()
