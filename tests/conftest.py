"""Fixtures that every floor may use."""

import logging
from collections.abc import Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test.utils import setup_databases, teardown_databases
from huey.contrib.djhuey import HUEY
from psycopg.conninfo import make_conninfo

from core.money.selectors import ledger_faults
from tests.canaries import Guard, watch_mailbox
from tests.template import prepare_template
from tests.world import World

GUARD = Guard()


@pytest.fixture(autouse=True, scope="session")
def log_guard() -> Iterator[None]:
    """Every line of the log is read by somebody who knows what must not be there."""
    loggers = [logging.getLogger(), logging.getLogger("huey")]
    for logger in loggers:
        logger.addHandler(GUARD)
    yield
    for logger in loggers:
        logger.removeHandler(GUARD)
    assert GUARD.taken() == []


@pytest.fixture(autouse=True)
def nothing_private_in_the_log(log_guard: None) -> Iterator[None]:
    """A test in which something private was written to the log has failed. Threads may write late, and fail the next one."""
    yield
    assert GUARD.taken() == []


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
        prepare_template()
        made = setup_databases(verbosity=0, interactive=False, aliases={DEFAULT_DB_ALIAS}, keepdb=kept)
        move_queue()
        watch_mailbox()
    yield
    with django_db_blocker.unblock():
        faults = ledger_faults()
        leave_queue()
        if not django_db_keepdb:
            teardown_databases(made, verbosity=0)
    assert faults == []


def move_queue() -> None:
    """The queue lies in the test database, as the real one lies in the real one: what tests commit wakes nobody outside."""
    HUEY.storage.close()
    HUEY.storage.dsn = make_conninfo(HUEY.storage.dsn, dbname=connection.settings_dict["NAME"])
    HUEY.storage.initialize_schema()


def leave_queue() -> None:
    """No thread that ever queued something keeps the database from going."""
    HUEY.storage.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
            ["marketplace-queue"],
        )


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
