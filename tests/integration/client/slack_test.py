"""A Slack archive is imported into an empty server, and somebody of it reads the rooms in the desktop client."""

import pathlib
import runpy
import subprocess
import sys
import unittest

import bench

ARCHIVES = pathlib.Path(__file__).parents[1] / "ctl/foreign_archives.py"


class Slack(bench.Bench):
    def ctl(self, *words, **options):
        subprocess.run([bench.PROGRAMS / "starlingctl", "--config", self.config, *map(str, words)],
                       check=True, stdout=subprocess.DEVNULL, text=True, **options)  # fmt: skip

    def test_its_rooms_are_read_in_the_client(self):
        self.end_server()
        archive = runpy.run_path(str(ARCHIVES))["zip_slack"](self.folder / "slack.zip")
        self.ctl("import", "--from", "slack", archive)
        self.ctl("user", "passwd", "bob", input=self.PASSWORD)
        self.start_server()

        bob = self.pages("bob")
        bob.fill("Server or invitation", self.url)
        bob.click("Continue")
        bob.fill("User name", "bob")
        bob.fill("Password", self.PASSWORD)
        bob.click("Sign in")
        bob.click("general")
        for text in ("see #general & ", "if (a < b) *p = 1;", "[file not imported: cat.png]", "All of us & tea", "👍", "Builder"):
            bob.see(text)
        bob.shot("slack-general")
        bob.click("2 replies")
        bob.see("in the thread")
        bob.shot("slack-thread")
        bob.see("waves")
        for room, text in (("secret", "nobody knows"), ("Ann, Bob B., Cat", "three of us"), ("Ann", "just you")):
            bob.click(room)
            bob.see(text)
        bob.quit()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
