"""How many statements each route may cost, whatever the number of rows. Enforced by tests/perf/test_budgets.py.

A line per route, under its name in the URL conf with the ids as `{pk}`. Statements that only open or close a transaction or a
savepoint do not count; signing in (one), staff rights (one) and the throttle (one) do. Goals: feed 2, detail 3, lists 3,
money verbs 15. A line that rises needs a reason in its commit.
"""

BUDGETS: dict[str, int] = {
    # system
    "GET /api/schema": 0,
    "GET /api/health": 0,
    "GET /api/health/live": 0,
}
