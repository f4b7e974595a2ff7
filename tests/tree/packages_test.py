"""Whatever the tree includes, finds or runs is installed by cmake/packages.txt, and by the tag that needs it first."""

import ast
import functools
import importlib.util
import pathlib
import re
import subprocess
import sys
import unittest

import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
TAGS = ("build", "test", "fmt", "fuzz", "fresh")
INCLUDE_DIRS = [
    pathlib.Path(p)
    for p in (
        "/usr/include/c++/12",
        "/usr/include/x86_64-linux-gnu/c++/12",
        "/usr/lib/gcc/x86_64-linux-gnu/12/include",
        "/usr/include",
        "/usr/include/x86_64-linux-gnu",
        "/usr/include/postgresql",
        "/usr/lib/llvm-19/lib/clang/19/include",
        *sorted(pathlib.Path("/usr/include/x86_64-linux-gnu/qt6").glob("Qt*")),
    )
]
# find_package(NAME) and pkg_check_modules(… NAME): the package that holds it. A name that is not here fails the test.
FOUND = {
    "benchmark": "libbenchmark-dev", "Boost": "libboost1.81-dev", "CLI11": "libcli11-dev", "fmt": "libfmt-dev",
    "GTest": "libgtest-dev", "LibArchive": "libarchive-dev", "OpenSSL": "libssl-dev", "PkgConfig": "pkgconf", "Protobuf": "libprotobuf-dev",
    "Python3": "python3", "Qt6": "qt6-base-dev", "Qt6Quick": "qt6-declarative-dev", "Qt6WebSockets": "qt6-websockets-dev",
    "spdlog": "libspdlog-dev",
    "SQLite3": "libsqlite3-dev", "Threads": "g++", "tomlplusplus": "libtomlplusplus-dev", "tl-expected": "libexpected-dev",
    "libpq": "libpq-dev", "libsodium": "libsodium-dev", "libxxhash": "libxxhash-dev", "sqlite3": "libsqlite3-dev", "openssl": "libssl-dev",
    "libsystemd": "libsystemd-dev", "cppzmq": "cppzmq-dev", "hiredis": "libhiredis-dev", "libzmq": "libzmq3-dev",
}  # fmt: skip
# Programs that scripts may run, beyond what Debian's essential packages, the shell and coreutils have.
PROGRAMS = {
    "ccache": "ccache", "cpack": "cmake", "clang++-19": "clang-19", "clang-format-19": "clang-format-19", "cmake": "cmake",
    "ctest": "cmake", "curl": "curl", "g++": "g++", "gdb": "gdb", "git": "git", "hardening-check": "devscripts", "haproxy": "haproxy",
    "ip": "iproute2", "jq": "jq",
    "lintian": "lintian", "nft": "nftables", "psql": "postgresql-15", "redis-server": "redis-server", "systemd-analyze": "systemd",
    "llvm-cov-19": "llvm-19", "llvm-profdata-19": "llvm-19", "mmdebstrap": "mmdebstrap", "ninja": "ninja-build",
    "node": "nodejs", "npm": "npm", "objdump": "binutils", "openssl": "openssl", "perf": "linux-perf", "protoc": "protobuf-compiler",
    "ps": "procps", "run-clang-tidy-19": "clang-tidy-19", "sqlite3": "sqlite3", "shellcheck": "shellcheck", "ss": "iproute2", "strace": "strace",
    "tc": "iproute2", "testssl": "testssl.sh", "valgrind": "valgrind", "Xvfb": "xvfb", "xvfb-run": "xvfb", "/usr/bin/python3": "python3", "python3": "python3",
}  # fmt: skip
NODE_MODULES = {"ws": "node-ws"}


def package_list(text):
    """name -> tag of the list's lines, which raises where a line is not NAME TAG # WHY."""
    listed = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"(\S+) +(\w+) +# \S.*", line)
        if not match or match[2] not in TAGS:
            raise ValueError(f"cmake/packages.txt: not NAME TAG # WHY: {line}")
        if match[1] in listed:
            raise ValueError(f"cmake/packages.txt: twice: {match[1]}")
        listed[match[1]] = match[2]
    return listed


