"""Every list of the API, walked page by page while rows are added to it: nothing that stood there is skipped, and nothing comes twice.

The calls are the lines of the permission matrix, by the first person who is let in; the rows come from tests/perf/growth.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from api.routes import Route, routes
from tests.api.callers import Answer, Caller
from tests.api.lines import template_of, undone
from tests.perf.growth import GROWERS
from tests.perf.test_budgets import LINES

# What an order has to be asked with.
ASKED_WITH = {
    ("GET /api/jobs", "budget"): "currency=RUB&",
    ("GET /api/creators", "price_asc"): "currency=RUB&",
    ("GET /api/creators", "price_desc"): "currency=RUB&",
}
# These begin now and are followed: what they miss, or tell twice, is looked for in tests/live and tests/outbox.
FOLLOWED = {"GET /api/events", "GET /api/outbox/pull"}
AT_FIRST, BETWEEN, PAGES, LIMIT = 10, 2, 4, 3
LISTS = [route for route in routes() if route.description and route.description.page and route.name not in FOLLOWED]
# Each list in each of its orders; None where it has but one.
ORDERS = [pytest.param(route, sort, id=f"{route.name} {sort or ''}") for route in LISTS for sort in (route.description.sorts or (None,))]


class Walker:
    """Somebody who reads one list."""

    def __init__(self, stage: Any, route: Route, sort: str | None) -> None:
        line = LINES[template_of(route.name)]
        self.caller: Caller = stage.callers[line.welcome]
        path = line.filled(stage)
        self.path = f"{path}{'&' if '?' in path else '?'}{f'sort={sort}&' if sort else ''}{ASKED_WITH.get((route.name, sort), '')}"

    def ask(self, limit: int, cursor: str | None = None) -> Answer:
        return self.caller.get(f"{self.path}limit={limit}{f'&cursor={cursor}' if cursor else ''}")

    def pages(self, *, slow: int = 0) -> Iterator[list[Any]]:
        """The items page by page: so many short pages first, the rest in long ones."""
        cursor = None
        while True:
            page = self.ask(LIMIT if slow > 0 else 100, cursor).data
            yield [mark(item) for item in page["items"]]
            cursor, slow = page["nextCursor"], slow - 1
            if cursor is None:
                return

    def all(self) -> list[Any]:
        return [item for page in self.pages() for item in page]


def mark(item: dict[str, Any]) -> Any:
    """By what the item is known again."""
    return item.get("id") or orjson.dumps(item, option=orjson.OPT_SORT_KEYS)


def spoiled(cursor: str, place: int) -> str:
    """The cursor with another letter in this place."""
    return cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]


def test_whatever_takes_a_cursor_is_walked():
    unwalked = {route.name for route in routes() if "cursor" in route.description.parameters and route not in LISTS}

    assert unwalked <= FOLLOWED


@pytest.mark.parametrize(("route", "sort"), ORDERS)
def test_a_walk_shows_what_stood_there_once_and_in_order_while_rows_are_added(stage, route, sort):
    grow = GROWERS[route.name]
    with undone():
        walker = Walker(stage, route, sort)
        grow(stage, AT_FIRST)
        at_start = walker.all()
        seen = []
        for number, page in enumerate(walker.pages(slow=PAGES)):
            seen += page
            if number < PAGES:
                grow(stage, BETWEEN)
        at_end = walker.all()

    assert len(at_start) > LIMIT * (PAGES - 1), "the list is too short for this walk"
    assert len(at_end) > len(at_start), "nothing was added"
    assert len(seen) == len(set(seen))
    assert [item for item in seen if item in set(at_start)] == at_start
    assert [item for item in at_end if item in set(seen)] == seen


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in LISTS])
def test_a_changed_cursor_opens_nothing(stage, route):
    with undone():
        walker = Walker(stage, route, None)
        GROWERS[route.name](stage, AT_FIRST)
        cursor = walker.ask(LIMIT).data["nextCursor"]
        answers = [walker.ask(LIMIT, spoiled(cursor, place)) for place in (0, len(cursor) // 2, len(cursor) - 1)]

    assert [(answer.status, answer.code) for answer in answers] == [(400, "VALIDATION_ERROR")] * 3
    assert [set(answer.details["fieldErrors"]) for answer in answers] == [{"cursor"}] * 3
