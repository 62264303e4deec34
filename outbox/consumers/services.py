"""Pulling, acknowledging and giving back. One consumer's calls come one by one; consumers do not wait for each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import DateTimeField, Func

from outbox import sequencer
from outbox.consumers import statements
from outbox.consumers.models import OPEN, Consumer, Handout
from outbox.consumers.scopes import conditions
from outbox.models import Event

FAILURES_MAX = 16
RETRY_SECONDS_MAX = 24 * 60 * 60
BACKOFF_SECONDS_MAX = 2 * 60 * 60
ABANDONED_DAYS = 14


@dataclass(frozen=True)
class Place:
    """Where a consumer goes on: after this position, as it was in this era."""

    position: int
    era: int


class PlaceForgotten(Exception):
    """Some of the events after this place are not kept any more; `oldest` is the first place that is good."""

    def __init__(self, oldest: Place) -> None:
        super().__init__(f"places before {oldest.position} are forgotten")
        self.oldest = oldest


class NotInHand(Exception):
    """The consumer has no such event in hand: unknown, not for it, done with, or given up."""


class ClockTimestamp(Func):
    """The clock of the database, which goes on while a transaction stands."""

    function = "clock_timestamp"
    output_field = DateTimeField()


@dataclass(frozen=True)
class Given:
    """An event in the hands of a consumer until `free_at`, unless it is done with by then."""

    uid: UUID
    type: str
    payload: str  # JSON, as it is stored
    occurred_at: datetime
    event_id: int
    position: int
    free_at: datetime
    failures: int
    times_given: int


@dataclass(frozen=True)
class Pulled:
    """What a pull gave, and the place to go on from: no event that is still to be done with lies before it."""

    events: Sequence[Given]
    place: Place | None


@dataclass(frozen=True)
class Locked:
    """Where the consumer is, while nobody else can move it; and how far back the events go."""

    position: int
    reached: int
    era: int
    pruned_to: int
    is_paused: bool


def number_what_waits() -> None:
    """Committed events have their positions, also while no worker runs. Inside a transaction this is left to the worker."""
    if not connection.in_atomic_block and Event.objects.filter(position=None).exists():
        sequencer.sequence_if_free()  # who has the turn already gives them; what has its place need not wait for him


@transaction.atomic
def pull(consumer: Consumer, *, limit: int, after: Place | None, visibility: float) -> Pulled:
    """At most `limit` events are this caller's alone for so many seconds, oldest first: those whose lease ran out, then new ones.

    None of an aggregate of which an earlier one is in hand, or waits for its repeat. With `after` only later ones, and those that were
    given back; what lies before it counts as received. A paused consumer is given nothing. Raises PlaceForgotten.
    """
    told: dict[str, Any] = statements.sight(consumer) | {"limit": limit, "visibility": visibility}
    with connection.cursor() as cursor:
        locked = lock(cursor, consumer)
        told |= {"reached": locked.reached, "place": place_of(after, locked)}
        if locked.is_paused:  # it is not seen either, so that what it holds is not taken for abandoned
            return Pulled([], None)
        cursor.execute(statements.GIVE, told)
        rows = cursor.fetchall()
        given = [Given(*row[1:]) for row in rows if row[1] is not None]
        place = Place(next_place(cursor, told, given), locked.era) if given else None
        settle(cursor, consumer, reached=max(locked.reached, rows[0][0]))
    return Pulled(given, place)


def settle(cursor: Any, consumer: Consumer, *, reached: int, is_here: bool = True) -> None:
    """The position is that before which everything is done with. The row is locked."""
    cursor.execute(statements.SETTLE, {"consumer": consumer.pk, "reached": reached, "is_here": is_here})


def lock(cursor: Any, consumer: Consumer) -> "Locked":
    """Nobody else pulls or acknowledges for this consumer until the transaction ends."""
    cursor.execute(statements.LOCK, {"consumer": consumer.pk})
    return Locked(*cursor.fetchone())


def place_of(after: Place | None, locked: "Locked") -> int:
    """The position to go on from. A place from before a rewind is none, nor is one that was never given out. Raises PlaceForgotten."""
    if after is None or after.era != locked.era:
        return 0
    if after.position < locked.pruned_to:
        raise PlaceForgotten(Place(locked.pruned_to, locked.era))
    return min(after.position, locked.reached)


def next_place(cursor: Any, told: dict[str, Any], given: Sequence[Given]) -> int:
    """The last position of the page, unless an earlier event is in other hands; never before the place of the call."""
    cursor.execute(statements.IN_OTHER_HANDS, told | {"given": [one.event_id for one in given]})
    (held,) = cursor.fetchone()
    last = given[-1].position
    return max(told["place"], last if held is None else min(last, held - 1))


@transaction.atomic
def acknowledge(consumer: Consumer, uids: Sequence[UUID]) -> int:
    """These events are done with for this consumer. Returns how many were not before.

    Unknown ids, and those of events that it may not see, count as nothing.
    """
    with connection.cursor() as cursor:
        locked = lock(cursor, consumer)
        told: dict[str, Any] = {"consumer": consumer.pk, "uids": list(uids), "position": locked.position} | conditions(consumer.scopes)
        cursor.execute(statements.ACKNOWLEDGE, told)
        counted = len(cursor.fetchall())
        settle(cursor, consumer, reached=locked.reached)
    return counted


@transaction.atomic
def give_back(consumer: Consumer, uid: UUID, *, error: str = "", retry_seconds: float | None = None) -> Handout:
    """The event comes again after so many seconds, whatever the cursor; after sixteen failures it is given up.

    Giving back twice what was given once counts once. Raises NotInHand.
    """
    with connection.cursor() as cursor:
        locked = lock(cursor, consumer)
        handout = Handout.objects.filter(consumer=consumer, event__uid=uid, state__in=OPEN, times_given__gte=1).first()
        if handout is None:
            raise NotInHand
        if handout.state == Handout.State.LEASED:
            fail(handout, error=error, retry_seconds=retry_seconds)
        settle(cursor, consumer, reached=locked.reached)
    return handout


def fail(handout: Handout, *, error: str, retry_seconds: float | None) -> None:
    """One more failure is counted, and the event waits or is given up."""
    failures = handout.failures + 1
    seconds = min(BACKOFF_SECONDS_MAX, failures**4) if retry_seconds is None else retry_seconds
    is_over = failures >= FAILURES_MAX
    Handout.objects.filter(id=handout.id).update(
        state=Handout.State.DEAD if is_over else Handout.State.WAITING,
        failures=failures,
        error=error,
        was_returned=True,
        free_at=None if is_over else ClockTimestamp() + timedelta(seconds=seconds),
        died_at=ClockTimestamp() if is_over else None,
    )
    handout.refresh_from_db()


@transaction.atomic
def abandon(consumer: Consumer, *, limit: int) -> int:
    """What this consumer has let be for two weeks, though it came, is given up, at most so many. Returns how many were."""
    with connection.cursor() as cursor:
        locked = lock(cursor, consumer)
        cursor.execute(statements.ABANDON, {"consumer": consumer.pk, "days": ABANDONED_DAYS, "limit": limit})
        abandoned: int = cursor.rowcount
        settle(cursor, consumer, reached=locked.reached, is_here=False)
    return abandoned
