"""The figures of docs/CLUSTER.md are what its inputs and formulas give, and its inputs are what this project measured and has in force."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tools import plan  # noqa: E402


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


def number_in(path, pattern):
    return float(re.search(pattern, text_of(path))[1].replace(",", "").replace("'", ""))


class Plan(unittest.TestCase):
    maxDiff = None

    def test_figures_are_what_the_page_says_they_are_made_of(self):
        page = text_of("docs/CLUSTER.md")
        self.assertEqual(page, plan.computed(page), "python3 tools/plan.py --write puts them right")
        self.assertGreater(len(plan.figures_of(page, plan.inputs_of(page))), 15)

    def test_inputs_are_what_was_measured_and_is_in_force(self):
        inputs = plan.inputs_of(text_of("docs/CLUSTER.md"))
        measured = lambda name: number_in("docs/BENCHMARKS.md", rf'"bench":"pg-message".*"{name}":([\d.]+)')  # noqa: E731
        shards_max = number_in("server/ports/view.h", r"kShardsMax = (\d+)")
        config = "server/core/config.h"
        store = "server/store/postgres/config.h"
        expected = {
            "session_bytes": number_in("docs/BENCHMARKS.md", r"MB before, ([\d,]+) bytes a session"),
            "pushes_core": number_in("README.md", r"([\d,]+) a second from one core in small rooms"),
            "pg_send_us": measured("batch_1_cpu_us"),
            "pg_batch_us": measured("batch_256_cpu_us"),
            "pg_mark_us": measured("mark_cpu_us"),
            "wal_bytes": measured("cold_wal_bytes"),
            "disk_bytes": measured("disk_bytes_per_event"),
            "sessions_s": number_in(config, r"sessions_per_s = (\d+)"),
            "pg_conns": number_in(store, r"connections = (\d+)") + 2 + number_in(store, r"readers = (\d+)") + 1
            + number_in("server/search/limits.h", r"kFindersMax = (\d+)"),
            "shards": number_in("server/ports/numbering.h", r"kShardsPerNode = (\d+)"),
            "nodes_max": shards_max / number_in("server/ports/numbering.h", r"kShardsPerNode = (\d+)"),
            "proxy_conns": number_in("deploy/haproxy/haproxy.cfg", r"maxconn (\d+)"),
        }
        self.assertEqual(expected, {name: inputs[name] for name in expected})

    def test_a_figure_that_is_wrong_is_put_right(self):
        page = "| `each` | 2,000 | why |\n| `all` | `users * each / 3` | 1 | 2 | 3 | what |\n"
        self.assertEqual(["667,000,000", "6,670,000,000", "66,700,000,000"], re.findall(r" ([\d,]+) \|", plan.computed(page).split("\n")[1]))

    def test_figures_are_short(self):
        self.assertEqual(["0", "0.057", "3", "12", "1,230", "99"], [plan.shown(x) for x in (0, 0.05678, 3, 12.34, 1234.5, 99.4)])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
