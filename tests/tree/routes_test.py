"""Every route of the HTTP API that needs a session has a row in the authorization matrix."""

import pathlib
import re
import unittest

import tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
MATRIX = "tests/integration/server/authorization_matrix_test.cpp"
ROUTE = re.compile(r'add\("([A-Z]+)", "(/v1/[^"]*)"')
ROOM_ROW = re.compile(r'http\("[^"]*", "[^"]*", "([A-Z]+)", "([^"]*)"\)')
OWN_ROW = re.compile(r'own\("([A-Z]+)", "([^"]*)"\)')
SEARCH_ROW = re.compile(r'"(/v1/search)\?')


def shape(path):
    """Without a query, and with a star for each thing that is named."""
    return re.sub(r"\{[^}]*\}|(?<=/)(\d+|CODE)(?=/|$)", "*", path.partition("?")[0])


class Routes(unittest.TestCase):
    def test_every_route_with_a_session_has_a_row(self):
        routes = {
            (method, shape(path))
            for file in tree.tracked(ROOT, "server/api/*_routes.cpp")
            for method, path in ROUTE.findall((ROOT / file).read_text(encoding="utf-8"))
        }  # fmt: skip
        self.assertGreater(len(routes), 25)
        matrix = (ROOT / MATRIX).read_text(encoding="utf-8")
        rows = {(method, shape("/v1/rooms/{room}" + path)) for method, path in ROOM_ROW.findall(matrix)}
        rows |= {(method, shape(path)) for method, path in OWN_ROW.findall(matrix)}
        rows |= {("GET", path) for path in SEARCH_ROW.findall(matrix)}
        self.assertEqual(set(), rows - routes, "rows for routes that do not exist")
        self.assertEqual(set(), routes - rows, f"add a row to {MATRIX}")


if __name__ == "__main__":
    unittest.main()
