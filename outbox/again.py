"""Parcels that a person wants to see go out: a sample, one that was given up, one that rests before its next try."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from outbox.ids import uuid7
from outbox.models import Delivery, Event
from outbox.statements import SEND_AGAIN

GIVEN_UP = frozenset({Delivery.State.DEAD, Delivery.State.SKIPPED})


@dataclass(frozen=True)
class Found:
    """A delivery, locked until the transaction ends."""

    id: int
    state: str


def post_letter(channel: str, recipient_id: UUID, *, type: str) -> UUID:
    """A letter that stands for nothing else is on its way to this recipient. Returns its id."""
    letter_id = uuid7()
    Delivery.objects.create(channel=channel, recipient_id=recipient_id, letter_id=letter_id, type=type, aggregate=f"sample:{letter_id}")
    return letter_id


def lock(channel: str, recipient_id: UUID, uid: UUID) -> Found | None:
    """The delivery of the event or letter with this id to this recipient, locked; None when there is none."""
    event_id = Event.objects.filter(uid=uid).values_list("id", flat=True).first()
    what = Q(letter_id=uid) if event_id is None else Q(event_id=event_id)
    found = Delivery.objects.filter(what, channel=channel, recipient_id=recipient_id).select_for_update(no_key=True)
    row = found.values_list("id", "state").first()
    return Found(*row) if row else None


def send_once_more(delivery_id: int, *, states: Iterable[str] = GIVEN_UP, reason: str = "") -> None:
    """The delivery, which had ended in one of these states, is on its way again, as if it had never been tried.

    Its attempts stay in the log, and so do the copies that may have arrived.
    """
    with connection.cursor() as cursor:
        cursor.execute(SEND_AGAIN, {"id": delivery_id, "states": list(states), "reason": reason})


def hurry(channel: str, recipient_id: UUID) -> None:
    """What waits for this recipient waits no longer."""
    waiting = Delivery.objects.filter(channel=channel, recipient_id=recipient_id, state=Delivery.State.PENDING)
    waiting.filter(next_at__gt=Now()).update(next_at=Now())
