"""The client with all its pages is killed fifty times while somebody types."""

import json
import sys
import unittest

from killing import Killing


class PagesKilled(Killing):
    def test_what_was_seen_is_in_the_log_once_and_in_order(self):
        def start(number, token, room):
            person = self.pages("data", "--server", self.url, "--token", token)
            person.click("Test")
            person.process.stdin.write(f"flood r{number} {self.shown}\n")
            person.process.stdin.flush()
            return person.process

        print(json.dumps(self.kill_and_judge(50, start, 25)))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
