"""Alive and ready: what a monitor is told."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from api import system
from outbox import pulse
from outbox.models import Heartbeat
from tests.api.callers import Caller
from tests.perf.statements import counted

READY = "/api/health/ready"


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    monkeypatch.setattr(system.Migrated, "yes", False)


def broken(*_statement) -> None:
    raise OperationalError("could not connect to server at 10.0.0.5")


def test_health_tells_the_version_and_the_time():
    data = Caller().get("/api/health").data

    assert data["status"] == "ok"
    assert data["version"].count(".") == 2
    assert data["time"].endswith("+00:00")


def test_live_needs_no_database(db):
    with connection.execute_wrapper(broken):
        assert Caller().get("/api/health/live").status == 200


def test_ready_when_everything_is_there(db):
    pulse.beat()

    answer = Caller().get(READY)

    assert answer.status == 200
    assert answer.data["checks"]["worker"] is True
    assert answer.data["checks"]["workerAgeSeconds"] < 5


def test_not_ready_without_a_worker(db):
    answer = Caller().get(READY)

    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
    assert answer.details["checks"]["worker"] is False
    assert answer.details["checks"]["database"] is True


def test_not_ready_with_a_worker_that_was_last_seen_long_ago(db):
    pulse.beat()
    Heartbeat.objects.update(beat_at="2020-01-01T00:00:00Z")

    assert Caller().get(READY).details["checks"]["worker"] is False


def test_not_ready_while_a_migration_is_missing(db):
    pulse.beat()
    MigrationRecorder.Migration.objects.filter(app="api").delete()

    answer = Caller().get(READY)

    assert answer.status == 503
    assert answer.details["checks"]["migrations"] is False


def test_not_ready_without_a_database_and_no_word_about_where_it_is(db):
    with connection.execute_wrapper(broken):
        answer = Caller().get(READY)

    assert (answer.status, answer.details) == (503, {"checks": {"database": False}})
    assert b"10.0.0.5" not in answer.content


def test_asking_again_costs_two_statements(db):
    pulse.beat()
    Caller().get(READY)

    with counted() as statements:
        Caller().get(READY)

    assert len(statements) == 2
