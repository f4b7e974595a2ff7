"""./dev says what it can do, refuses what it cannot, and installs nothing twice."""

import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

from shell import bash
import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]


def dev(*arguments):
    return subprocess.run([ROOT / "dev", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/")


class Dev(unittest.TestCase):
    def test_help_describes_every_command_and_no_other(self):
        commands = re.search(r"commands=\((.*)\)", (ROOT / "dev").read_text(encoding="utf-8"))[1].split()
        shown = dev("help")
        self.assertEqual(0, shown.returncode)
        self.assertEqual(set(commands), set(re.findall(r"^  \./dev (\w+)", shown.stdout, re.MULTILINE)))
        self.assertEqual(shown.stdout, dev().stdout)
        self.assertEqual(shown.stdout, dev("test", "--help").stdout)
        self.assertLessEqual(max(map(len, shown.stdout.splitlines())), 120)

    def test_an_unknown_command_names_the_nearest_and_exits_2(self):
        for typed, meant in (("tset", "test"), ("biuld", "build"), ("sabotge", "sabotage"), ("formt", "fmt")):
            refused = dev(typed)
            self.assertEqual(2, refused.returncode)
            self.assertIn(f"Did you mean {meant}?", refused.stderr)

    def test_an_unknown_argument_exits_2(self):
        for arguments in (("fmt", "--chekc"), ("test", "--ful"), ("test", "--filter"), ("fuzz", "long"), ("sim", "--compilers", "many"), ("bench", "nope"), ("up", "--twice"), ("cluster", "--twice"), ("cluster", "stauts"), ("chaos", "C16"), ("chaos", "--minutes"), ("chaos", "--packages", "C1"), ("package", "starlingd")):
            refused = dev(*arguments)
            self.assertEqual(2, refused.returncode, (arguments, refused.stdout, refused.stderr))
            self.assertIn(arguments[-1], refused.stderr)

    def test_only_missing_packages_are_installed(self):
        fake = "as_root() { echo \"$*\"; }\npackages_of() { printf '%s\\n' \"$@\"; }\n"
        self.assertEqual("", bash(fake + "ensure_packages bash dpkg").stdout)
        asked = bash(fake + "ensure_packages bash starling-no-such-package").stdout
        self.assertRegex(asked, r"apt-get .*update\n")
        # The install's own output goes to a log, so what is announced stands for it.
        self.assertIn("Installing 1 packages: starling-no-such-package", asked)

    def test_a_failed_install_names_the_packages_and_fails(self):
        fake = "as_root() { [[ $* == *update* ]]; }\npackages_of() { echo starling-no-such-package; }\n"
        failed = bash(fake + "ensure_packages x\necho reached")
        self.assertEqual(1, failed.returncode)
        self.assertIn("starling-no-such-package", failed.stderr)
        self.assertNotIn("reached", failed.stdout)

    def test_a_taken_port_is_seen(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            self.assertEqual("taken", bash('port_taken "$1" && echo taken', port).stdout.strip())
            self.assertNotEqual(port, bash('free_port "$1"', port).stdout.strip())

    def test_stages_add_up_and_a_failure_fails(self):
        stages = '. tools/dev/test.sh\nensure_packages() { :; }\ntest_stages=("a | always | check_stage true" "b | always | %s")\ncmd_test'
        good = bash(stages % "check_stage true")
        self.assertEqual((0, "2 passed, 0 failed"), (good.returncode, good.stdout.splitlines()[-1]))
        bad = bash(stages % "check_stage false")
        self.assertEqual((1, "1 passed, 1 failed"), (bad.returncode, bad.stdout.splitlines()[-1]))

    def test_a_build_that_fails_is_one_failure_and_the_next_stage_still_runs(self):
        stages = '. tools/dev/test.sh\nensure_packages() { :; }\nconfigure() { :; }\nbuild_targets() { echo "built $*"; false; }\n'
        run = bash(stages + 'test_stages=("a | always | ctest_stage asan x,y -L ^z$" "b | always | check_stage true")\ncmd_test')
        self.assertIn("built asan x y\n", run.stdout)
        self.assertEqual((1, "1 passed, 1 failed"), (run.returncode, run.stdout.splitlines()[-1]))

    def test_slow_stages_run_only_when_asked_for(self):
        stages = '. tools/dev/test.sh\nensure_packages() { :; }\ntest_stages=("a | always | check_stage true" "b | full | check_stage true")\n'
        self.assertEqual("1 passed, 0 failed", bash(stages + "cmd_test").stdout.splitlines()[-1])
        self.assertEqual("2 passed, 0 failed", bash(stages + "cmd_test --full").stdout.splitlines()[-1])

    def test_the_scripts_are_clean_for_shellcheck(self):
        scripts = [ROOT / p for p in tree.tracked(ROOT, "*.sh")]
        run = subprocess.run(["shellcheck", "-x", ROOT / "dev", ROOT / ".ci/run", *scripts], capture_output=True, text=True, cwd=ROOT)
        self.assertEqual("", run.stdout)

    def test_the_formatter_is_the_pinned_one(self):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp", dir=ROOT / "build" if (ROOT / "build").exists() else None) as file:
            file.write("int  main( ){}\n")
            file.flush()
            out = subprocess.run(["clang-format-19", f"--style=file:{ROOT}/.clang-format", file.name], check=True, capture_output=True, text=True)
            self.assertEqual("int main() {}\n", out.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
