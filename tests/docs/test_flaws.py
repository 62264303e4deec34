"""docs/flaws.md names every flaw that must not come back, and for each the test that fails when it does."""

import ast
import re
from typing import NamedTuple

import pytest

from core.settings import ROOT

NUMBERS = [*(f"F{number}" for number in range(1, 58)), *(f"F-{number:02}" for number in range(1, 61))]
NOT_BUILT = "not built yet"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


class Row(NamedTuple):
    """One row of a table."""

    number: str
    flaw: str
    guard: str
    test: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        return TEST.findall(self.test)


def rows_of(page: str) -> list[Row]:
    """Every line of a table that begins with the number of a flaw."""
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| F"))
    return [Row(*row) for row in cells]


def functions_of(path: str) -> set[str]:
    """The names of all functions of a file, of none when there is no such file."""
    file = ROOT / path
    return {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)} if file.exists() else set()


PAGE = (ROOT / "docs" / "flaws.md").read_text()
ROWS = rows_of(PAGE)


def test_every_flaw_stands_on_the_page_once_and_in_order():
    assert [row.number for row in ROWS] == NUMBERS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_a_row_says_what_was_wrong_and_how_it_is_held_off(row):
    assert row.flaw
    assert row.guard


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)
def test_a_row_names_tests_or_says_that_it_is_not_built_yet(row):
    named = ", ".join(f"`{path}::{name}`" for path, name in row.tests)

    assert row.test == (named or NOT_BUILT)
    assert len(set(row.tests)) == len(row.tests)


def test_every_test_that_is_named_exists():
    named = {test for row in ROWS for test in row.tests}

    assert named
    assert sorted(f"{path}::{name}" for path, name in named if name not in functions_of(path)) == []


def test_a_test_that_is_gone_is_noticed():
    assert "test_every_test_that_is_named_exists" in functions_of("tests/docs/test_flaws.py")
    assert "test_nothing" not in functions_of("tests/docs/test_flaws.py")
    assert functions_of("tests/docs/test_nowhere.py") == set()
