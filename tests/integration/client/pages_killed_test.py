"""As killed_test.py, with all pages: somebody types message after message, and the program dies at any moment."""

import collections
import json
import os
import random
import signal
import sys
import unittest

import bench

KILLS = 50
SEED = int(os.environ.get("STARLING_TEST_SEED", "16"))


class PagesKilled(bench.Bench):
    def lines(self):
        return self.shown.read_text(encoding="utf-8").split() if self.shown.exists() else []

    def test_what_was_seen_is_in_the_log_once_and_in_order(self):
        rng = random.Random(SEED)
        token = self.token(7, 70)
        self.shown = self.folder / "shown"
        room = self.run_client("data", token, "room").strip()
        waiting = 0
        for number in range(KILLS):
            # Every third time the server does not answer: everything stays in the outbox.
            silent = number % 3 == 1
            if silent:
                self.server.send_signal(signal.SIGSTOP)
            try:
                person = self.pages("data", "--server", self.url, "--token", token)
                person.click("Test")
                goal = len(self.lines()) + rng.randrange(1, 25)
                person.process.stdin.write(f"flood r{number} {self.shown}\n")
                person.process.stdin.flush()
                self.wait_for("message shown", lambda: len(self.lines()) >= goal or person.process.poll() is not None)
                self.assertIsNone(person.process.poll(), "the client ended by itself")
                person.process.kill()
                person.process.communicate()
                waiting += silent
            finally:
                if silent:
                    self.server.send_signal(signal.SIGCONT)
        self.run_client("data", token, "drain")
        shown = self.lines()
        log = self.run_client("fresh", self.token(7, 71), "dump", room).split()
        counts = collections.Counter(log)
        place = {text: at for at, text in enumerate(log)}
        lost = [text for text in shown if not counts[text]]
        doubled = [text for text, count in counts.items() if count > 1]
        self.assertGreaterEqual(len(shown), KILLS)
        self.assertEqual([], lost)
        self.assertEqual([], doubled)
        self.assertEqual(sorted(shown, key=place.get), shown, "another order than shown")
        numbers = [tuple(int(part) for part in text[1:].split("-")) for text in log]
        self.assertEqual(sorted(numbers), numbers, "another order than written")
        print(json.dumps({"kills": KILLS, "with_a_silent_server": waiting, "shown": len(shown), "in_the_log": len(log), "lost": 0, "doubled": 0, "reordered": 0}))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
