"""docs/lists.md names every list there is, what it can be narrowed by, and the file that tests it."""

import re
from typing import NamedTuple

import pytest

from api.routes import routes
from core.catalogues import ROOT

PAGE = (ROOT / "docs" / "lists.md").read_text()
ROW = re.compile(r"^\| [^|]+ \| `(GET [^`]+)` \|([^|]*)\| (\S+) \|$", re.MULTILINE)
ROUTES = {route.name: route.description for route in routes()}


class Row(NamedTuple):
    """One row of a table."""

    route: str
    parameters: frozenset[str]
    test: str


ROWS = [Row(route, frozenset(re.findall(r"`(\w+)`", parameters)), test) for route, parameters, test in ROW.findall(PAGE)]


def test_every_row_of_the_tables_is_read():
    assert len(ROWS) == PAGE.count("| `GET ")


def test_every_list_is_on_the_page():
    assert {name for name, description in ROUTES.items() if description.page} - {row.route for row in ROWS} == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
def test_a_row_says_what_the_list_can_be_narrowed_by_and_where_it_is_tested(row):
    assert row.parameters == ROUTES[row.route].parameters - {"limit", "cursor"}
    test = ROOT / row.test
    assert test.exists()
    words = [word for word in row.route.removeprefix("GET /api/").split("/") if not word.startswith("{")]
    assert words[-1] in test.read_text()
