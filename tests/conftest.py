"""Fixtures that every floor may use."""

from collections.abc import Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.test.utils import setup_databases, teardown_databases

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
    real database.
    """
    kept = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={DEFAULT_DB_ALIAS}, keepdb=kept)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment, django_db_blocker, django_db_modify_db_settings
) -> Iterator[None]:
    """The test database, also for tests without pytest-django's own mark: none of them may ever fall back on the real one."""
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=verbosity, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=verbosity)


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
