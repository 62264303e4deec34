"""The engine: a living connection costs no question, a dead one is replaced before it does harm."""

import psycopg
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext


def backend_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def kill(process: int) -> None:
    """The server ends that connection."""
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"],
        password=settings["PASSWORD"] or None,
        dbname=settings["NAME"],
        autocommit=True,
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])


def next_request() -> None:
    """What happens between two requests on one thread."""
    connection.health_check_done = False
    connection.close_if_unusable_or_obsolete()


def test_a_living_connection_is_used_without_a_question(committed):
    before = backend_id()

    with CaptureQueriesContext(connection) as asked:
        usable = connection.is_usable()

    assert usable
    assert len(asked) == 0
    assert backend_id() == before


def test_a_connection_that_the_server_closed_is_replaced(committed):
    before = backend_id()
    kill(before)

    next_request()
    connection.close_if_health_check_failed()
    after = backend_id()

    assert after != before
    connections.close_all()
