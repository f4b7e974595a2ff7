"""A message that nobody looks at is a notice of the desktop; a press on it opens the room."""

import sys
import unittest

import desktop


class Notices(desktop.Desktop):
    def test_a_message_elsewhere_is_a_notice_that_opens_the_room(self):
        ann = self.register("Ann Lee", "ann", first=True)
        bob = self.register("Bob Ray", "bob")
        self.open_direct(bob, "ann", "Ann Lee")
        bob.write("The <b>kettle</b> is on")
        self.assertEqual("1 Bob Ray|The &lt;b&gt;kettle&lt;/b&gt; is on", self.told())
        bob.write("Come!")
        self.assertEqual("1 Bob Ray|Come!", self.told(), "it replaces the first one")
        self.press(1)
        ann.see("Message Bob Ray")
        # The room is in front of her now: what is said there is no notice. What somebody else says is.
        bob.write("There you are")
        ann.see("There you are")
        cyd = self.register("Cyd Ash", "cyd")
        self.open_direct(cyd, "ann", "Ann Lee")
        cyd.write("Biscuits?")
        self.assertEqual("2 Cyd Ash|Biscuits?", self.told())

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
        self.assertEqual("1 Bob Ray|new message (silent)", self.told())
        ann.click("For an hour")
        ann.see("Nothing notifies until")
        bob.write("Are you there?")
        ann.see("Are you there?")
        ann.click("Notify again")
        ann.click("Show what was written")
        bob.write("Nobody was told of that")
        self.assertEqual("1 Bob Ray|Nobody was told of that (silent)", self.told(), "nothing was told while it was quiet")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
