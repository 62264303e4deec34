"""How consumers stand: how far behind they are, what they gave up, what they would get next."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from outbox.consumers import statements
from outbox.consumers.models import Consumer, Handout, Horizon
from outbox.models import Event


@dataclass(frozen=True)
class Lag:
    """How far a consumer is behind: events, and the age of the oldest of them in seconds.

    And what it has given up: after too many failures, and without ever saying anything.
    """

    name: str
    position: int
    behind: int
    seconds: float
    dead: int
    abandoned: int
    last_seen_at: datetime | None


def lags() -> list[Lag]:
    """Every consumer that is not revoked, by name."""
    with connection.cursor() as cursor:
        cursor.execute(statements.LAGS)
        return [Lag(*row) for row in cursor.fetchall()]


def head() -> int:
    """The last position that was given; 0 when there was none."""
    return Event.objects.exclude(position=None).order_by("-position").values_list("position", flat=True).first() or 0


def pruned_to() -> int:
    """The last position of which the event is not kept any more."""
    return Horizon.objects.values_list("pruned_to", flat=True).first() or 0


def is_something_there(consumer: Consumer, *, place: int = 0) -> bool:
    """Whether a pull from this place would give something now, or at least get further."""
    with connection.cursor() as cursor:
        cursor.execute(statements.IS_SOMETHING_THERE, statements.sight(consumer) | {"place": place})
        (found,) = cursor.fetchone()
    return found


def given_up(consumer: Consumer) -> QuerySet[Handout]:
    """The dead letters of a consumer, the latest first."""
    return consumer.handouts.filter(state=Handout.State.DEAD).select_related("event").order_by("-id")


def events_after(position: int, limit: int) -> list[Event]:
    """The events behind this position, in order."""
    return list(Event.objects.filter(position__gt=position).order_by("position")[:limit])
