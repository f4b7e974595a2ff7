"""The programs are built as hard as Debian builds its own, by Debian's own check."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = sys.argv[1:]
WEAK = ["-no-pie", "-fno-pie", "-fno-stack-protector", "-Wl,-z,norelro", "-fcf-protection=none"]


def weaknesses(program):
    """The lines of hardening-check that are no good. Control flow integrity is left out: the linker notes it when every object has it,
    and Debian 12's own start-up code (Scrt1.o) does not, so no program can."""
    run = subprocess.run(["hardening-check", "--nocfprotection", program], capture_output=True, text=True)
    lines = [line.strip() for line in run.stdout.splitlines()]
    return [line for line in lines if ": no" in line and not line.startswith("Control flow")], run.returncode


def begins_with_a_mark(program, function):
    """Whether an indirect branch may land there (endbr64): what -fcf-protection writes, in the code itself."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", program],
                          check=True, capture_output=True, text=True).stdout  # fmt: skip
    return re.search(rf"<{function}>:\n\s+[0-9a-f]+:\s+endbr64", code) is not None


class Programs(unittest.TestCase):
    maxDiff = None

    def test_have_no_weakness(self):
        self.assertNotEqual([], PROGRAMS)
        for program in PROGRAMS:
            self.assertEqual(([], 0), weaknesses(program), program)

    def test_mark_where_an_indirect_branch_may_land(self):
        for program in PROGRAMS:
            self.assertTrue(begins_with_a_mark(program, "main"), program)

    def test_a_weak_one_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            source, weak = pathlib.Path(folder) / "weak.cpp", pathlib.Path(folder) / "weak"
            source.write_text("#include <cstring>\nint main(int, char** argv) { char a[64]; std::strcpy(a, argv[0]); return a[1]; }\n")
            subprocess.run(["g++", *WEAK, "-o", weak, source], check=True)
            found, status = weaknesses(weak)
            kinds = {line.split(":")[0] for line in found}
            self.assertLessEqual({"Position Independent Executable", "Stack protected", "Read-only relocations", "Immediate binding"}, kinds)
            self.assertEqual(1, status)
            self.assertFalse(begins_with_a_mark(weak, "main"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"])
