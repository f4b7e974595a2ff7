"""Everything that a person does in a room, done through the models."""

import sys
import unittest

import bench


class Chat(bench.Bench):
    def test_messages_edits_reactions_replies_and_deletions_show(self):
        self.assertEqual("ok\n", self.run_client("data", self.token(7, 70), "chat"))

    def test_a_restart_goes_on_with_the_same_log(self):
        token = self.token(7, 70)
        room = self.run_client("data", token, "room").strip()
        for word in ("a", "b"):
            self.assertEqual("ok\n", self.run_client("data", token, "send", room, word, 3, self.folder / "shown"))
        everything = [f"{word}-{i}" for word in ("a", "b") for i in (1, 2, 3)]
        self.assertEqual(everything, self.run_client("data", token, "dump", room).split())
        self.assertEqual(everything, self.run_client("fresh", self.token(7, 71), "dump", room).split())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
