#!/usr/bin/env python3
"""Writes fold_table.cpp: what fold.cpp folds beyond ASCII, from Python's Unicode data.

    python3 server/search/fold_table.py > server/search/fold_table.cpp

A character becomes its case-folded compatibility decomposition without the marks that a searcher leaves out. Letters of
their own (Cyrillic й, kana with a voicing mark, a syllable of Hangul, vowel signs of Indic scripts) stay what they are.
"""

import unicodedata

MARKS = [(0x300, 0x36F), (0x483, 0x489), (0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7),
         (0x610, 0x61A), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E4), (0x6E7, 0x6E8),
         (0x6EA, 0x6ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F),
         (0x1F3FB, 0x1F3FF), (0xE0100, 0xE01EF)]
LETTERS = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"}
# Whole blocks that fold.cpp composes by rule, or that are letters with their marks.
KEPT = [(0x904, 0xDFF), (0xE00, 0xFFF), (0x1000, 0x109F), (0x1B00, 0x1B7F), (0x3041, 0x309A), (0x309D, 0x309E),
        (0x30A0, 0x30FE), (0xAC00, 0xD7A3), (0x11000, 0x11FFF)]
KEPT_CYRILLIC = "йїўѝ"


def is_mark(cp):
    return any(first <= cp <= last for first, last in MARKS) or unicodedata.category(chr(cp)) == "Cf"


def folded(cp):
    char = chr(cp)
    if any(first <= cp <= last for first, last in KEPT):
        return char
    if char.lower() in KEPT_CYRILLIC:
        return char.lower()
    if is_mark(cp):
        return ""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold()).casefold()
    text = "".join(c for c in text if not is_mark(ord(c)))
    text = "".join(LETTERS.get(c, c) for c in text)
    # Halfwidth jamo and the like decompose into jamo; squared kana into voiced kana: composed they are as typed.
    text = unicodedata.normalize("NFC", text)
    return " " if text != "" and text.strip() == "" else text


def rows(table):
    """Runs {first, count, step, to, to_step}: first + i * step becomes to + i * to_step."""
    by_cp = {cp: ord(text) for cp, text in table.items() if len(text) == 1}
    done = set()
    for cp, to in sorted(by_cp.items()):
        if cp in done:
            continue
        best = (1, 1, 1)
        for step, to_step in ((1, 1), (1, 0), (2, 2), (2, 0)):
            count = 1
            while by_cp.get(cp + count * step) == to + count * to_step and cp + count * step not in done:
                count += 1
            if count > best[0]:
                best = (count, step, to_step)
        count, step, to_step = best
        done.update(cp + i * step for i in range(count))
        yield cp, count, step, to, to_step


def packed(items, width=118):
    line = ""
    for item in items:
        if line and len(line) + len(item) + 1 > width:
            yield line.rstrip()
            line = ""
        line += item + " "
    yield line.rstrip()


def main():
    table = {}
    for cp in range(0x80, 0x110000):
        if 0xD800 <= cp <= 0xDFFF or 0xE000 <= cp <= 0xF8FF or cp >= 0xF0000:
            continue
        text = folded(cp)
        if text != chr(cp):
            table[cp] = text
    dropped = []
    for cp in sorted(cp for cp, text in table.items() if text == ""):
        if dropped and dropped[-1][1] == cp - 1:
            dropped[-1][1] = cp
        else:
            dropped.append([cp, cp])
    print("// Made by fold_table.py from Unicode " + unicodedata.unidata_version + "; not edited by hand.")
    print('#include "server/search/fold_table.h"\n\n#include <array>\n')
    print("namespace starling::search {\nnamespace {\n\n// clang-format off")
    runs = sorted(rows(table))
    print("constexpr std::array<FoldRun, %d> kRuns{{" % len(runs))
    print("\n".join(packed("{%d,%d,%d,%d,%d}," % run for run in runs)))
    print("}};")
    print("constexpr std::array<FoldText, %d> kTexts{{" % sum(len(t) > 1 for t in table.values()))
    print("\n".join(packed('{%d,"%s"},' % (cp, text.replace("\\", "\\\\").replace('"', '\\"')) for cp, text in sorted(table.items()) if len(text) > 1)))
    print("}};")
    print("constexpr std::array<FoldRange, %d> kDropped{{" % len(dropped))
    print("\n".join(packed("{%d,%d}," % (first, last) for first, last in dropped)))
    print("}};")
    print("// clang-format on\n\n}  // namespace\n")
    print("std::span<const FoldRun> fold_runs() { return kRuns; }")
    print("std::span<const FoldText> fold_texts() { return kTexts; }")
    print("std::span<const FoldRange> fold_dropped() { return kDropped; }\n")
    print("}  // namespace starling::search")


main()
