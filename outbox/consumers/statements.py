"""The statements of the pull API. All moments are those of the database's clock.

`%(all)s OR type LIKE ANY (%(patterns)s)` is what a consumer may see: outside it there are no events. However many events and handouts
there are, a pull looks at so many of them: `looked_at` that are free, and `ahead` new ones beyond the page.
"""

from typing import Any

from outbox.consumers.models import Consumer
from outbox.consumers.scopes import conditions

LOOKED_AT_MAX = 1_000  # when so many wait for earlier events, nothing new is given
AHEAD_MAX = 200


def sight(consumer: Consumer) -> dict[str, Any]:
    """Which events are there for this consumer, and how many of them are looked at."""
    return {"consumer": consumer.pk, "looked_at": LOOKED_AT_MAX, "ahead": AHEAD_MAX} | conditions(consumer.scopes)


SEEN = "(%(all)s OR event.type LIKE ANY (%(patterns)s))"

# The whole pull takes this lock first: of two pulls at once the second one sees what the first one took.
LOCK = """
    SELECT position, reached, era, coalesce((SELECT pruned_to FROM outbox_horizon), 0), paused_at IS NOT NULL
    FROM outbox_consumer WHERE id = %(consumer)s FOR NO KEY UPDATE
"""

# What may come again: given back or redriven whatever the cursor, or behind the cursor with a lease that has run out. The first of
# them by position, so that whatever is left out lies behind what is looked at.
FREE = """
    (SELECT event_id, position, aggregate FROM outbox_handout
     WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND was_returned AND free_at <= statement_timestamp()
     ORDER BY position LIMIT %(looked_at)s)
    UNION
    (SELECT event_id, position, aggregate FROM outbox_handout
     WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND position > %(place)s AND free_at <= statement_timestamp()
     ORDER BY position LIMIT %(looked_at)s)
    ORDER BY position LIMIT %(looked_at)s
"""

# New events behind what was given out.
AHEAD = f"""
    SELECT event.id AS event_id, event.position, event.aggregate FROM outbox_event event
    WHERE event.position > {{reached}} AND {SEEN} AND (
        SELECT 1 FROM outbox_handout taken WHERE taken.consumer_id = %(consumer)s AND taken.event_id = event.id LIMIT 1
    ) IS NULL
    ORDER BY event.position
"""  # noqa: S608

# An earlier event of the same aggregate is in hand, or waits for its repeat. The cursor says that its caller has received what lies
# before it, so that only what was given back counts there. With the LIMIT it is looked up for each event and never joined to all that
# is in hand, and with the addition of nothing by the aggregate and never by the end of leases.
IS_HELD = """
    (
        SELECT 1 FROM outbox_handout earlier
        WHERE earlier.consumer_id = %(consumer)s AND earlier.aggregate = {chosen}.aggregate AND earlier.position < {chosen}.position
            AND earlier.state IN ('LEASED', 'WAITING') AND earlier.free_at + interval '0' > statement_timestamp()
            AND (earlier.position > %(place)s OR earlier.was_returned)
        LIMIT 1
    ) IS NOT NULL
"""

# First what comes again, then what is new, as far as the limit goes. New events that have to wait for an earlier one are written down
# as held, so that the next pull goes on behind them; while too many are held nothing new is looked for. A page with room left has
# reached the end of what it looked at: `head`, of the same snapshot, before which nothing can appear any more.
GIVE = f"""
    WITH free AS ({FREE}), again AS (
        SELECT event_id, position, aggregate FROM free WHERE NOT ({IS_HELD.format(chosen="free")}) ORDER BY position LIMIT %(limit)s
    ), room AS (
        SELECT CASE WHEN (SELECT count(*) FROM free) < %(looked_at)s THEN %(limit)s - (SELECT count(*) FROM again) ELSE 0 END AS number
    ), ahead AS (
        SELECT news.*, {IS_HELD.format(chosen="news")} AS is_held
        FROM (
            {AHEAD.format(reached="%(reached)s")}
            LIMIT (SELECT CASE WHEN number = 0 THEN 0 ELSE number + %(ahead)s END FROM room)
        ) AS news
    ), fresh AS (
        SELECT event_id, position, aggregate FROM ahead WHERE NOT is_held ORDER BY position LIMIT (SELECT number FROM room)
    ), bound AS (
        SELECT CASE
            WHEN room.number = 0 THEN %(reached)s
            WHEN (SELECT count(*) FROM fresh) = room.number THEN (SELECT max(position) FROM fresh)
            WHEN (SELECT count(*) FROM ahead) = room.number + %(ahead)s THEN (SELECT max(position) FROM ahead)
            ELSE (SELECT coalesce(max(position), 0) FROM outbox_event)
        END AS position FROM room
    ), held AS (
        INSERT INTO outbox_handout (consumer_id, event_id, position, aggregate, state, free_at)
        SELECT %(consumer)s, event_id, ahead.position, aggregate, 'WAITING', statement_timestamp()
        FROM ahead, bound WHERE is_held AND ahead.position <= bound.position
    ), given AS (
        INSERT INTO outbox_handout AS handout (consumer_id, event_id, position, aggregate, state, free_at, times_given)
        SELECT %(consumer)s, event_id, position, aggregate, 'LEASED', clock_timestamp() + make_interval(secs => %(visibility)s), 1
        FROM (SELECT * FROM again UNION ALL SELECT * FROM fresh) AS chosen
        ON CONFLICT (consumer_id, event_id) DO UPDATE
        SET state = 'LEASED', free_at = excluded.free_at, times_given = handout.times_given + 1
        RETURNING event_id, position, free_at, failures, times_given
    )
    SELECT bound.position, event.uid, event.type, event.payload::text, event.occurred_at,
           given.event_id, given.position, given.free_at, given.failures, given.times_given
    FROM bound LEFT JOIN (
        given CROSS JOIN LATERAL (SELECT uid, type, payload, occurred_at FROM outbox_event WHERE id = given.event_id LIMIT 1) event
    ) ON true
    ORDER BY given.position
"""  # noqa: S608

