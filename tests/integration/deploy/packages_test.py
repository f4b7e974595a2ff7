"""The packages for Debian hold what belongs to them, say what they need, and satisfy Debian's own check."""

import functools
import pathlib
import re
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "deploy/debian/starlingd"
HOLDS = {
    "starlingd": {
        "/usr/bin/starlingd", "/lib/systemd/system/starlingd.service", "/lib/systemd/system/starlingd@.service",
        "/usr/lib/sysusers.d/starling.conf", "/usr/lib/tmpfiles.d/starling.conf", "/etc/starling/starling.toml",
        "/usr/share/doc/starlingd/examples/haproxy.cfg", "/usr/share/doc/starlingd/examples/60-starling.conf",
    },
    "starlingctl": {"/usr/bin/starlingctl"},
    "starling-loadsim": {"/usr/bin/starling-loadsim"},
    "starling": {"/usr/bin/starling", "/usr/share/applications/starling.desktop", "/usr/share/icons/hicolor/scalable/apps/starling.svg"},
}  # fmt: skip
# A library that each program cannot do without, and no other package would bring.
NEEDS = {"starlingd": {"libpq5", "libzmq5", "systemd"}, "starlingctl": {"libsodium23"}, "starling-loadsim": {"libprotobuf-lite32"},
         "starling": {"libqt6quick6", "qml6-module-qtquick"}}  # fmt: skip


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@functools.cache
def packages():
    """name -> file."""
    return {output("dpkg-deb", "-f", deb, "Package").strip(): deb for deb in FOLDER.glob("*.deb")}


def files_of(deb):
    """path -> (mode, owner), of all but folders."""
    lines = (line.split(maxsplit=5) for line in output("dpkg-deb", "-c", deb).splitlines())
    return {line[5].removeprefix("."): (line[0], line[1]) for line in lines if line[0][0] != "d"}


def field(deb, name):
    return output("dpkg-deb", "-f", deb, name).strip()


class Packages(unittest.TestCase):
    maxDiff = None

    def test_are_the_four(self):
        self.assertEqual(set(HOLDS), set(packages()))

    def test_hold_their_own_files_and_no_others(self):
        for name, deb in packages().items():
            documents = {f"/usr/share/doc/{name}/copyright", f"/usr/share/doc/{name}/changelog.Debian.gz"}
            files = files_of(deb)
            self.assertEqual(HOLDS[name] | documents, set(files))
            for path, (mode, owner) in files.items():
                expected = "-rwxr-xr-x" if path.startswith("/usr/bin/") else "-rw-r--r--"
                self.assertEqual((expected, "root/root"), (mode, owner), path)

    def test_say_what_they_need(self):
        for name, deb in packages().items():
            depends = {re.split(r"[ (]", each)[0] for each in field(deb, "Depends").split(", ")}
            self.assertLessEqual(NEEDS[name] | {"libc6"}, depends, name)
            self.assertRegex(field(deb, "Version"), r"^\d+\.\d+\.\d+-\d+$")

    def test_the_servers_carries_its_scripts_and_keeps_its_configuration(self):
        deb = packages()["starlingd"]
        for script in SCRIPTS.iterdir():
            self.assertEqual(script.read_text(encoding="utf-8"), output("dpkg-deb", "-I", deb, script.name))
        scripts = [script for script in SCRIPTS.iterdir() if script.name != "conffiles"]
        self.assertEqual("", output("shellcheck", *scripts))

    def test_satisfy_lintian(self):
        # Their manuals are --help and docs/.
        run = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", "--suppress-tags", "no-manual-page", *packages().values()],
                             capture_output=True, text=True)  # fmt: skip
        self.assertEqual(0, run.returncode, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