@functools.cache
def installed():
    """package -> what it depends on, of everything on this machine; virtual packages name their providers."""
    out = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}|${Package}|${Depends}, ${Pre-Depends}|${Provides}\n"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    names = lambda field: set(re.findall(r"(?:^|[,|]) *([a-z0-9][a-z0-9+.-]*)", field))  # noqa: E731
    graph = {}
    for line in out.splitlines():
        status, name, depends, provides = line.split("|", 2)[:2] + line.split("|", 2)[2].rsplit("|", 1)
        if status == "installed":
            graph.setdefault(name, set()).update(names(depends))
            for virtual in names(provides):
                graph.setdefault(virtual, set()).add(name)
    return graph


def closure(packages):
    seen, queue = set(), list(packages)
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += installed().get(name, ())
    return seen


@functools.cache
def owners():
    """path -> the package that installed it. As dpkg-query -S, which reads all of it for each path."""
    found = {}
    for listing in pathlib.Path("/var/lib/dpkg/info").glob("*.list"):
        package = listing.stem.split(":")[0]
        for line in listing.read_text(encoding="utf-8").splitlines():
            found.setdefault(line, package)
    return found


def owner(path):
    """The package that installed the file; None when no package did."""
    return owners().get(str(path)) or owners().get(str(path.resolve()))


def tags_of(path):
    """The tags whose packages are there when the file is built or run."""
    text = str(path)
    if text.startswith("tests/fuzz/") or text in ("tools/dev/fuzz.sh", "tools/dev/sim.sh"):
        return ("build", "test", "fuzz")
    if text == "tools/dev/fresh.sh":
        return ("build", "fresh")
    if text.startswith("tests/tree/") or text in ("tools/dev/fmt.sh", "tools/dev/tidy.sh", "tools/dev/test.sh"):
        return ("build", "test", "fmt")
    if text.startswith(("tests/", "client-qt/", "tools/chaos/", "tools/cluster/", "tools/packages/", "tools/dev/bench.sh", "tools/dev/chaos.sh", "tools/dev/cluster.sh", "tools/dev/package.sh")):
        return ("build", "test")
    return ("build",)


