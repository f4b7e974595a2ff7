"""The service's units are as hardened as they claim, wait for what they start, and differ in nothing but their paths."""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
UNITS = (DEPLOY / "systemd/starlingd.service", DEPLOY / "systemd/starlingd@.service")
# systemd-analyze counts in tenths: 15 is 1.5 of 10, of which an unhardened service has 9.6.
EXPOSURE_MAX = 15


def text_of(path):
    return path.read_text(encoding="utf-8")


def settings_of(path):
    """The unit without comments, as it would be for the server that is alone."""
    lines = [line for line in text_of(path).splitlines() if line and not line.startswith(("#", "Description="))]
    return [line.replace("/%i.toml", "/starling.toml").replace("/%i", "") for line in lines]


class Units(unittest.TestCase):
    maxDiff = None

    def test_expose_little(self):
        for unit in UNITS:
            command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", unit]
            run = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(0, run.returncode, (run.stdout + run.stderr)[-2000:])

    def test_give_a_drain_its_grace(self):
        grace = int(re.search(r"^drain_grace_s = (\d+)", text_of(DEPLOY / "config/starling.toml"), re.M)[1])
        for unit in UNITS:
            self.assertGreater(int(re.search(r"^TimeoutStopSec=(\d+)", text_of(unit), re.M)[1]), grace)

    def test_differ_in_their_paths_alone(self):
        alone, node = map(settings_of, UNITS)
        self.assertEqual(alone, node)

    def test_watch_the_server(self):
        for unit in UNITS:
            self.assertRegex(text_of(unit), r"(?m)^Type=notify$")
            self.assertRegex(text_of(unit), r"(?m)^WatchdogSec=\d+$")

    def test_what_must_not_start_again_is_the_servers_own_end(self):
        """systemd compares RestartPreventExitStatus= with how the main process ended, and with no other's end."""
        for unit in UNITS:
            self.assertRegex(text_of(unit), r"(?m)^RestartPreventExitStatus=1 2 78$")
            self.assertNotRegex(text_of(unit), r"(?m)^ExecStartPre=")

    def test_their_user_and_folders_are_made(self):
        user = re.search(r"^User=(\w+)", text_of(UNITS[0]), re.M)[1]
        self.assertRegex(text_of(DEPLOY / "sysusers.d/starling.conf"), rf"(?m)^u {user} ")
        secrets = re.search(r"^LoadCredential=\w+:(\S+)", text_of(UNITS[0]), re.M)[1]
        self.assertRegex(text_of(DEPLOY / "tmpfiles.d/starling.conf"), rf"(?m)^d {secrets} 0700 root root$")


class Sysctl(unittest.TestCase):
    def test_no_connection_takes_the_port_of_a_sentinel(self):
        text = text_of(DEPLOY / "sysctl.d/60-starling.conf")
        low, high = map(int, re.search(r"(?m)^net.ipv4.ip_local_port_range = (\d+) (\d+)$", text).groups())
        reserved = map(int, re.search(r"(?m)^net.ipv4.ip_local_reserved_ports = (\S+)$", text)[1].split(","))
        self.assertEqual(set(), {port for port in (7008, 8008, 26379) if low <= port <= high} - set(reserved))

    def test_every_value_is_the_kernels_and_has_a_reason_above_it(self):
        lines = text_of(DEPLOY / "sysctl.d/60-starling.conf").splitlines()
        settings = [i for i, line in enumerate(lines) if line and not line.startswith("#")]
        self.assertGreater(len(settings), 0)
        for i in settings:
            name, _, value = lines[i].partition(" = ")
            self.assertTrue(value, lines[i])
            self.assertTrue((pathlib.Path("/proc/sys") / name.replace(".", "/")).exists(), name)
            self.assertTrue(lines[i - 1].startswith("# "), f"{name} has no reason")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
