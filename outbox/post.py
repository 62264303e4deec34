"""Puts a fact into the mailbox, in the transaction that makes it true."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from outbox import models, moment, trace, wake
from outbox.events import Event
from outbox.ids import uuid7


def _plain(value: Any) -> Any:
    """The value as JSON knows it, moments at full microseconds."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def emit(event: Event) -> models.Event:
    """The fact stands in the outbox when, and only when, the transaction commits.

    Raises RuntimeError outside a transaction: a fact without its cause would be a lie.
    """
    return emit_all([event])[0]


def emit_all(events: Iterable[Event]) -> list[models.Event]:
    """These facts stand in the outbox, in this order, by one statement. Raises RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("An event is emitted inside the transaction of its verb.")
    wake.after_commit()
    return models.Event.objects.bulk_create([_row(event) for event in events])


def _row(event: Event) -> models.Event:
    """The envelope of the fact, not yet stored."""
    occurred_at = moment.now()
    recipients = sorted(set(event.recipient_ids), key=str)
    payload = event.facts() | {
        "schemaVersion": event.schema_version,
        "occurredAt": occurred_at,
        "actorUserId": event.by_id,
        "recipientUserIds": recipients,
    }
    return models.Event(
        uid=uuid7(),
        type=event.type_name(),
        aggregate=event.aggregate(),
        payload={key: _plain(value) for key, value in payload.items()},
        recipient_ids=recipients,
        actor_id=event.by_id,
        request_id=trace.request_id(),
        occurred_at=occurred_at,
    )
