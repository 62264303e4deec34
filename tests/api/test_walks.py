"""Every list is walked to its end while rows come in between: nobody is shown twice, nobody who was there is left out."""

import json
import pkgutil
from importlib import import_module
from typing import Any

import pytest

from api.routes import routes
from tests.api.lines import all_lines, template_of, undone
from tests.perf import growth
from tests.perf.growth import GROWERS

for room in pkgutil.iter_modules(growth.__path__):
    import_module(f"{growth.__name__}.{room.name}")

LINES = {line.template: line for line in all_lines() if line.welcome}
FOLLOWED = {"GET /api/events"}  # begins now and has no pages: tests/live/test_events.py
LISTS = [route.name for route in routes() if route.description.page and route.name not in FOLLOWED]
FIRST, LATER, LIMIT = 7, 2, 3
PAGES_MAX = 40


def name_of(item: dict[str, Any]) -> str:
    """What tells the item from all others."""
    return str(item.get("id") or json.dumps(item, sort_keys=True))


class Walk:
    """One list, as the first person who is let in reads it."""

    def __init__(self, stage: Any, name: str) -> None:
        self.line = LINES[template_of(name)]
        self.caller = stage.callers[self.line.welcome]
        self.path = self.line.filled(stage)

    def page(self, **asked: Any) -> dict[str, Any]:
        """One page."""
        query = "&".join(f"{parameter}={value}" for parameter, value in asked.items())
        return self.caller.get(f"{self.path}{'&' if '?' in self.path else '?'}{query}", **self.line.headers).data

    def all(self) -> list[str]:
        """Everything that is there now."""
        names, page = [], self.page(limit=100)
        names += map(name_of, page["items"])
        while page["nextCursor"]:
            page = self.page(limit=100, cursor=page["nextCursor"])
            names += map(name_of, page["items"])
        return names


@pytest.mark.parametrize("name", LISTS)
def test_a_walk_while_rows_come_shows_everybody_once(stage, name):
    with undone():
        walk = Walk(stage, name)
        GROWERS[name](stage, FIRST)
        there = walk.all()
        seen, page = [], walk.page(limit=LIMIT)
        for _ in range(PAGES_MAX):
            seen += map(name_of, page["items"])
            if page["nextCursor"] is None:
                break
            GROWERS[name](stage, LATER)
            page = walk.page(limit=LIMIT, cursor=page["nextCursor"])

    assert len(there) >= FIRST
    assert len(seen) == len(set(seen))
    # A list that is read oldest first never ends while rows come; what was there comes before them.
    assert [each for each in seen if each in there] == there
