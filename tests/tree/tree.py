"""The tracked files of the project and what they include: shared by the checks in this folder."""

import pathlib
import re
import subprocess

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)

STANDARD = frozenset(
    """algorithm any array atomic barrier bit bitset cassert ccomplex cctype cerrno cfenv cfloat charconv chrono
    cinttypes climits clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal
    cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem
    format forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch
    limits list locale map memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio
    regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept stop_token
    streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo
    unordered_map unordered_set utility valarray variant vector version
    assert.h ctype.h errno.h fenv.h float.h inttypes.h limits.h locale.h math.h setjmp.h signal.h stdarg.h stdbool.h
    stddef.h stdint.h stdio.h stdlib.h string.h time.h uchar.h wchar.h wctype.h""".split()
)


def tracked(root, *patterns):
    """Paths relative to root, of the files git tracks; of all files where there is no git (a source archive)."""
    root = pathlib.Path(root)
    if (root / ".git").exists():
        out = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
        paths = [pathlib.PurePosixPath(p) for p in out.split("\0") if p and (root / p).is_file()]
    else:
        paths = [p.relative_to(root) for p in root.rglob("*") if p.is_file() and p.parts[len(root.parts)] != "build"]
    return sorted(p for p in paths if not patterns or any(p.match(pattern) for pattern in patterns))


def sources(root):
    return tracked(root, "*.h", "*.cpp")


def includes(root, path):
    """(line, quoted, header) of every #include directive of the file."""
    text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1] == '"', match[2]


def code(root, path):
    """(line, text) of the file without comments and without the insides of string and character literals."""
    text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
    token = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\'', re.DOTALL
    )
    blank = token.sub(lambda m: ('""' if '"' in m[0][:2] else " ") + "\n" * m[0].count("\n"), text)
    return list(enumerate(blank.split("\n"), 1))
