"""Fixtures that every floor may use."""

from collections.abc import Iterator

import pytest
from django.db import connections

from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    """The world of one test, gone after it."""
    return World()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """A world of real commits, for threads and servers. Its rows stay; tests that use it run last and look only at their own."""
    with django_db_blocker.unblock():
        yield World()
        connections.close_all()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that commit for good come after all others."""
    items.sort(key=lambda item: "committed" in getattr(item, "fixturenames", ()))
