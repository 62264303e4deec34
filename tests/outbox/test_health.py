"""How a process says that it is well, and who believes it."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from outbox import gauges, health, meters, pulse, sequencer
from outbox.management.commands import run_worker
from outbox.models import Heartbeat
from tests.outbox.test_sequencer import write_event


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.HEALTH_FOLDER = tmp_path / "health"
    meters.forget()
    yield settings.HEALTH_FOLDER
    meters.forget()


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def healthy(**changed) -> dict:
    """What a process writes that is well."""
    well = {"writtenAt": ago(1), "startedAt": ago(900), "lastSuccessAt": ago(5), "intervalSeconds": 10, "consecutiveFailures": 0}
    return well | changed


def exit_code(*arguments: str) -> tuple[int, str]:
    written = StringIO()
    try:
        call_command(*arguments, stdout=written)
    except SystemExit as ended:
        return int(ended.code or 0), written.getvalue()
    return 0, written.getvalue()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"writtenAt": 20}, []),
        ({"writtenAt": 31}, ["STALE"]),
        ({"lastSuccessAt": 151}, ["NO_SUCCESS"]),
        ({"lastSuccessAt": None, "startedAt": 20}, []),
        ({"lastSuccessAt": None, "startedAt": 200}, ["NO_SUCCESS"]),
        ({"consecutiveFailures": 2}, []),
        ({"consecutiveFailures": 3}, ["FAILING"]),
        ({"writtenAt": None, "lastSuccessAt": None, "startedAt": None}, ["STALE", "NO_SUCCESS"]),
    ],
)
def test_a_process_is_well_or_we_know_why_not(changed, found):
    facts = healthy(**{name: ago(said) if name.endswith("At") and said is not None else said for name, said in changed.items()})

    assert health.faults(facts) == found


def test_a_process_that_wrote_nothing_is_missing():
    assert health.faults(None) == ["MISSING"]
    assert health.faults({}) == ["STALE", "NO_SUCCESS"]


def test_work_that_goes_well_does_not_hide_work_that_always_fails():
    process = health.Process("worker")

    for _ in range(3):
        process.failed("letters")
        process.worked("tick")

    assert process.consecutive_failures == 3
    process.worked("letters")
    assert process.consecutive_failures == 0


def test_the_file_tells_what_an_operator_asks_for(db):
    write_event("job:health")
    meters.count("TELEGRAM", "SENT", 2)
    meters.count("TELEGRAM", "PENDING")
    meters.count("WEBHOOK", "DEAD")
    process = health.Process("worker")
    process.worked()

    health.write("worker", process.facts(gauges.summary()))

    facts = health.read("worker")
    assert health.faults(facts) == []
    assert facts["version"].count(".") == 2
    assert facts["counters"] == {"sent": 2, "skipped": 0, "failed": 1, "retried": 1, "uncertain": 0}
    assert facts["channels"] == {"telegram.sent": 2, "telegram.retried": 1, "webhook.failed": 1}
    assert facts["lag"]["unsequencedSeconds"] > 0
    assert (facts["backlog"], facts["dead"]) == (0, 0)


def test_a_reader_never_sees_half_a_file(folder):
    written, torn, over = {"padding": "x" * 50_000}, [], threading.Event()

    def write() -> None:
        while not over.is_set():
            health.write("worker", written)

    writer = threading.Thread(target=write)
    health.write("worker", written)
    writer.start()
    for _ in range(300):
        try:
            torn += [found for found in [json.loads(health.file_of("worker").read_text())] if found != written]
        except ValueError as error:
            torn.append(error)
    over.set()
    writer.join()

    assert torn == []
    assert [file.name for file in folder.iterdir()] == ["worker.json"]


def test_the_row_says_the_same_as_the_file(db):
    process = health.Process("bot")
    process.worked()
    process.failed("poll")
    meters.count("TELEGRAM", "SENT")

    pulse.report("bot", process.ages())
    pulse.report("bot", process.ages())

    row = Heartbeat.objects.get(name="bot")
    assert row.version == health.release()
    assert row.consecutive_failures == 1
    assert row.counters == {"telegram.sent": 1}
    assert row.last_success_at is not None
    assert pulse.seconds_since_beat("bot") < 5


def test_a_process_that_reports_and_does_nothing_is_not_alive(db):
    process = health.Process("worker")
    process.worked()
    process.succeeded = time.time() - pulse.STALE_SECONDS - 1

    pulse.report("worker", process.ages())

    assert not pulse.is_alive()


def test_one_of_several_workers_is_enough_and_no_other_process_counts(db):
    pulse.beat("worker-2")
    pulse.beat("workerlike")
    Heartbeat.objects.filter(name="worker-2").update(beat_at="2020-01-01T00:00:00Z")

    assert not pulse.is_alive()
    pulse.beat("worker-3")
    assert pulse.is_alive()


def test_the_command_exits_with_1_for_what_is_missing_stale_or_failing():
    assert exit_code("health", "worker") == (1, "worker: MISSING\n")

    health.write("worker", healthy())
    assert exit_code("health", "worker") == (0, "worker: OK\n")

    health.write("worker", healthy(writtenAt=ago(100), consecutiveFailures=9))
    assert exit_code("health", "worker") == (1, "worker: STALE FAILING\n")
    code, printed = exit_code("run_worker", "--print-health")
    assert code == 1
    assert json.loads(printed)["faults"] == ["STALE", "FAILING"]


def test_a_file_that_is_not_ours_is_no_file(folder):
    folder.mkdir()
    (folder / "bot.json").write_text("half a fi")

    assert exit_code("health", "bot", "--print") == (1, "bot: MISSING\n")


def test_a_process_without_its_database_goes_on_writing_and_says_so(db, monkeypatch):
    def away() -> None:
        raise OperationalError("could not connect to server at 10.0.0.5")

    monkeypatch.setattr(health.gauges, "summary", away)
    monkeypatch.setattr(health.connections, "close_all", lambda: None)
    process = health.Process("worker")
    process.worked()

    for _ in range(health.FAILURES_MAX):
        health.Reporter(process).report()

    facts = health.read("worker")
    assert facts["database"] is False
    assert facts["lag"] is None
    assert health.faults(facts) == ["FAILING"]
    assert "10.0.0.5" not in json.dumps(facts)


def test_a_reporter_that_is_stopped_leaves_no_file(db, monkeypatch):
    monkeypatch.setattr(health.connections, "close_all", lambda: None)
    reporter = health.Reporter(health.Process("live"))
    reporter.report()
    assert health.read("live") is not None

    reporter.stop()

    assert exit_code("health", "live") == (1, "live: MISSING\n")


def test_the_worker_knows_of_each_task_how_it_went(monkeypatch):
    process, hooks = health.Process("worker"), {}
    monkeypatch.setattr(run_worker, "post_execute", lambda name: lambda hook: hooks.setdefault(name, hook))

    run_worker.listen(process)
    task = type("Task", (), {"name": "tick"})()
    hooks["note_health"](task, None, ValueError("no"))
    assert (process.consecutive_failures, process.succeeded) == (1, None)
    hooks["note_health"](task, None, None)
    assert process.consecutive_failures == 0
    assert process.succeeded is not None


def test_the_gauges_look_at_open_rows_only(db):
    """A month of what is done with must cost nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in (gauges.PARCELS, sequencer.LAG, gauges.SETTLED, gauges.BLOCKED):
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
