"""purity_test.py NM ARCHIVE…: the archives call nothing that makes a run differ from its repetition.

purity_test.py --self-test NM CXX compiles planted violations and expects each to be found."""

import pathlib
import re
import subprocess
import sys
import tempfile

FORBIDDEN = re.compile(
    r"""^(?:
      # clocks
      clock_gettime | clock | gettimeofday | timespec_get | time | ftime | (?:local|gm)time(?:_r)? | nanosleep | usleep | sleep
    | _ZNSt6chrono(?:3_V2)?1[0-9]\w+clock3nowEv
      # entropy
    | getrandom | getentropy | rand | rand_r | srand | s?random | [dlmejn]rand48 | arc4random\w*
    | _ZNSt13random_device\w+ | RAND_(?:priv_)?bytes | randombytes_\w+
      # threads
    | pthread_(?:create|mutex_\w+|rwlock_\w+|cond_\w+|spin_\w+) | _ZNSt6thread\w+ | _ZNSt18condition_variable\w+
      # the operating system
    | socket | connect | bind | listen | accept4? | send(?:to|msg)? | recv(?:from|msg)? | poll | epoll_\w+ | select
    | open(?:at)?(?:64)?(?:_2)? | fopen(?:64)? | read | write | mmap(?:64)? | fork | exec\w+ | system | popen | getpid
    | (?:secure_)?getenv | setenv | syscall
    | _Z\w*basic_(?:[io]?fstream|filebuf)\w* | _ZSt4cout | _ZSt4cerr
    )$""",
    re.VERBOSE,
)


def undefined(nm, archive):
    """(member, symbol) of each undefined symbol of the archive."""
    out = subprocess.run([nm, "-u", "-A", archive], check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        where, _, symbol = line.rpartition(" ")
        yield where.split(":")[1], symbol.split("@")[0]


def violations(nm, archive):
    return sorted({(member, symbol) for member, symbol in undefined(nm, archive) if FORBIDDEN.match(symbol)})


def self_test(nm, cxx):
    planted = {
        "time": "#include <ctime>\nlong f() { return time(nullptr); }",
        "steady_clock": "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }",
        "system_clock": "#include <chrono>\nauto f() { return std::chrono::system_clock::now(); }",
        "rand": "#include <cstdlib>\nint f() { return rand(); }",
        "random_device": "#include <random>\nunsigned f() { return std::random_device{}(); }",
        "thread": "#include <thread>\nvoid f() { std::thread([] {}).join(); }",
        "mutex": "#include <mutex>\nstd::mutex m;\nvoid f() { m.lock(); }\nvoid g() { f(); m.unlock(); }",
        "socket": "#include <sys/socket.h>\nint f() { return socket(1, 1, 0); }",
        "fopen": "#include <cstdio>\nvoid* f() { return fopen(\"x\", \"r\"); }",
        "ifstream": "#include <fstream>\nbool f() { return std::ifstream(\"x\").good(); }",
        "getenv": "#include <cstdlib>\nvoid* f() { return getenv(\"x\"); }",
        "clean": "#include <string>\nstd::string f(int n) { return std::to_string(n) + \"time\"; }",
    }
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in planted.items():
            source = pathlib.Path(folder) / f"{name}.cpp"
            source.write_text(text, encoding="utf-8")
            archive = source.with_suffix(".a")
            subprocess.run([cxx, "-std=c++20", "-O1", "-c", source, "-o", source.with_suffix(".o")], check=True)
            subprocess.run(["ar", "rcs", archive, source.with_suffix(".o")], check=True)
            found = violations(nm, archive)
            if bool(found) == (name == "clean"):
                wrong.append(f"planted {name}: found {found}")
    return wrong


def main(arguments):
    if arguments[0] == "--self-test":
        wrong = self_test(*arguments[1:])
    else:
        nm, *archives = arguments
        wrong = []
        for archive in archives:
            if not any(True for _ in undefined(nm, archive)):
                wrong.append(f"{archive}: nm shows no undefined symbol at all, which cannot be")
            wrong += [f"{archive}({member}): calls {symbol}" for member, symbol in violations(nm, archive)]
    print("\n".join(wrong) or "pure")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
