"""Turns in the pace of a channel, for calls to it that carry no parcel. They are taken from the same rows as those of parcels.

A lane is the pace of one recipient. Parcels come first: while any of them is due, all these calls together get a fifth of the channel.
"""

from uuid import UUID

from django.db import connection

from outbox import statements
from outbox.channels import Channel

SHARE = 5  # the part of the channel's pace, one in so many, that is left for these calls while parcels are due
BUSY_SECONDS = 0.2  # how soon a lane is looked at again in which a parcel is under way

IS_DUE = """
    SELECT EXISTS (
        SELECT 1 FROM outbox_delivery
        WHERE channel = %(channel)s AND state IN ('PENDING', 'LEASED', 'SENDING') AND next_at <= clock_timestamp()
    )
"""
TAKE_LANE = """
    INSERT INTO outbox_pace (name, next_free_at) VALUES (%(lane)s, clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (name) DO UPDATE SET next_free_at = excluded.next_free_at WHERE outbox_pace.next_free_at <= clock_timestamp()
    RETURNING name
"""
IS_UNDER_WAY = """
    SELECT EXISTS (
        SELECT 1 FROM outbox_delivery
        WHERE channel = %(channel)s AND recipient_id = %(recipient_id)s AND state IN ('LEASED', 'SENDING')
            AND lease_until > clock_timestamp()
    )
"""
FREE_IN = "SELECT extract(epoch FROM next_free_at - clock_timestamp())::float FROM outbox_pace WHERE name = %(lane)s"
LEAVE_LANE = "UPDATE outbox_pace SET next_free_at = clock_timestamp() + make_interval(secs => %(seconds)s) WHERE name = %(lane)s"


def lane_of(channel: str, recipient_id: UUID | str) -> str:
    """The name of this recipient's pace, as the carrier has it."""
    return f"{channel}:{recipient_id}"


def take_lane(channel: Channel, recipient_id: UUID | str, *, seconds: float) -> float:
    """Zero when the lane is ours for so many seconds, in which no parcel is begun there; else in how many it is worth another look.

    Somebody who is no recipient of parcels has a name of their own for an id.
    """
    lane = lane_of(channel.name, recipient_id)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_LANE, {"lane": lane, "seconds": seconds})
        if cursor.fetchone() is None:
            cursor.execute(FREE_IN, {"lane": lane})
            return max(0.01, float(cursor.fetchone()[0]))
        if not isinstance(recipient_id, UUID):
            return 0.0
        # Looked at with the lane in our hands: a parcel that is begun from now on waits for it.
        cursor.execute(IS_UNDER_WAY, {"channel": channel.name, "recipient_id": recipient_id})
        if not cursor.fetchone()[0]:
            return 0.0
    leave_lane(channel, recipient_id, seconds=0.0)
    return BUSY_SECONDS


def leave_lane(channel: Channel, recipient_id: UUID | str, *, seconds: float) -> None:
    """The lane that was ours is free in so many seconds."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVE_LANE, {"lane": lane_of(channel.name, recipient_id), "seconds": seconds})


def join(channel: Channel, *, nap: float) -> float | None:
    """In how many seconds it is our turn among the calls of this kind; None when that is longer than `nap`. Then `take` follows."""
    if not channel.per_second:
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute(IS_DUE, {"channel": channel.name})
        step = (SHARE if cursor.fetchone()[0] else 1) / channel.per_second
        return _take(cursor, f"{channel.name}:answers", step, nap)


def take(channel: Channel, *, nap: float) -> float | None:
    """In how many seconds it is our turn in the pace of the whole channel; None when that is longer than `nap`."""
    if not channel.per_second:
        return 0.0
    with connection.cursor() as cursor:
        return _take(cursor, channel.name, 1 / channel.per_second, nap)


def _take(cursor, name: str, step: float, nap: float) -> float | None:
    cursor.execute(statements.TAKE_PACE, {"name": name, "step": step, "nap": nap})
    turn = cursor.fetchone()
    return None if turn is None else max(0.0, turn[0])
