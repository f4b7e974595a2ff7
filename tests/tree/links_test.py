"""Every relative link of the documents leads to a tracked file, and every ./dev command they name exists."""

import pathlib
import re
import sys
import tempfile
import unittest

import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(?:#[^)\s]*)?\)")


def broken_links(root):
    """path: target, of every link that leads nowhere."""
    for path in tree.tracked(root, "*.md"):
        for target in LINK.findall((pathlib.Path(root) / path).read_text(encoding="utf-8")):
            if not (pathlib.Path(root) / path.parent / target).exists():
                yield f"{path}: {target}"


def unknown_commands(root, commands):
    """path: command, of every `./dev COMMAND` that there is not."""
    for path in tree.tracked(root, "*.md"):
        for command in re.findall(r"\./dev ([a-z]+)", (pathlib.Path(root) / path).read_text(encoding="utf-8")):
            if command not in commands:
                yield f"{path}: ./dev {command}"


class Links(unittest.TestCase):
    def test_every_link_of_the_documents_resolves(self):
        self.assertEqual([], list(broken_links(ROOT)))

    def test_every_command_of_the_documents_exists(self):
        commands = re.search(r"commands=\((.*)\)", (ROOT / "dev").read_text(encoding="utf-8"))[1].split()
        self.assertEqual([], list(unknown_commands(ROOT, commands)))

    def test_a_planted_fault_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            page = pathlib.Path(root) / "docs" / "PAGE.md"
            page.parent.mkdir()
            page.write_text("[a](PAGE.md) [b](../GONE.md#x) [c](https://example.org) [d](#here)\n./dev up, ./dev down\n", encoding="utf-8")
            self.assertEqual(["docs/PAGE.md: ../GONE.md"], list(broken_links(root)))
            self.assertEqual(["docs/PAGE.md: ./dev down"], list(unknown_commands(root, ["up"])))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
