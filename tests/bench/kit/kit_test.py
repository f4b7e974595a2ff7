"""What the benches' drivers decide by: the search for a knee, and the verdict."""

import contextlib
import io
import json
import sys
import unittest

from kernel import SOCKET_CACHES, buffer_bytes, cache_bytes
from search import highest
from verdict import Verdict, broken_promises


class Search(unittest.TestCase):
    def test_it_finds_the_edge_from_below_and_from_above(self):
        for edge in (40_000, 89_999, 90_001, 123_456, 2_000_000):
            found = highest(lambda rate, edge=edge: rate <= edge, 90_000)
            self.assertLessEqual(found, edge)
            self.assertGreater(found * 1.06, edge)

    def test_it_gives_up_where_nothing_is_good(self):
        asked = []
        self.assertIsNone(highest(lambda rate: asked.append(rate), 90_000))
        self.assertLess(len(asked), 15)

    def test_it_stops_at_the_most_that_is_asked_for(self):
        self.assertGreaterEqual(highest(lambda rate: True, 100, most=1_000), 1_000)


class Verdicts(unittest.TestCase):
    def close(self, verdict):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = verdict.close()
        return code, out.getvalue(), json.loads(out.getvalue().splitlines()[-1])

    def test_what_keeps_its_bars_passes_with_one_line_of_json(self):
        verdict = Verdict("x")
        verdict.figure("a", 5, at_most=5)
        verdict.figure("b", 5, at_least=5)
        code, _, figures = self.close(verdict)
        self.assertEqual((0, {"bench": "x", "a": 5, "b": 5, "pass": True}), (code, figures))

    def test_a_missed_bar_fails_and_is_named(self):
        for bar in ({"at_most": 4}, {"at_least": 6}):
            verdict = Verdict("x")
            verdict.figure("a", 5, **bar)
            code, text, figures = self.close(verdict)
            self.assertEqual((1, False), (code, figures["pass"]))
            self.assertIn("missed: a is 5", text)

    def test_a_broken_promise_fails_whatever_the_figures(self):
        verdict = Verdict("x")
        verdict.figure("a", 5, at_most=5)
        verdict.wrong("gaps: 1")
        self.assertEqual(1, self.close(verdict)[0])

    def test_each_promise_is_looked_at(self):
        whole = dict.fromkeys(("gaps", "doubles", "altered", "missing", "refused", "closed", "resets"), 0)
        self.assertEqual({}, broken_promises(whole))
        for name in whole:
            self.assertEqual({name: 3}, broken_promises(whole | {name: 3}))


SLABINFO = """\
slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
TCPv6                104    104   2496   13    8 : tunables    0    0    0 : slabdata      8      8      0
TCP                   65    117   2368   13    8 : tunables    0    0    0 : slabdata      7      9      0
filp                1359   1386    192   21    1 : tunables    0    0    0 : slabdata     66     66      0
"""


class Kernel(unittest.TestCase):
    def test_slabs_of_the_named_caches_count_whole(self):
        self.assertEqual((9 * 8 + 66) * 4096, cache_bytes(SLABINFO, SOCKET_CACHES))
        self.assertEqual(66 * 4096, cache_bytes(SLABINFO, ("filp",)))

    def test_buffers_are_those_of_tcp(self):
        self.assertEqual(146 * 4096, buffer_bytes("sockets: used 23\nTCP: inuse 1 orphan 0 tw 0 alloc 1 mem 146\nFRAG: inuse 0 memory 7\n"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + ["-v"] + sys.argv[1:])
