"""How a list gets more rows, so that its budget is proven at ten and at a thousand.

A room has a file here, `tests/perf/growth/jobs.py`:

    from tests.perf.growth import grows

    @grows("GET /api/jobs")
    def live_jobs(stage, count):
        '''So many more jobs in the feed, written in bulk.'''

A function may stand for several routes. Every list (`page=True`) needs one; a test fails without.
"""

from collections.abc import Callable
from typing import Any

GROWERS: dict[str, Callable[[Any, int], Any]] = {}


def grows(*routes: str) -> Callable[[Callable[[Any, int], Any]], Callable[[Any, int], Any]]:
    """The function adds rows that these routes list."""

    def attach(grow: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
        for route in routes:
            assert route not in GROWERS, f"{route} grows twice"
            GROWERS[route] = grow
        return grow

    return attach
