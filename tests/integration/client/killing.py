"""Somebody writes message after message, and the client dies at any moment. What it showed as pending or sent survives, and
is in the log exactly once and in order (G16)."""

import collections
import os
import random
import signal

import bench

SEED = int(os.environ.get("STARLING_TEST_SEED", "16"))


class Killing(bench.Bench):
    def lines(self):
        return self.shown.read_text(encoding="utf-8").split() if self.shown.exists() else []

    def kill_and_judge(self, kills, start, most_between):
        """`start(number, token, room)` begins to write rNUMBER-1, rNUMBER-2, … on what was kept, and returns the process. What
        it shows is a line of self.shown; after 1 to `most_between` of them it dies."""
        rng = random.Random(SEED)
        token, room = self.begin()
        for number in range(kills):
            # Every third time the server does not answer: everything stays in the outbox.
            silent = number % 3 == 1
            if silent:
                self.server.send_signal(signal.SIGSTOP)
            try:
                client = start(number, token, room)
                self.wait_shown(client, rng.randrange(1, most_between))
                client.kill()
                client.communicate()
            finally:
                if silent:
                    self.server.send_signal(signal.SIGCONT)
        return {"kills": kills} | self.judge(kills, token, room)

    def begin(self):
        """Somebody has a room, and has written nothing yet."""
        self.shown = self.folder / "shown"
        token = self.token(7, 70)
        return token, self.run_client("data", token, "room").strip()

    def wait_shown(self, client, more):
        """Until the client has shown so many more messages."""
        goal = len(self.lines()) + more
        self.wait_for("message shown", lambda: len(self.lines()) >= goal or client.poll() is not None)
        self.assertIsNone(client.poll(), "the client ended by itself")

    def judge(self, kills, token, room):
        """What was shown is in the log, and all of it once and in order."""
        self.run_client("data", token, "drain")
        shown = self.lines()
        log = self.run_client("fresh", self.token(7, 71), "dump", room).split()
        counts = collections.Counter(log)
        place = {text: at for at, text in enumerate(log)}
        self.assertGreaterEqual(len(shown), kills)
        self.assertEqual([], [text for text in shown if not counts[text]], "lost")
        self.assertEqual([], [text for text, count in counts.items() if count != 1], "doubled")
        self.assertEqual(sorted(shown, key=place.get), shown, "another order than shown")
        numbers = [tuple(int(part) for part in text[1:].split("-")) for text in log]
        self.assertEqual(sorted(numbers), numbers, "another order than written")
        return {"shown": len(shown), "in_the_log": len(log), "lost": 0, "doubled": 0, "reordered": 0}
