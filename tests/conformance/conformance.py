"""Drives RFC 6455 against the programs of this build, over raw sockets, and prints a table by section.

    python3 conformance.py [--echo BIN/ws_echo_server] [--server BIN] [--only TEXT]

The last line is JSON; the exit code is 0 when every case passed.
"""

import argparse
import collections
import contextlib
import json
import pathlib
import subprocess
import sys

import cases
import handshake_cases
import production
from wire import BINARY, CLOSE, NAMES, Peer, Violation, close_payload, frame


def brief(payload):
    return f"{payload[:16]!r} of {len(payload)} bytes" if len(payload) > 16 else repr(payload)


def check(step, received):
    got, payload = received
    if step[0] == "frame":
        if got != BINARY or payload[:1] != bytes([step[1] << 3 | 2]):
            raise Violation(f"{NAMES[got]} {brief(payload)}, not a frame of field {step[1]}")
        return
    _, opcode, wanted = step
    if opcode == CLOSE and got == CLOSE:
        payload = int.from_bytes(payload[:2], "big") if payload else None
    if (got, payload) == (opcode, wanted):
        return
    shown = [f"{NAMES[op]} {value if op == CLOSE else brief(value)}" for op, value in ((got, payload), (opcode, wanted))]
    raise Violation(f"{shown[0]}, not {shown[1]}")


def run(case, port):
    with Peer(port) as peer:
        peer.upgrade()
        for step in case.steps:
            if step[0] == "send":
                peer.send(*step[1:])
            else:
                check(step, peer.receive())
        # Ours ends the closing handshake when the server began it; else it is ignored.
        peer.send(frame(CLOSE, close_payload(1000)))
        peer.ended()


@contextlib.contextmanager
def echo_server(program):
    """Yields its port. It ends when its standard input does."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield int(server.stdout.readline())
        server.stdin.close()
        if server.wait(timeout=10) != 0:
            raise SystemExit(f"the echo server ended with {server.returncode}")


class Table:
    def __init__(self):
        self.rows = collections.defaultdict(lambda: [0, 0])
        self.failures = []
        self.autobahn = 0

    def add(self, where, case, runner, *arguments):
        row = self.rows[case.section]
        row[0] += 1
        self.autobahn += bool(case.autobahn)
        try:
            runner(case, *arguments)
            row[1] += 1
        except Violation as violation:
            number = f" (Autobahn {case.autobahn})" if case.autobahn else ""
            self.failures.append(f"{where}, section {case.section}, {case.name}{number}: {violation}")

    def print(self):
        order = lambda section: [int(part) for part in section.split(".")]
        print(f"{'section':<10}{'cases':>6}{'passed':>8}")
        for section in sorted(self.rows, key=order):
            print(f"{section:<10}{self.rows[section][0]:>6}{self.rows[section][1]:>8}")
        for failure in self.failures:
            print(f"FAILED {failure}")
        total, passed = (sum(row[i] for row in self.rows.values()) for i in (0, 1))
        counts = {"cases": total, "of_autobahn": self.autobahn, "passed": passed, "failed": total - passed}
        print(json.dumps({"conformance": counts}))
        return total == passed and total > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--echo", metavar="PROGRAM", help="the echo server: large messages and text")
    parser.add_argument("--server", metavar="FOLDER", type=pathlib.Path, help="of starlingd and starlingctl")
    parser.add_argument("--only", default="", help="only cases whose name, section or number contains this")
    options = parser.parse_args()
    table = Table()
    every = [*cases.autobahn(), *cases.beyond_autobahn()]
    numbers = {case.autobahn for case in every} - {""}
    assert len(numbers) == 301, f"{len(numbers)} cases of the Autobahn suite, not 301"

    def drive(where, port, all_cases):
        wanted = lambda case: options.only in f"{case.section} {case.name} {case.autobahn}"
        for case in filter(wanted, all_cases):
            table.add(where, case, run, port)
        for case in filter(wanted, handshake_cases.cases()):
            table.add(where, case, handshake_cases.run, port)

    if options.echo:
        with echo_server(options.echo) as port:
            drive("echo server", port, every)
    if options.server:
        with production.starlingd(options.server) as (port, token):
            drive("starlingd", port, [*map(production.translated, every), *production.logins(token)])
    return 0 if table.print() else 1


if __name__ == "__main__":
    sys.exit(main())
