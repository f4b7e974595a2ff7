"""Every #include of the tracked sources obeys include_table.toml."""

import fnmatch
import pathlib
import sys
import tempfile
import tomllib
import unittest

import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = tomllib.loads((pathlib.Path(__file__).parent / "include_table.toml").read_text(encoding="utf-8"))


def module_of(path):
    """The longest folder of the table that holds the path, or None."""
    for folder in pathlib.PurePosixPath(path).parents:
        if str(folder) in TABLE["module"]:
            return str(folder)
    return None


def matches(header, patterns):
    return any(fnmatch.fnmatchcase(header, pattern) for pattern in patterns)


def fault(root, path, header, quoted):
    """Why the file may not include the header; None when it may."""
    own = module_of(path)
    if own is None:
        return "is in no module of the include table"
    entry = TABLE["module"][own]
    allowed = list(entry.get("libraries", []))
    for name, patterns in entry.get("files", {}).items():
        if fnmatch.fnmatchcase(path.name, name):
            allowed += patterns
    if matches(header, entry.get("never", [])):
        return f"includes {header}, which {own} must never see"
    if entry.get("pure") and header in TABLE["impure"]:
        return f"includes <{header}>, but {own} is pure"
    if not quoted and header in tree.STANDARD:
        return None
    target = module_of(header)
    if quoted and (target or (pathlib.Path(root) / header).is_file()):
        if target is None:
            return f"includes {header}, which is in no module of the include table"
        reachable = entry.get("modules", [])
        return None if target == own or matches(target, reachable) else f"includes {header}, but {own} may not see {target}"
    return None if matches(header, allowed) else f"includes {header}, a library that {own} may not see"


def faults(root):
    for path in tree.sources(root):
        for line, quoted, header in tree.includes(root, path):
            reason = fault(root, path, header, quoted)
            if reason:
                yield f"{path}:{line}: {reason}"


class IncludeTable(unittest.TestCase):
    maxDiff = None

    def test_every_include_obeys_the_table(self):
        self.assertGreater(len(tree.sources(ROOT)), 10, "the tracked sources were not found")
        self.assertEqual([], list(faults(ROOT)))

    def test_every_module_named_by_the_table_is_in_the_table(self):
        named = {m for entry in TABLE["module"].values() for m in entry.get("modules", [])} - {"*"}
        self.assertEqual(set(), named - set(TABLE["module"]))

    def test_a_planted_violation_is_found(self):
        planted = {
            "server/core/a.cpp": ["<thread>", "<boost/asio.hpp>", '"server/store/s.h"', "<random>", "<unistd.h>"],
            "server/core/b.cpp": ["<iostream>", "<fstream>", "<mutex>", "<atomic>", "<sys/socket.h>", "<spdlog/spdlog.h>"],
            "server/store/s.h": ['"server/core/c.h"', "<boost/asio.hpp>"],
            "server/auth/a.h": ['"server/core/c.h"'],
            "common/client/c.cpp": ['"common/ws/w.h"', '"server/ports/p.h"', "<libpq-fe.h>"],
            "common/wire/w.h": ["<xxhash.h>", "<google/protobuf/arena.h>", '"common/client/c.h"'],
            "common/ws/w.h": ["<boost/beast/http.hpp>", "<openssl/ssl.h>", '"common/wire/w.h"'],
            "loadsim/sim/s.cpp": ['"server/runtime/r.h"'],
            "loadsim/check/o.h": ['"server/core/c.h"'],
            "elsewhere/e.cpp": ["<vector>"],
        }
        fine = {
            "server/core/c.h": ["<vector>", '"server/ports/p.h"', '"common/base/b.h"', '"server/core/c.h"'],
            "common/wire/w.cpp": ["<xxhash.h>", "<google/protobuf/arena.h>", '"starling.pb.h"'],
            "common/ws/w.cpp": ["<boost/beast/http.hpp>", "<openssl/sha.h>"],
            "server/store/sqlite/s.cpp": ["<sqlite3.h>", "<thread>", '"server/ports/p.h"'],
            "tests/unit/t.cpp": ["<gtest/gtest.h>", '"server/core/c.h"'],
            "server/ports/p.h": [],
            "server/runtime/r.h": ["<boost/asio.hpp>", '"server/core/c.h"'],
            "common/base/b.h": ["<tl/expected.hpp>"],
            "common/client/c.h": ['"common/wire/w.h"'],
        }
        with tempfile.TemporaryDirectory() as root:
            for path, headers in (planted | fine).items():
                file = pathlib.Path(root) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("#pragma once\n" + "".join(f"#include {h}\n" for h in headers), encoding="utf-8")
            expected = {f"{path}:{line}" for path, headers in planted.items() for line in range(2, 2 + len(headers))}
            self.assertEqual(expected, {f.rsplit(": ", 1)[0] for f in faults(root)})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
