"""Puts a target's best inputs into the tree, after ./dev fuzz has grown its corpus in build/fuzz/corpus/NAME.

    python3 tests/fuzz/minimise.py NAME [FOLDER…]     also takes inputs from each FOLDER

The tree's corpus is replayed by every build, so it is kept to MOST inputs, chosen greedily: next is the one that reaches
most of what none before it did.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST = 80


def reached(program, folders, scratch):
    """File -> what libFuzzer sees it reach, each place counted once however often."""
    control = scratch / "control"
    (scratch / "out").mkdir()
    subprocess.run(
        [program, "-set_cover_merge=1", "-use_counters=0", "-max_len=9000", f"-merge_control_file={control}",
         scratch / "out", *folders],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"LLVM_PROFILE_FILE": "/dev/null"},
    )
    lines = control.read_text(encoding="utf-8").splitlines()
    files = lines[2 : 2 + int(lines[0])]
    matches = (re.fullmatch(r"FT (\d+)((?: \d+)*)", line) for line in lines)
    return {files[int(m[1])]: set(map(int, m[2].split())) for m in matches if m}


def choose(sets):
    sizes = {file: pathlib.Path(file).stat().st_size for file in sets}
    chosen, seen = [], set()
    while len(chosen) < MOST:
        best = max(sets, key=lambda file: (len(sets[file] - seen), -sizes[file], file))
        if sets[best] <= seen:
            break
        chosen.append(best)
        seen |= sets[best]
    return chosen


def main(name, *more):
    corpus = ROOT / "tests/fuzz/corpus" / name
    folders = [f for f in (corpus, ROOT / "build/fuzz/corpus" / name, *map(pathlib.Path, more)) if f.is_dir()]
    with tempfile.TemporaryDirectory() as temporary:
        scratch = pathlib.Path(temporary)
        sets = reached(ROOT / "build/fuzz/bin" / name, folders, scratch)
        chosen = choose(sets)
        kept = scratch / "kept"
        kept.mkdir()
        for file in chosen:
            shutil.copy(file, kept)
        shutil.rmtree(corpus, ignore_errors=True)
        shutil.copytree(kept, corpus)
    print(f"{name}: {len(chosen)} of {len(sets)} inputs, {sum(f.stat().st_size for f in corpus.iterdir())} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
