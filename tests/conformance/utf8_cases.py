"""Section 8.1: text is UTF-8, whole and in every cut. Autobahn's group 6; the sequences are those of Markus Kuhn's test
file and of the Unicode standard's table of well-formed ones."""

from cases import Case, bye, expect, refused, send
from wire import CONT, TEXT, frame, message

KOSME = "\u03ba\u1f79\u03c3\u03bc\u03b5".encode()  # 11 bytes
HELLO = "Hello-\xb5@\xdf\xf6\xe4\xfc\xe0\xe1-UTF-8!!".encode()
SURROGATE = b"\xed\xa0\x80"


def is_utf8(data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def judged(name, number, data):
    """Python's own decoder says what must happen."""
    end = [expect(TEXT, data), *bye()] if is_utf8(data) else [refused(1007)]
    return Case("8.1", name, [send(frame(TEXT, data)), *end], number)


def pieces():
    section = "8.1"
    yield Case(section, "empty text", [send(frame(TEXT)), expect(TEXT), *bye()], "6.1.1")
    empty = frame(TEXT, fin=False) + frame(CONT, fin=False)
    yield Case(section, "text of three empty fragments", [send(empty + frame(CONT)), expect(TEXT), *bye()], "6.1.2")
    middle = frame(TEXT, fin=False) + frame(CONT, b"middle frame payload", fin=False) + frame(CONT)
    yield Case(section, "text whose ends are empty", [send(middle), expect(TEXT, b"middle frame payload"), *bye()], "6.1.3")
    yield judged("whole", "6.2.1", HELLO)
    border = len("Hello-\xb5@\xdf\xf6\xe4".encode())
    halves = frame(TEXT, HELLO[:border], fin=False) + frame(CONT, HELLO[border:])
    yield Case(section, "cut between two characters", [send(halves), expect(TEXT, HELLO), *bye()], "6.2.2")
    for number, data in ((3, HELLO), (4, KOSME)):
        yield Case(section, f"{len(data)} fragments of one byte",
                   [send(message(TEXT, data, 1)), expect(TEXT, data), *bye()], f"6.2.{number}")
    bad = KOSME + SURROGATE + b"edited"
    yield Case(section, "a surrogate in the middle", [send(frame(TEXT, bad)), refused(1007)], "6.3.1")
    yield Case(section, "a surrogate in the middle, a byte a fragment", [send(message(TEXT, bad, 1)), refused(1007)], "6.3.2")


def fail_fast():
    """The refusal must come with the first byte that cannot be, not with the message's end, which never comes."""
    section, above = "8.1", b"\xf4\x90\x80\x80"  # U+110000
    yield Case(section, "refused at a fragment",
               [send(frame(TEXT, KOSME, fin=False)), send(frame(CONT, above, fin=False)), refused(1007)], "6.4.1")
    yield Case(section, "refused at the second byte of a character, in a fragment",
               [send(frame(TEXT, KOSME + b"\xf4", fin=False)), send(frame(CONT, b"\x90", fin=False)), refused(1007)], "6.4.2")
    whole = frame(TEXT, KOSME + above + b"edited")
    cut = 6 + len(KOSME)
    yield Case(section, "refused within a frame", [send(whole[:cut]), send(whole[cut : cut + 4]), refused(1007)], "6.4.3")
    yield Case(section, "refused at the second byte of a character, within a frame",
               [send(whole[: cut + 1]), send(whole[cut + 1 : cut + 2]), refused(1007)], "6.4.4")


def lonely(first, last):
    return b"".join(bytes([lead, 0x20]) for lead in range(first, last + 1))


CUT = [b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xf8\x80\x80\x80", b"\xfc\x80\x80\x80\x80", b"\xdf", b"\xef\xbf",
       b"\xf7\xbf\xbf", b"\xfb\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf"]
HIGH, LOW = [b"\xed\xa0\x80", b"\xed\xad\xbf", b"\xed\xae\x80", b"\xed\xaf\xbf"], [b"\xed\xb0\x80", b"\xed\xbf\xbf"]

SEQUENCES = [
    ("6.5", "valid", [b"", KOSME, HELLO, KOSME * 2, "\u20ac\U00010348".encode()]),
    ("6.6", "prefix of a valid text", [KOSME[:size] for size in range(1, 12)]),
    ("6.7", "first of its length", [b"\0", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80"]),
    ("6.8", "first of five and six bytes", [b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"]),
    ("6.9", "last of its length", [b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf"]),
    ("6.10", "last of four to six bytes", [b"\xf7\xbf\xbf\xbf", b"\xfb" + b"\xbf" * 4, b"\xfd" + b"\xbf" * 5]),
    ("6.11", "boundary", [b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80"]),
    ("6.12", "unexpected continuation",
     [b"\x80", b"\xbf", *((b"\x80\xbf" * 3)[:size] for size in range(2, 7)), bytes(range(0x80, 0xC0))]),
    ("6.13", "lonely first byte",
     [lonely(0xC0, 0xDF), lonely(0xE0, 0xEF), lonely(0xF0, 0xF7), lonely(0xF8, 0xFB), lonely(0xFC, 0xFD)]),
    ("6.14", "last byte missing", CUT),
    ("6.15", "all of those", [b"".join(CUT)]),
    ("6.16", "impossible byte", [b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
    ("6.17", "overlong slash",
     [b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf"]),
    ("6.18", "greatest overlong",
     [b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xf8\x87\xbf\xbf\xbf", b"\xfc\x83\xbf\xbf\xbf\xbf"]),
    ("6.19", "overlong zero",
     [b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf8\x80\x80\x80\x80", b"\xfc\x80\x80\x80\x80\x80"]),
    ("6.20", "surrogate", [*HIGH, LOW[0], b"\xed\xbe\x80", LOW[1]]),
    ("6.21", "pair of surrogates", [high + low for high in HIGH for low in LOW]),
    ("6.22", "code point that is no character",
     [chr(plane << 16 | last).encode() for plane in range(17) for last in (0xFFFE, 0xFFFF)]),
    ("6.23", "special", [chr(point).encode() for point in range(0xFFF9, 0x10000)]),
]


def cases():
    yield from pieces()
    yield from fail_fast()
    for group, name, sequences in SEQUENCES:
        for number, data in enumerate(sequences, 1):
            yield judged(f"{name}: {data[:12].hex(' ')}", f"{group}.{number}", data)
