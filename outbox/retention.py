"""What is not kept any more, in batches that hold their locks for a moment each.

Events go after 400 days, and never before every consumer that still comes is done with them. Parcels go 30 days after they arrived
or were let be, dead letters after 180. What a consumer was given and let be for two weeks, though it came, counts as given up: it holds
back events no longer than a dead letter does.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from outbox import pulse
from outbox.consumers import services
from outbox.consumers.models import Consumer

BATCH_MAX = 1_000
EVENT_DAYS, SETTLED_DAYS, DEAD_DAYS = 400, 30, 180
AWAY_DAYS = 90  # a consumer that did not come for so long holds nothing back

# A parcel may have been tried for weeks: it goes once its tries have gone, so many of them in each statement.
PRUNE_DELIVERIES = """
    WITH old AS (
        SELECT id FROM outbox_delivery
        WHERE state = ANY (%(states)s) AND settled_at < clock_timestamp() - make_interval(days => %(days)s)
        ORDER BY settled_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), going AS (
        SELECT attempt.id FROM old JOIN outbox_attempt attempt ON attempt.delivery_id = old.id LIMIT %(limit)s
    ), attempts AS (
        DELETE FROM outbox_attempt WHERE id IN (SELECT id FROM going) RETURNING id
    ), deliveries AS (
        DELETE FROM outbox_delivery USING old
        WHERE outbox_delivery.id = old.id AND NOT EXISTS (
            SELECT 1 FROM outbox_attempt attempt WHERE attempt.delivery_id = old.id AND attempt.id NOT IN (SELECT id FROM going)
        )
        RETURNING outbox_delivery.id
    )
    SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM attempts)
"""
PRUNE_HANDOUTS = """
    DELETE FROM outbox_handout WHERE id IN (
        SELECT handout.id FROM outbox_handout handout JOIN outbox_consumer consumer ON consumer.id = handout.consumer_id
        WHERE handout.died_at < clock_timestamp() - make_interval(days => %(days)s)
            OR consumer.revoked_at < clock_timestamp() - make_interval(days => %(days)s)
        LIMIT %(limit)s
    )
"""

# A consumer holds events back while it can sign in and was seen lately, or was made lately.
HELD_FROM = """
    SELECT min(consumer.position) FROM outbox_consumer consumer
    WHERE consumer.revoked_at IS NULL
        AND coalesce(consumer.last_seen_at, consumer.created_at) > clock_timestamp() - make_interval(days => %(away)s)
        AND EXISTS (
            SELECT 1 FROM outbox_consumertoken token
            WHERE token.consumer_id = consumer.id AND (token.expires_at IS NULL OR token.expires_at > clock_timestamp())
        )
"""
PRUNE_EVENTS = f"""
    WITH bound AS (
        SELECT least(({HELD_FROM}), (
            SELECT position - 1 FROM outbox_event
            WHERE position IS NOT NULL AND occurred_at >= clock_timestamp() - make_interval(days => %(days)s)
            ORDER BY position LIMIT 1
        ), (SELECT max(position) FROM outbox_event)) AS position
    ), old AS (
        SELECT event.id, event.position FROM outbox_event event, bound
        WHERE event.position <= bound.position
            AND NOT EXISTS (SELECT 1 FROM outbox_delivery delivery WHERE delivery.event_id = event.id)
            AND NOT EXISTS (
                SELECT 1 FROM outbox_handout handout JOIN outbox_consumer consumer ON consumer.id = handout.consumer_id
                WHERE handout.event_id = event.id AND handout.state = 'DEAD' AND consumer.revoked_at IS NULL
            )
        ORDER BY event.position LIMIT %(limit)s
    ), forgotten AS (
        DELETE FROM outbox_handout USING old WHERE event_id = old.id
    ), listed AS (
        DELETE FROM outbox_addressee USING old WHERE outbox_addressee.position = old.position
    ), horizon AS (
        INSERT INTO outbox_horizon AS kept (name, pruned_to) SELECT 'events', max(position) FROM old HAVING max(position) IS NOT NULL
        ON CONFLICT (name) DO UPDATE SET pruned_to = greatest(kept.pruned_to, excluded.pruned_to)
    )
    DELETE FROM outbox_event USING old WHERE outbox_event.id = old.id
"""  # noqa: S608


@dataclass(frozen=True)
class Pruned:
    """How much went."""

    deliveries: int
    handouts: int
    events: int
    abandoned: int  # not gone yet: given up


def prune() -> Pruned:
    """Only what is still to be kept is there. Parcels go first, because an event that a parcel carries stays."""
    settled = {"states": ["SENT", "SKIPPED", "UNCERTAIN"], "days": SETTLED_DAYS}
    dead = {"states": ["DEAD"], "days": DEAD_DAYS}
    deliveries = _prune_deliveries(settled) + _prune_deliveries(dead)
    handouts = in_batches(PRUNE_HANDOUTS, {"days": DEAD_DAYS})
    abandoned = sum(abandon_for(consumer) for consumer in Consumer.objects.filter(revoked_at=None).order_by("id"))
    events = in_batches(PRUNE_EVENTS, {"days": EVENT_DAYS, "away": AWAY_DAYS})
    pulse.forget_retired()
    return Pruned(deliveries, handouts, events, abandoned)


def _prune_deliveries(told: dict[str, Any]) -> int:
    """These parcels have gone with all their attempts, each part in a transaction of its own. Returns how many parcels went."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PRUNE_DELIVERIES, told | {"limit": BATCH_MAX})
            deliveries, attempts = cursor.fetchone()
        total += deliveries
        if deliveries < BATCH_MAX and attempts < BATCH_MAX:
            return total


def abandon_for(consumer: Consumer) -> int:
    """What the consumer has let be is given up, in batches too. Returns how many events."""
    total = 0
    while True:
        given_up = services.abandon(consumer, limit=BATCH_MAX)
        total += given_up
        if given_up < BATCH_MAX:
            return total


def in_batches(statement: str, told: dict[str, Any]) -> int:
    """The statement ran until a batch was not full, each time in a transaction of its own. Returns how many rows went."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, told | {"limit": BATCH_MAX})
            gone = cursor.rowcount
        total += gone
        if gone < BATCH_MAX:
            return total
