"""The worker's heartbeat, and what the clock does each minute."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now
from huey.contrib.djhuey import HUEY

from outbox import pulse, sequencer, tasks, trace
from outbox.models import Heartbeat
from outbox.retention import prune
from tests.outbox.test_sequencer import write_event


def test_a_worker_that_never_beat_is_not_alive(world):
    assert pulse.seconds_since_beat("nobody") is None
    assert not pulse.is_alive("nobody")


def test_a_worker_that_just_beat_is_alive(world):
    pulse.beat()

    assert pulse.seconds_since_beat() < 5
    assert pulse.is_alive()


def test_a_worker_that_fell_silent_is_not_alive(world):
    pulse.beat()

    Heartbeat.objects.filter(name=pulse.WORKER).update(beat_at=F("beat_at") - timedelta(seconds=pulse.STALE_SECONDS + 1))

    assert not pulse.is_alive()


def test_a_second_worker_that_is_gone_for_a_day_is_not_missed_and_the_first_one_is(world):
    for name, days in (("worker", 2), ("worker-2", 2), ("worker-3", 0)):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": Now() - timedelta(days=days)})

    prune()

    assert set(Heartbeat.objects.filter(name__startswith="worker").values_list("name", flat=True)) == {"worker", "worker-3"}


def test_the_tick_beats_and_gives_places(world):
    event = write_event("job:tick")

    tasks.tick.call_local()

    event.refresh_from_db()
    assert event.position is not None
    assert pulse.is_alive()


def test_a_worker_that_starts_beats_and_gives_places(world):
    event = write_event("job:start")

    tasks.first_beat()

    event.refresh_from_db()
    assert event.position is not None
    assert pulse.is_alive()
    assert sequencer.lag().count == 0


def test_every_task_has_a_request_id_of_its_own():
    task = tasks.tick.s()

    tasks.begin_trace(task)
    during = trace.request_id()
    tasks.end_trace(task, None, None)

    assert during == task.id
    assert trace.request_id() == ""


def test_the_queue_knows_the_tick_and_the_hooks():
    periodic = [task.__name__ for task in HUEY._registry._periodic_tasks]

    assert any("tick" in name for name in periodic)
    assert {"begin_trace"} <= set(HUEY._pre_execute)
    assert {"end_trace"} <= set(HUEY._post_execute)
    assert {"first_beat"} <= set(HUEY._startup)
