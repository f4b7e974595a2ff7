"""The interface takes colours, sizes and durations from Theme.qml alone, and its text can be read in both themes."""

import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UI = ROOT / "client-qt/ui"
PAGE = ROOT / "docs/CLIENT.md"
LITERALS = [
    ("a literal colour", re.compile(r"""["']#[0-9a-fA-F]{3,8}["']""")),
    ("a literal colour", re.compile(r"\bQt\.(rgba|hsla|hsva|lighter|darker)\(")),
    ("a named colour", re.compile(r"""\bcolor:\s*["'](?!transparent["'])\w+["']""")),
    ("a literal font size", re.compile(r"\b(pixelSize|pointSize|letterSpacing|lineHeight):\s*[\d.]+\b")),
    ("a literal font", re.compile(r"\bfamily:\s*[\"']")),
    ("a literal duration", re.compile(r"\bduration:\s*[1-9]\d*")),
]
# foreground, backgrounds it stands on
TEXT = [
    ("text", "window sidebar raised field sunken accentSoft mentionSoft dangerSoft warningSoft markBackground"),
    ("textMuted", "window sidebar raised sunken accentSoft mentionSoft"),
    ("textFaint", "window sidebar raised field sunken accentSoft mentionSoft"),
    ("accentText", "window sidebar raised accentSoft mentionSoft"),
    ("accentInk", "accent accentHover"),
    ("mention", "window sidebar raised accentSoft"),
    ("mentionInk", "mention"),
    ("danger", "window raised dangerSoft mentionSoft"),
    ("dangerInk", "danger"),
    ("success", "window"),
    ("warningText", "warningSoft"),
    ("window", "text"),
]
# What is no text but must be seen: lines around fields, focus rings, presence.
SHAPES = [("borderStrong", "window field"), ("accent", "window sidebar raised sunken"), ("online", "window sidebar"), ("offline", "window sidebar")]


def tokens(text):
    """name -> (light, dark) of the opaque colours."""
    found = {}
    for name, dark, light in re.findall(r'property color (\w+): dark \? "(#[0-9a-f]{6})" : "(#[0-9a-f]{6})"', text):
        found[name] = (light, dark)
    return found


def luminance(colour):
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def rows(colours, pairs):
    for front, backs in pairs:
        for back in backs.split():
            yield front, back, *(contrast(colours[front][i], colours[back][i]) for i in (0, 1))


def literals(folder):
    for path in sorted(folder.rglob("*.qml")):
        if path.name == "Theme.qml":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for what, pattern in LITERALS:
                if pattern.search(line.split("//")[0] if "://" not in line else line):
                    yield f"{path.relative_to(folder)}:{number}: {what}"


def table(colours):
    for front, back, light, dark in rows(colours, TEXT):
        yield f"| {front} | {back} | {light:.1f} | {dark:.1f} |"


class Theme(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.colours = tokens((UI / "Theme.qml").read_text(encoding="utf-8"))

    def test_only_the_theme_has_literals(self):
        self.assertGreater(len(list(UI.rglob("*.qml"))), 30)
        self.assertEqual([], list(literals(UI)))

    def test_planted_literals_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "A.qml"
            page.write_text('color: "#fff"\ncolor: "red"\nfont.pixelSize: 13\nduration: 200\ncolor: Qt.rgba(0,0,0,1)\nfont.family: "Inter"\ncolor: "transparent"\n')
            self.assertEqual([f"A.qml:{n}" for n in range(1, 7)], [f.split(": ")[0] for f in literals(pathlib.Path(folder))])

    def test_text_has_a_contrast_of_four_and_a_half(self):
        self.assertEqual([], [r for r in rows(self.colours, TEXT) if min(r[2:]) < 4.5])

    def test_shapes_have_a_contrast_of_three(self):
        self.assertEqual([], [r for r in rows(self.colours, SHAPES) if min(r[2:]) < 3])

    def test_white_can_be_read_on_each_colour_that_a_person_may_choose(self):
        text = (UI / "Theme.qml").read_text(encoding="utf-8")
        palette = re.findall(r"#[0-9a-f]{6}", re.search(r"palette: \[(.*)\]", text)[1])
        self.assertEqual(8, len(palette))
        self.assertEqual([], [c for c in palette if contrast(c, "#ffffff") < 4.5])

    def test_the_page_shows_these_ratios(self):
        shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.fullmatch(r"\| \w+ \| \w+ \| [\d.]+ \| [\d.]+ \|", line)]
        self.assertEqual(list(table(self.colours)), shown)


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print("\n".join(table(tokens((UI / "Theme.qml").read_text(encoding="utf-8")))))
    else:
        unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
