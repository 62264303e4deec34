"""All lines of the matrix, and the stage on which they are played."""

import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import transaction

from tests.api import matrix
from tests.api.matrix import PLACEHOLDER, Line


def all_lines() -> list[Line]:
    """Every line of every room."""
    rooms = sorted(module.name for module in pkgutil.iter_modules(matrix.__path__))
    return [line for room in rooms for line in import_module(f"{matrix.__name__}.{room}").LINES]


def template_of(route_name: str) -> str:
    """`GET /api/jobs/{pk}` as lines are recognized: `GET /api/jobs/{}`."""
    return PLACEHOLDER.sub("{}", route_name)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
