"""docs/flaws.md names every flaw of the original once, and only tests that there are."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "flaws.md").read_text()
ROWS = [tuple(cell.strip() for cell in line.strip().strip("|").split(" | ")) for line in PAGE.splitlines() if line.startswith("| F")]
FLAWS = [f"F{number}" for number in range(1, 58)] + [f"F-{number:02}" for number in range(1, 62)]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
NOT_BUILT = "not built yet"
# Of which nothing is claimed yet.
LATER: set[str] = set()


@cache
def functions_in(path: str) -> set[str]:
    """The tests that pytest finds in this file."""
    return {node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_flaw_is_on_the_page_once_and_in_order():
    rows = [row for row in ROWS if row[0] != "Flaw"]

    assert [row[0] for row in rows] == FLAWS
    assert [row[0] for row in rows if len(row) != 4 or not all(row)] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] != "Flaw"], ids=lambda row: row[0])
def test_every_row_names_tests_that_there_are_or_claims_nothing(row):
    named = TEST.findall(row[3])

    assert (row[3] == NOT_BUILT) is (row[0] in LATER)
    assert bool(named) is (row[0] not in LATER)
    assert [f"{path}::{test}" for path, test in named if not (ROOT / path).exists() or test not in functions_in(path)] == []
    assert len(named) == len(set(named))
    assert re.sub(r"(`[^`]+`|<br>)", "", row[3]) in ("", NOT_BUILT)


def test_a_test_that_is_gone_would_be_noticed():
    assert "test_a_test_that_is_gone_would_be_noticed" in functions_in("tests/docs/test_flaws.py")
    assert "test_nothing" not in functions_in("tests/docs/test_flaws.py")
