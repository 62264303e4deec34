"""Every route keeps to its budget of statements (perf/budgets.py), and a list costs the same with ten rows and with a thousand.

The calls are the lines of the permission matrix, by the first person who is let in.
"""

import pkgutil
from importlib import import_module

import pytest

from api.routes import routes
from perf.budgets import BUDGETS
from tests.api.lines import all_lines, template_of, undone
from tests.perf import growth
from tests.perf.growth import GROWERS
from tests.perf.statements import counted

for room in pkgutil.iter_modules(growth.__path__):
    import_module(f"{growth.__name__}.{room.name}")

LINES = {line.template: line for line in all_lines() if line.welcome}
FEW, MANY = 10, 1_000


def statements_of(stage, route_name: str) -> list[str]:
    """What the route sends to the database for somebody who is let in."""
    line = LINES[template_of(route_name)]
    path, body = line.filled(stage), line.body_for(stage)
    caller = stage.callers[line.welcome]
    with counted() as statements:
        answer = caller.call(line.method, path, body, **line.headers)
    assert answer.status == line.expected[line.welcome], answer.content.decode()
    return statements


def test_every_route_has_a_budget():
    assert [route.name for route in routes() if route.name not in BUDGETS] == []


def test_every_budget_has_its_route():
    assert sorted(BUDGETS.keys() - {route.name for route in routes()}) == []


def test_every_list_can_grow():
    assert [route.name for route in routes() if route.description.page and route.name not in GROWERS] == []


@pytest.mark.parametrize("route_name", BUDGETS)
def test_a_call_keeps_to_its_budget(stage, route_name):
    with undone():
        statements = statements_of(stage, route_name)

    assert len(statements) <= BUDGETS[route_name], "\n".join(statements)


@pytest.mark.parametrize("route_name", GROWERS)
def test_a_list_costs_the_same_at_any_size(stage, route_name):
    with undone():
        GROWERS[route_name](stage, FEW)
        few = statements_of(stage, route_name)
        GROWERS[route_name](stage, MANY - FEW)
        many = statements_of(stage, route_name)

    assert len(many) == len(few), "\n".join(many)
