"""Pulls and acknowledgements that meet: the lock of the consumer's row decides. The controls go without it, and lose."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from outbox.consumers import services, statements
from outbox.consumers.models import Consumer, Handout
from outbox.models import Event
from outbox.sequencer import sequence
from tests.meeting import meet
from tests.outbox.consumers.cast import make_consumer, write_events

ROUNDS = 8
NUMBER = 6
HOLD_SECONDS = 2


@contextmanager
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The consumer's row is read as it is."""
    with monkeypatch.context() as patch:
        patch.setattr(statements, "LOCK", statements.LOCK.replace("FOR NO KEY UPDATE", ""))
        yield


def held(command: Callable[[], Any], barrier: threading.Barrier, statement: str) -> Callable[[], Any]:
    """The command, which waits for the other one before this statement, and rests after it."""

    def hold(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql != statement:
            return execute(sql, params, many, context)
        with suppress(threading.BrokenBarrierError):
            barrier.wait()
        found = execute(sql, params, many, context)
        time.sleep(0.2)
        return found

    def run() -> Any:
        with connection.execute_wrapper(hold):
            return command()

    return run


def together(command: Callable[[], Any], statement: str) -> list[Any]:
    """What two callers got who both came as far as this statement, if anything lets them."""
    barrier = threading.Barrier(2, timeout=HOLD_SECONDS)
    return meet(held(command, barrier, statement), held(command, barrier, statement))


def pulling(consumer: Consumer, *, limit: int = NUMBER) -> Callable[[], list[int]]:
    """A pull, of everything that these rounds make unless told otherwise."""

    def pull() -> list[int]:
        return [event.event_id for event in services.pull(consumer, limit=limit, after=None, visibility=60).events]

    return pull


def acknowledging(consumer: Consumer, events: list[Event]) -> Callable[[], int]:
    """The acknowledgement of all of them."""
    return lambda: services.acknowledge(consumer, [event.uid for event in events])


@pytest.mark.race
def test_two_pulls_at_once_give_each_event_to_one_of_them(committed):
    consumer, _ = make_consumer("REHEARSAL_*")
    for _ in range(ROUNDS):
        events = write_events(NUMBER, type="REHEARSAL_RACED")

        one, other = meet(pulling(consumer), pulling(consumer))

        assert sorted([*one, *other]) == [event.id for event in events]
        services.acknowledge(consumer, [event.uid for event in events])


@pytest.mark.race
def test_two_pulls_that_are_held_still_give_each_event_once(committed):
    consumer, _ = make_consumer("REHEARSAL_*")
    events = write_events(NUMBER, type="REHEARSAL_RACED")

    one, other = together(pulling(consumer), statements.GIVE)

    assert sorted([*one, *other]) == [event.id for event in events]


@pytest.mark.race
def test_without_the_lock_two_pulls_get_the_same_events(committed, monkeypatch):
    consumer, _ = make_consumer("REHEARSAL_*")
    events = write_events(NUMBER, type="REHEARSAL_RACED")

    with without_the_lock(monkeypatch):
        one, other = together(pulling(consumer), statements.GIVE)

    assert one == other == [event.id for event in events]


@pytest.mark.race
def test_acknowledging_twice_at_once_counts_once(committed):
    consumer, _ = make_consumer("REHEARSAL_*")
    for _ in range(ROUNDS):
        events = write_events(NUMBER, type="REHEARSAL_RACED")
        pulling(consumer)()

        counted = meet(acknowledging(consumer, events), acknowledging(consumer, events))

        assert sorted(counted) == [0, NUMBER]
    assert not Handout.objects.filter(consumer=consumer).exists()


@pytest.mark.race
def test_without_the_lock_acknowledging_twice_at_once_counts_twice(committed, monkeypatch):
    consumer, _ = make_consumer("REHEARSAL_*")
    events = write_events(NUMBER, type="REHEARSAL_RACED")
    pulling(consumer)()

    with without_the_lock(monkeypatch):
        counted = together(acknowledging(consumer, events), statements.ACKNOWLEDGE)

    assert counted == [NUMBER, NUMBER]


@pytest.mark.race
def test_two_pulls_at_once_never_share_an_aggregate(committed):
    consumer, _ = make_consumer("REHEARSAL_*")
    for number in range(ROUNDS):
        lanes = [f"job:raced-{number}-{lane}" for lane in range(3)]
        events = [write_events(1, type="REHEARSAL_RACED", aggregate=lane, numbered=False)[0] for lane in lanes * 2]
        sequence()

        one, other = meet(pulling(consumer, limit=3), pulling(consumer, limit=3))

        assert sorted(map(len, (one, other))) == [0, 3]
        assert sorted([*one, *other]) == [event.id for event in events[:3]]
        assert services.acknowledge(consumer, [event.uid for event in events]) == len(events)
