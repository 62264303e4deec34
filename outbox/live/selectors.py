"""Reads of a person's list of events."""

import dataclasses
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from outbox.events import REGISTRY
from outbox.live.models import Addressee

SHOWN = ("uid", "type", "occurred_at", "payload", "actor_id")

NEWEST = "SELECT coalesce(max(position), 0) FROM outbox_addressee WHERE user_id = %s"
# An old event that somebody still holds back stays behind the horizon, but is in nobody's list.
BOUNDS = """
    SELECT greatest((SELECT max(position) FROM outbox_event), gone), gone
    FROM (SELECT coalesce(max(pruned_to), 0) AS gone FROM outbox_horizon WHERE name = 'events') horizon
"""


@dataclasses.dataclass(frozen=True)
class Bounds:
    """The position of the last event, and the last position that is gone: who follows from before it has lost something."""

    newest: int
    gone: int


def bounds() -> Bounds:
    """Where one can follow from; one query."""
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS)
        newest, gone = cursor.fetchone()
    return Bounds(newest=newest, gone=gone)


def newest_of(person_id: UUID) -> int:
    """The position of the last event in this person's list; 0 when it is empty."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [person_id])
        return cursor.fetchone()[0]


def event_list(person_id: UUID) -> QuerySet:
    """The events of this person's list, with the columns SHOWN; `event_id` is the position."""
    return Addressee.objects.filter(user_id=person_id).annotate(**{name: F(f"event__{name}") for name in SHOWN})


def told(event: dict[str, Any], *, to: UUID) -> dict[str, Any]:
    """The event as somebody whom it concerns may know it: no ids of staff, nothing about others.

    Of a type that this version does not know, only that it happened is told.
    """
    kind = REGISTRY.get(event["type"])
    known = kind.told() if kind else frozenset()
    occurred_at: datetime = event["occurred_at"]
    return {
        "id": event["uid"],
        "type": event["type"],
        "createdAt": occurred_at,
        "isMine": event["actor_id"] == to,
        "payload": {name: value for name, value in event["payload"].items() if name in known},
    }
