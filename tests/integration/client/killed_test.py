"""The client without its pages is killed while it writes."""

import sys
import unittest

from killing import Killing


class Killed(Killing):
    def test_what_was_shown_is_in_the_log_once_and_in_order(self):
        def start(number, token, room):
            return self.client("data", token, "send", room, f"r{number}", 100_000, self.shown)

        self.kill_and_judge(14, start, 120)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
