"""Alive and ready: what a monitor is told."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F

from api import system
from outbox import pulse
from outbox.models import Event, Heartbeat
from tests.api.callers import Caller
from tests.outbox.test_sequencer import write_event
from tests.perf.statements import counted

READY, WORKER = "/api/health/ready", "/api/health/worker"


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    monkeypatch.setattr(system.Migrated, "yes", False)


@pytest.fixture
def monitor(settings) -> Caller:
    """A caller who may see numbers."""
    return Caller(token=settings.METRICS_TOKEN)


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


def test_ready_when_everything_is_there(db, monitor):
    pulse.beat()

    answer = monitor.get(READY)

    assert answer.status == 200
    assert answer.data["checks"]["worker"] is True
    assert answer.data["checks"]["workerAgeSeconds"] < 5


def test_not_ready_while_events_wait_for_their_places(db, monitor):
    pulse.beat()
    event = write_event("job:late")
    Event.objects.filter(id=event.id).update(occurred_at=F("occurred_at") - timedelta(seconds=system.LAG_SECONDS_MAX + 1))

    answer = monitor.get(READY)

    assert answer.status == 503
    assert answer.details["checks"]["outbox"] is False
    assert answer.details["checks"]["outboxWaiting"] == 1


@pytest.mark.parametrize("token", [None, "", "wrong", "metrics-token-of-the-tests-metrics-token-of-the-test"])
def test_numbers_are_not_for_everybody(db, token):
    pulse.beat()
    headers = {} if token is None else {"authorization": f"Bearer {token}"}

    ready, worker = Caller().get(READY, **headers), Caller().get(WORKER, **headers)

    assert ready.data["checks"] == {"database": True, "migrations": True, "worker": True, "outbox": True}
    assert worker.data == {"status": "ok"}


def test_without_a_token_in_the_settings_no_token_opens_the_numbers(db, settings):
    settings.METRICS_TOKEN = ""
    pulse.beat()

    assert Caller().get(WORKER, authorization="Bearer ").data == {"status": "ok"}
    assert Caller().get(WORKER, authorization="Bearer").data == {"status": "ok"}


def test_who_holds_the_token_learns_how_far_behind_the_worker_is(db, monitor):
    pulse.beat()
    write_event("job:numbers")

    numbers = monitor.get(WORKER).data["numbers"]

    assert (numbers["backlog"], numbers["dead"]) == (0, 0)
    assert numbers["lag"]["unsequencedSeconds"] > 0
    assert [process["name"] for process in numbers["processes"]] == ["worker"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (None, "MISSING"),
        ({"beat_at": "2020-01-01T00:00:00Z"}, "STALE"),
        ({"last_success_at": "2020-01-01T00:00:00Z"}, "STALE"),
        ({"consecutive_failures": 3}, "FAILING"),
    ],
)
def test_a_worker_that_does_not_work_is_a_503_with_the_reason(db, state, reason):
    pulse.beat("bot")
    if state:
        pulse.beat()
        Heartbeat.objects.filter(name="worker").update(**state)

    answer = Caller().get(WORKER)

    assert (answer.status, answer.details) == (503, {"reason": reason})


def test_the_worker_cannot_be_judged_without_a_database_and_no_word_says_where_it_is(db, monitor):
    with connection.execute_wrapper(broken):
        answer = monitor.get(WORKER)

    assert (answer.status, answer.details) == (503, {"reason": "DATABASE"})
    assert b"10.0.0.5" not in answer.content


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
