"""A closed window ends the client, unless somebody asked for it to go on in the tray. On a screen without a desktop (Xvfb)."""

import subprocess
import sys
import unittest

import bench
import desktop


class Tray(desktop.Desktop):
    def setUp(self):
        super().setUp()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.addCleanup(self.end, screen)
        self.environment |= {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{screen.stdout.readline().strip()}", "QT_QUICK_BACKEND": "software"}

    def test_a_closed_window_goes_on_notifying_and_comes_back_from_the_tray(self):
        ann = self.register("Ann Lee", "ann", first=True)
        self.assertEqual("tray", self.told())
        ann.click("Settings")
        ann.click("Notifications")
        ann.click("Keep running when the window is closed")
        ann.close()
        self.environment |= {"QT_QPA_PLATFORM": "offscreen"}  # somebody elsewhere
        bob = self.register("Bob Ray", "bob")
        self.open_direct(bob, "ann", "Ann Lee")
        bob.write("Are you there?")
        self.assertEqual("1 Bob Ray|Are you there?", self.told())
        self.press("tray")
        ann.open()
        ann.click("Keep running when the window is closed")
        ann.close()
        self.assertEqual(0, ann.process.wait(bench.PATIENCE))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
