"""What the client shows as pending or sent survives its death, and is in the log exactly once and in order (G16)."""

import collections
import os
import random
import signal
import sys
import unittest

import bench

ROUNDS = 14
SEED = int(os.environ.get("STARLING_TEST_SEED", "16"))


class Killed(bench.Bench):
    def lines(self):
        return self.shown.read_text(encoding="utf-8").split() if self.shown.exists() else []

    def test_what_was_shown_is_in_the_log_once_and_in_order(self):
        rng = random.Random(SEED)
        token = self.token(7, 70)
        self.shown = self.folder / "shown"
        room = self.run_client("data", token, "room").strip()
        for number in range(ROUNDS):
            # Every third round the server does not answer: everything stays in the outbox.
            silent = number % 3 == 1
            if silent:
                self.server.send_signal(signal.SIGSTOP)
            try:
                client = self.client("data", token, "send", room, f"r{number}", 100_000, self.shown)
                goal = len(self.lines()) + rng.randrange(1, 120)
                self.wait_for("message shown", lambda: len(self.lines()) >= goal or client.poll() is not None)
                self.assertIsNone(client.poll(), "the client ended by itself")
                client.kill()
                client.communicate()
            finally:
                if silent:
                    self.server.send_signal(signal.SIGCONT)
        self.run_client("data", token, "drain")
        shown = self.lines()
        log = self.run_client("fresh", self.token(7, 71), "dump", room).split()
        counts = collections.Counter(log)
        self.assertGreater(len(shown), ROUNDS)
        self.assertEqual([], [text for text in shown if counts[text] != 1], "not exactly once")
        self.assertEqual([], [text for text, count in counts.items() if count != 1], "twice, though never shown")
        place = {text: at for at, text in enumerate(log)}
        self.assertEqual(sorted(shown, key=place.get), shown, "another order than shown")
        numbers = [tuple(int(part) for part in text[1:].split("-")) for text in log]
        self.assertEqual(sorted(numbers), numbers, "another order than written")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
