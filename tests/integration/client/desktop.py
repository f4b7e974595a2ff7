"""A desktop for the clients of a bench: a bus with a notification service and a tray (fake_desktop.cpp)."""

import subprocess

import bench


class Desktop(bench.Bench):
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
        self.assertEqual("ready", self.told())

    def told(self):
        """The next notice, or "tray" for an icon in the tray."""
        return self.desktop.stdout.readline().strip()

    def press(self, what):
        """A notice by its number, or "tray": the last icon."""
        self.desktop.stdin.write(f"{what}\n")
        self.desktop.stdin.flush()

    def end(self, process):
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
