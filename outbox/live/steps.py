"""Parts of the sequencer's turn: each event goes to the lists of those whom it concerns, and whoever listens is woken."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

WAKE_CHANNEL = "outbox_live"

# Whom it was meant for, and who did it: on their other devices they want to see it too.
ADDRESS = """
    INSERT INTO outbox_addressee (user_id, position)
    SELECT DISTINCT person.id, event.position
    FROM outbox_event event CROSS JOIN LATERAL unnest(array_append(event.recipient_ids, event.actor_id)) AS person (id)
    WHERE event.id = ANY(%s) AND person.id <> ALL(%s)
"""
# This transaction is not the business's: that a notification takes the queue's lock at commit holds up the sequencer alone.
WAKE = f"NOTIFY {WAKE_CHANNEL}"

LEFT_OUT: set[UUID] = set()


def leave_out(actor_id: UUID) -> None:
    """From now on this actor, who is nobody, has no list."""
    LEFT_OUT.add(actor_id)


def address(event_ids: Sequence[int]) -> None:
    """These events, which have just been placed, stand in the lists of their recipients and of who caused them. Listeners are woken."""
    with connection.cursor() as cursor:
        cursor.execute(ADDRESS, [list(event_ids), list(LEFT_OUT)])
        cursor.execute(WAKE)
