"""Positions: nothing can appear behind a cursor on them. A cursor on ids is the control, and has to lose events."""

import random
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from outbox import sequencer
from outbox.live.models import Addressee
from outbox.models import Event

WRITERS = 8
EVENTS_PER_WRITER = 25


def write_event(aggregate: str, *, occurred_at=None) -> Event:
    return Event.objects.create(
        uid=uuid.uuid4(),
        type="SUBMISSION_SUBMITTED",
        aggregate=aggregate,
        payload={},
        actor_id=uuid.uuid4(),
        occurred_at=occurred_at or timezone.now(),
    )


class Rehearsal:
    """Writers of uneven duration, rollbacks among them, two sequencers, and one reader for each kind of cursor."""

    def __init__(self) -> None:
        self.aggregate = f"rehearsal:{uuid.uuid4()}"
        self.committed: set[int] = set()
        self.seen_by: dict[str, list[int]] = {"position": [], "id": []}
        self.writing = threading.Event()
        self.reading = threading.Event()
        self.overtaken = threading.Event()

    def run(self) -> None:
        self.writing.set()
        self.reading.set()
        writers = [threading.Thread(target=self.alone, args=(self.write, seed)) for seed in range(WRITERS)]
        writers.append(threading.Thread(target=self.alone, args=(self.write_slowly,)))
        others = [threading.Thread(target=self.alone, args=(self.sequence,)) for _ in range(2)]
        others += [threading.Thread(target=self.alone, args=(self.read, name)) for name in self.seen_by]
        for thread in writers + others:
            thread.start()
        for thread in writers:
            thread.join()
        self.writing.clear()
        sequencer.sequence()
        time.sleep(0.2)
        self.reading.clear()
        for thread in others:
            thread.join()

    def alone(self, work, *arguments) -> None:
        """The thread's connection is its own and is closed again."""
        try:
            work(*arguments)
        finally:
            connections.close_all()

    def write(self, seed: int) -> None:
        uneven = random.Random(seed)
        for _ in range(EVENTS_PER_WRITER):
            with transaction.atomic():
                event = write_event(self.aggregate)
                time.sleep(uneven.choice([0, 0, 0.001, 0.005, 0.03]))
                if uneven.random() < 0.1:
                    transaction.set_rollback(True)
                    continue
            self.committed.add(event.id)

    def write_slowly(self) -> None:
        """A transaction that commits only after the reader by id has passed it."""
        with transaction.atomic():
            event = write_event(self.aggregate)
            self.slow_id = event.id
            assert self.overtaken.wait(timeout=30)
        self.committed.add(event.id)

    def sequence(self) -> None:
        while self.writing.is_set():
            sequencer.sequence()
            time.sleep(0.003)

    def read(self, name: str) -> None:
        cursor, seen = 0, self.seen_by[name]
        while self.reading.is_set():
            behind = Event.objects.filter(aggregate=self.aggregate, **{f"{name}__gt": cursor}).order_by(name)
            for place, event_id in behind.values_list(name, "id"):
                cursor = place
                seen.append(event_id)
            if name == "id" and cursor > getattr(self, "slow_id", cursor):
                self.overtaken.set()
            time.sleep(0.002)


@pytest.mark.race
def test_a_cursor_on_positions_sees_every_event_once_while_one_on_ids_loses_some(committed):
    rehearsal = Rehearsal()

    rehearsal.run()

    by_position = rehearsal.seen_by["position"]
    assert len(rehearsal.committed) > WRITERS * EVENTS_PER_WRITER / 2
    assert sorted(by_position) == sorted(rehearsal.committed)
    assert rehearsal.slow_id in by_position
    assert rehearsal.slow_id not in rehearsal.seen_by["id"]


def test_events_that_wait_are_placed_in_the_order_they_were_written(world):
    events = [write_event("job:in-order") for _ in range(3)]

    sequencer.sequence()

    places = list(Event.objects.filter(aggregate="job:in-order").order_by("position").values_list("id", flat=True))
    assert places == [event.id for event in events]


def test_sequencing_goes_on_until_no_event_waits(world, monkeypatch):
    monkeypatch.setattr(sequencer, "BATCH_MAX", 2)
    waiting = sequencer.lag().count
    for _ in range(5):
        write_event("job:batches")

    placed = sequencer.sequence()

    assert placed == waiting + 5
    assert sequencer.lag() == sequencer.Lag(count=0, seconds=0.0)


def test_a_place_is_given_once(world):
    event = write_event("job:once")
    sequencer.sequence()
    event.refresh_from_db()
    place = event.position

    placed = sequencer.sequence()

    event.refresh_from_db()
    assert placed == 0
    assert event.position == place


def test_places_go_on_after_every_event_was_pruned(world):
    first = write_event("job:pruned")
    sequencer.sequence()
    first.refresh_from_db()
    Addressee.objects.all().delete()
    Event.objects.all().delete()

    second = write_event("job:pruned")
    sequencer.sequence()

    second.refresh_from_db()
    assert second.position > first.position


def test_the_lag_is_the_age_of_the_oldest_event_that_waits(world):
    sequencer.sequence()
    write_event("job:late", occurred_at=timezone.now() - timedelta(seconds=90))
    write_event("job:late")

    lag = sequencer.lag()

    assert lag.count == 2
    assert 90 <= lag.seconds < 120


@pytest.mark.race
def test_a_sequencer_holds_its_lock_no_longer_than_a_batch(committed):
    write_event("job:lock")
    sequencer.sequence()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [sequencer.LOCK])
        assert cursor.fetchone()[0] == 0