class Packages(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.listed = package_list((ROOT / "cmake/packages.txt").read_text(encoding="utf-8"))
        cls.paths = tree.tracked(ROOT)

    @functools.cache
    def reachable(self, tags):
        return closure(name for name, tag in self.listed.items() if tag in tags)

    def missing(self, path, package, what):
        tags = tags_of(path)
        return [] if package in self.reachable(tags) else [f"{path}: {what} is of {package}, not listed for {'+'.join(tags)}"]

    def test_the_list_is_sorted_and_each_line_says_why(self):
        names = list(self.listed)
        self.assertEqual(sorted(names), names)
        for bad in ("cmake", "cmake build", "cmake what # why", "a build # x\na build # y"):
            self.assertRaises(ValueError, package_list, bad)

    def test_every_included_header_is_installed(self):
        faults, checked = [], 0
        for path in tree.sources(ROOT):
            for line, quoted, header in tree.includes(ROOT, path):
                if quoted and ((ROOT / header.split("/")[0]).is_dir() or header.endswith((".pb.h", ".moc"))):
                    continue
                file = next((d / header for d in INCLUDE_DIRS if (d / header).is_file()), None)
                package = file and owner(file)
                checked += 1
                if package is None:
                    faults.append(f"{path}:{line}: no package of this machine holds {header}")
                else:
                    faults += self.missing(path, package, header)
        self.assertGreater(checked, 20)
        self.assertEqual([], faults)

    def test_everything_that_cmake_finds_is_installed(self):
        faults = []
        for path in self.paths:
            if path.name != "CMakeLists.txt" and path.suffix != ".cmake":
                continue
            text = re.sub(r"#.*", "", (ROOT / path).read_text(encoding="utf-8"))
            found = re.findall(r"find_package\(\s*([\w-]+)", text)
            if "Qt6" in found and "WebSockets" in text:
                found.append("Qt6WebSockets")
            if "Qt6" in found and "Quick" in text:
                found.append("Qt6Quick")
            for arguments in re.findall(r"pkg_check_modules\(\s*\w+([^)]*)\)", text):
                words = [w for w in re.split(r"\s+", arguments) if w and not w.isupper() and w != "IMPORTED_TARGET"]
                found += ["PkgConfig"] + [re.split("[<>=]", w)[0] for w in words]
            found += [p for p in re.findall(r"find_program\(\s*\w+\s+(?:NAMES\s+)?([\w+.-]+)", text)]
            for name in found:
                package = FOUND.get(name) or PROGRAMS.get(name) or (name if name in self.listed else None)
                if package is None:
                    faults.append(f"{path}: tell packages_test.py which package holds {name}")
                elif path.parts[0] == "cmake" and name in ("GTest", "benchmark"):
                    faults += self.missing(pathlib.PurePosixPath("tests/x"), package, name)
                else:
                    faults += self.missing(path, package, name)
        self.assertEqual([], faults)

    def test_every_program_that_a_script_runs_is_installed(self):
        faults = []
        for path in self.paths:
            script = str(path) in ("dev", ".ci/run") or path.suffix in (".sh", ".py", ".js", ".mjs")
            if not script or path.name == pathlib.Path(__file__).name:
                continue
            text = (ROOT / path).read_text(encoding="utf-8")
            if path.suffix == ".py":
                strings = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                words = {s.split("/")[-1] if s.startswith("/usr/bin/") else s for s in strings}
            elif path.suffix in (".js", ".mjs"):
                words = set()
            else:
                # A command begins a line, or follows an operator, an array's parenthesis, or a runner such as xargs.
                bare = re.sub(r"(?m)^\s*#.*|<<'(\w+)'[\s\S]*?^\1$", "", text)
                words = set(re.findall(r"(?m)(?:^|[;|&({]|\$\(|\b(?:exec|env|then|do|else|xargs|if|!)\b[^|;\n]*?)\s*([\w/+.-]+)", bare))
            for word in sorted(words & PROGRAMS.keys()):
                faults += self.missing(path, PROGRAMS[word], word)
        self.assertEqual([], faults)

    def test_every_imported_module_is_installed(self):
        faults = []
        for path in self.paths:
            if path.suffix == ".py":
                for name in self.python_imports(path):
                    faults += self.missing(path, name, "an import")
            elif path.suffix in (".js", ".mjs"):
                text = (ROOT / path).read_text(encoding="utf-8")
                faults += self.missing(path, "nodejs", "JavaScript")
                for module in re.findall(r"""(?:require\(|from )['"]([^'".:/][^'":]*)['"]""", text):
                    if module in NODE_MODULES:
                        faults += self.missing(path, NODE_MODULES[module], module)
        self.assertEqual([], faults)

    def python_imports(self, path):
        """The packages of the modules that the script imports, its neighbours, the project's folders and Python's library left out."""
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in {n.split(".")[0] for n in names} - set(sys.stdlib_module_names):
                if any((folder / f"{name}.py").exists() or (folder / name).is_dir() for folder in ((ROOT / path).parent, ROOT)):
                    continue
                spec = importlib.util.find_spec(name)
                yield (spec and spec.origin and owner(pathlib.Path(spec.origin))) or f"(nothing installed: {name})"

    def test_a_package_taken_off_the_list_is_missed(self):
        for package, header in (("libxxhash-dev", "xxhash.h"), ("libexpected-dev", "tl/expected.hpp")):
            less = closure(name for name in self.listed if name != package)
            self.assertEqual(package, owner(pathlib.Path("/usr/include") / header))
            self.assertNotIn(package, less)
            self.assertIn("libc6-dev", less)  # through g++


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