# The first event behind the place that somebody else still has in hand. A cursor must not pass it: its holder may be lost.
IN_OTHER_HANDS = """
    SELECT min(position) FROM outbox_handout
    WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND NOT was_returned AND position > %(place)s
        AND event_id <> ALL (%(given)s)
"""

# Everything before the first event in hand is done with, and needs no row of its own.
SETTLE = """
    WITH moved AS (
        UPDATE outbox_consumer
        SET reached = greatest(reached, %(reached)s),
            last_seen_at = CASE WHEN %(is_here)s THEN clock_timestamp() ELSE last_seen_at END,
            position = greatest(position, coalesce((
                SELECT min(position) - 1 FROM outbox_handout
                WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND position > outbox_consumer.position
            ), greatest(reached, %(reached)s)))
        WHERE id = %(consumer)s
        RETURNING position
    )
    DELETE FROM outbox_handout USING moved
    WHERE consumer_id = %(consumer)s AND state = 'DONE' AND outbox_handout.position <= moved.position
"""

# Behind the consumer's position everything is done with, but for what was given up or redriven.
ACKNOWLEDGE = f"""
    INSERT INTO outbox_handout AS handout (consumer_id, event_id, position, aggregate, state)
    SELECT %(consumer)s, event.id, event.position, event.aggregate, 'DONE'
    FROM outbox_event event
    WHERE event.uid = ANY (%(uids)s) AND event.position IS NOT NULL AND {SEEN} AND (
        event.position > %(position)s
        OR EXISTS (SELECT 1 FROM outbox_handout old WHERE old.consumer_id = %(consumer)s AND old.event_id = event.id)
    )
    ORDER BY event.position
    ON CONFLICT (consumer_id, event_id) DO UPDATE
    SET state = 'DONE', free_at = NULL, died_at = NULL, reason = '' WHERE handout.state <> 'DONE'
    RETURNING event_id
"""  # noqa: S608

# Also when a pull would only get past what has to wait, so that the next one finds more.
IS_SOMETHING_THERE = f"""
    WITH free AS ({FREE}), ahead AS (
        SELECT news.*, {IS_HELD.format(chosen="news")} AS is_held
        FROM (
            {AHEAD.format(reached="(SELECT reached FROM outbox_consumer WHERE id = %(consumer)s)")}
            LIMIT CASE WHEN (SELECT count(*) FROM free) < %(looked_at)s THEN %(ahead)s ELSE 0 END
        ) AS news
    )
    SELECT NOT EXISTS (SELECT 1 FROM outbox_consumer WHERE id = %(consumer)s AND paused_at IS NOT NULL) AND (
        EXISTS (SELECT 1 FROM free WHERE NOT ({IS_HELD.format(chosen="free")}))
        OR EXISTS (SELECT 1 FROM ahead WHERE NOT is_held)
        OR (SELECT count(*) FROM ahead) = %(ahead)s
    )
"""  # noqa: S608

# It was given, its lease ran out long ago, and the consumer has come since and let it be. One that does not come at all is away.
ABANDON = """
    UPDATE outbox_handout SET state = 'DEAD', free_at = NULL, died_at = clock_timestamp(), reason = 'ABANDONED'
    WHERE id IN (
        SELECT handout.id FROM outbox_handout handout
        WHERE handout.consumer_id = %(consumer)s AND handout.state IN ('LEASED', 'WAITING') AND handout.times_given > 0
            AND handout.free_at < (SELECT last_seen_at FROM outbox_consumer WHERE id = %(consumer)s) - make_interval(days => %(days)s)
        ORDER BY handout.free_at LIMIT %(limit)s
    )
"""

# The age is that of the oldest event that is not done with, whether or not the consumer may see it.
LAGS = """
    SELECT consumer.name, consumer.position, greatest(0, head.position - consumer.position) AS behind,
           coalesce(greatest(0, extract(epoch FROM clock_timestamp() - (
               SELECT event.occurred_at FROM outbox_event event
               WHERE event.position > consumer.position ORDER BY event.position LIMIT 1
           ))), 0)::float AS seconds,
           (SELECT count(*) FROM outbox_handout WHERE consumer_id = consumer.id AND state = 'DEAD' AND reason = '') AS dead,
           (SELECT count(*) FROM outbox_handout WHERE consumer_id = consumer.id AND state = 'DEAD' AND reason <> '') AS abandoned,
           consumer.last_seen_at
    FROM outbox_consumer consumer, (SELECT coalesce(max(position), 0) AS position FROM outbox_event) head
    WHERE consumer.revoked_at IS NULL
    ORDER BY consumer.name
"""
