"""Rules of the pure modules that no compiler checks: what would make a run differ from its repetition."""

import pathlib
import re
import sys
import tempfile
import unittest

import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
PURE = ("common/wire/", "common/ws/", "common/client/", "server/ports/", "server/core/")
# Within the pure modules: (rule, pattern, folders it holds in).
RULES = [
    ("volatile is no synchronisation and no timing", re.compile(r"\bvolatile\b"), PURE),
    (
        "floating point rounds differently by machine and flags: use integers and units",
        re.compile(r"\b(float|double)\b"),
        ("server/core/", "common/client/"),
    ),
    (
        "an unordered container keyed by a pointer iterates in the order of addresses",
        re.compile(r"\bunordered_(multi)?(map|set)\s*<\s*[\w:\s<>]*\*"),
        PURE,
    ),
    ("no mutable state outside objects", re.compile(r"\bthread_local\b"), ("server/core/", "common/client/")),
    ("errors are values", re.compile(r"\b(throw(?! std::bad_alloc)|try|catch)\b"), ("server/core/", "common/client/", "server/ports/")),
]
EVERYWHERE = [
    ("an exception is not swallowed outside a thread's main", re.compile(r"\bcatch\s*\(\s*\.\.\.\s*\)\s*\{\s*\}")),
    ("no work is announced in comments: file an issue", re.compile(r"\b(TODO|FIXME|XXX)\b")),
]


def faults(root):
    for path in tree.sources(root):
        for line, text in tree.code(root, path):
            for why, pattern, folders in RULES:
                if str(path).startswith(folders) and pattern.search(text):
                    yield f"{path}:{line}: {why}"
        raw = (pathlib.Path(root) / path).read_text(encoding="utf-8")
        for why, pattern in EVERYWHERE:
            for match in pattern.finditer(raw):
                yield f"{path}:{raw.count(chr(10), 0, match.start()) + 1}: {why}"
        if path.suffix == ".h" and "#pragma once" not in raw:
            yield f"{path}:1: a header starts with #pragma once"


class Lint(unittest.TestCase):
    maxDiff = None

    def test_the_tree_obeys_the_rules(self):
        self.assertGreater(len(tree.sources(ROOT)), 10, "the tracked sources were not found")
        self.assertEqual([], list(faults(ROOT)))

    def test_planted_violations_are_found(self):
        planted = {
            "server/core/a.cpp": "volatile int v;\ndouble d;\nstd::unordered_map<Conn*, int> m;\nthread_local int t;\nthrow 1;\n",
            "common/client/b.cpp": "float f;\nstd::unordered_set<const ns::T *> s;\n",
            "server/app/c.cpp": "// " + "TODO: later\n",
            "server/store/d.h": "int x;\n",
        }
        fine = {
            "server/core/ok.cpp": '// a double volatile comment\nauto s = "float";\nstd::unordered_map<UserId, T*> m;\n',
            "server/store/ok.cpp": "double seconds;\n",
        }
        with tempfile.TemporaryDirectory() as root:
            for path, text in (planted | fine).items():
                file = pathlib.Path(root) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            expected = {f"{path}:{line}" for path, text in planted.items() for line in range(1, text.count("\n") + 1)}
            self.assertEqual(expected, {f.split(": ", 1)[0] for f in faults(root)})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
