"""A message that nobody looks at is a notice of the desktop; a press on it opens the room."""

import subprocess
import sys
import unittest

import bench


class Notices(bench.Bench):
    SETTINGS = '[accounts]\nregistration = "open"\n'

    def setUp(self):
        super().setUp()
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", f"--address=unix:dir={self.folder}"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.end, self.bus)
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": self.bus.stdout.readline().strip()}
        self.desktop = subprocess.Popen(
            [bench.PROGRAMS / "fake_desktop"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment
        )
        self.addCleanup(self.end, self.desktop)
        self.assertEqual("ready", self.desktop.stdout.readline().strip())

    def notice(self):
        return self.desktop.stdout.readline().strip()

    def end(self, process):
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()

    def test_a_message_elsewhere_is_a_notice_that_opens_the_room(self):
        ann = self.register("Ann Lee", "ann", first=True)
        bob = self.register("Bob Ray", "bob")
        self.open_direct(bob, "ann", "Ann Lee")
        bob.write("The <b>kettle</b> is on")
        self.assertEqual("1 Bob Ray|The &lt;b&gt;kettle&lt;/b&gt; is on", self.notice())
        bob.write("Come!")
        self.assertEqual("1 Bob Ray|Come!", self.notice(), "it replaces the first one")
        self.desktop.stdin.write("1\n")
        self.desktop.stdin.flush()
        ann.see("Message Bob Ray")
        # The room is in front of her now: what is said there is no notice. What somebody else says is.
        bob.write("There you are")
        ann.see("There you are")
        cyd = self.register("Cyd Ash", "cyd")
        self.open_direct(cyd, "ann", "Ann Lee")
        cyd.write("Biscuits?")
        self.assertEqual("2 Cyd Ash|Biscuits?", self.notice())

    def test_a_notice_is_what_the_user_wants_it_to_be(self):
        ann = self.register("Ann Lee", "ann", first=True)
        bob = self.register("Bob Ray", "bob")
        self.open_direct(bob, "ann", "Ann Lee")
        ann.click("Settings")
        ann.click("Notifications")
        ann.click("Show what was written")
        ann.click("Play a sound")
        ann.shot("settings")
        bob.write("A secret")
        self.assertEqual("1 Bob Ray|new message (silent)", self.notice())
        ann.click("For an hour")
        ann.see("Nothing notifies until")
        bob.write("Are you there?")
        ann.see("Are you there?")
        ann.click("Notify again")
        ann.click("Show what was written")
        bob.write("Nobody was told of that")
        self.assertEqual("1 Bob Ray|Nobody was told of that (silent)", self.notice(), "nothing was told while it was quiet")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
