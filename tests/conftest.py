"""Fixtures that every floor may use."""

from collections.abc import Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.test.utils import setup_databases, teardown_databases

from core.money.selectors import ledger_faults
from tests.world import World


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The test database stands, whoever asks.

    pytest-django makes one only when some test has its `db` fixture; a run of nothing but `committed` would then write into the
    real database. When all is over, the books of what was committed for good are right, or the run has failed.
    """
    kept = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={DEFAULT_DB_ALIAS}, keepdb=kept)
    yield
    with django_db_blocker.unblock():
        faults = ledger_faults()
        if not django_db_keepdb:
            teardown_databases(made, verbosity=0)
    assert faults == []


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
