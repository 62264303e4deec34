"""Waking: once for a commit, never for what was rolled back, again for what has to wait, and never twice at once."""

import threading

import pytest
from django.db import connection, transaction
from huey.contrib.djhuey import HUEY

from outbox import tasks, wake
from outbox.channels import Wait
from outbox.models import Channel
from tests.meeting import meet
from tests.outbox.parcels import NAME, again, parcel, way_out

pytestmark = pytest.mark.usefixtures("committed")


def queued() -> list[str]:
    """The tasks that wait in the queue, and those for later, by name."""
    return [task.name for task in (*HUEY.pending(), *HUEY.scheduled())]


@pytest.fixture(autouse=True)
def empty_queue(committed):
    HUEY.flush()
    yield
    HUEY.flush()


def test_a_commit_wakes_a_worker_once_however_often_it_was_asked_for():
    with transaction.atomic():
        wake.after_commit()
        with transaction.atomic():
            wake.after_commit()
        assert queued() == []

    assert queued() == ["carry"]


def test_what_is_rolled_back_wakes_nobody():
    with pytest.raises(ZeroDivisionError):
        ask_and_fail()

    assert queued() == []


@transaction.atomic
def ask_and_fail() -> None:
    wake.after_commit()
    raise ZeroDivisionError


def test_a_savepoint_that_is_rolled_back_takes_its_wake_along_and_a_later_one_counts():
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            ask_and_fail()
        wake.after_commit()

    assert queued() == ["carry"]


def test_a_verb_that_tells_somebody_wakes_a_worker_and_its_task_finds_the_channels(committed):
    with way_out():
        parcel()
        committed.creator()
        assert "carry" in queued()
        HUEY.flush()

        tasks.carry_now()

        assert "deliver" in queued()


def test_who_has_to_wait_is_asked_for_later_once():
    with way_out() as sender:
        row = parcel()
        sender.script[row.recipient_id] = [Wait(code="TOO_FAST", seconds=90)]

        tasks.deliver.call_local(NAME)
        tasks.deliver.call_local(NAME)

        assert queued() == ["deliver"]
        assert again(row).state == "PENDING"
        assert 80 < seconds_until_woken() <= 91


def seconds_until_woken() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM wakes_at - clock_timestamp())::float FROM outbox_channel WHERE name = %s", [NAME])
        return cursor.fetchone()[0]


def test_an_earlier_moment_is_asked_for_and_a_later_one_is_not():
    Channel.objects.filter(name=NAME).delete()
    tasks.wake_later(NAME, 60)
    tasks.wake_later(NAME, 90)
    assert len(queued()) == 1

    tasks.wake_later(NAME, 10)

    assert len(queued()) == 2
    assert seconds_until_woken() <= 10


def test_in_one_process_a_channel_is_drained_by_one_who_goes_round_again_for_whoever_called():
    with way_out() as sender:
        sender.seconds = 0.3
        rows = [parcel() for _ in range(3)]
        is_late = threading.Timer(0.15, write_one_more)
        is_late.start()

        meet(*[lambda: tasks.deliver.call_local(NAME)] * 4)
        is_late.join()
        tasks.deliver.call_local(NAME)

        assert sorted(number for _, number, _ in sender.sent)[:3] == [row.id for row in rows]
        assert len(sender.sent) == 4
        assert tasks.TURNS.called_again == {}


def write_one_more() -> None:
    parcel()
    connection.close()


def test_a_drain_that_fails_gives_its_turn_back(monkeypatch):
    with way_out():
        monkeypatch.setattr(tasks.carrier, "drain", lambda name: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.deliver.call_local(NAME)

        assert tasks.TURNS.called_again == {}
