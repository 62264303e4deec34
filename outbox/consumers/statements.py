"""The statements of the pull API. All moments are those of the database's clock.

`%(all)s OR type LIKE ANY (%(patterns)s)` is what a consumer may see: outside it there are no events.
"""

SEEN = "(%(all)s OR event.type LIKE ANY (%(patterns)s))"

# The whole pull takes this lock first: of two pulls at once the second one sees what the first one took.
LOCK = """
    SELECT position, reached, era, coalesce((SELECT pruned_to FROM outbox_horizon), 0)
    FROM outbox_consumer WHERE id = %(consumer)s FOR NO KEY UPDATE
"""

# What comes again: given back or redriven whatever the cursor, or behind the cursor with a lease that has run out.
# Then what is new, as far as the limit goes. `head` is of the same snapshot: nothing can appear before it any more.
GIVE = f"""
    WITH again AS (
        (SELECT event_id, position FROM outbox_handout
         WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND was_returned AND free_at <= clock_timestamp()
         ORDER BY position LIMIT %(limit)s)
        UNION
        (SELECT event_id, position FROM outbox_handout
         WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND position > %(place)s AND free_at <= clock_timestamp()
         ORDER BY position LIMIT %(limit)s)
        ORDER BY position LIMIT %(limit)s
    ), fresh AS (
        SELECT event.id AS event_id, event.position FROM outbox_event event
        WHERE event.position > %(reached)s AND {SEEN} AND NOT EXISTS (
            SELECT 1 FROM outbox_handout taken WHERE taken.consumer_id = %(consumer)s AND taken.event_id = event.id
        )
        ORDER BY event.position LIMIT greatest(0, %(limit)s - (SELECT count(*) FROM again))
    ), given AS (
        INSERT INTO outbox_handout AS handout (consumer_id, event_id, position, state, free_at, times_given)
        SELECT %(consumer)s, event_id, position, 'LEASED', clock_timestamp() + make_interval(secs => %(visibility)s), 1
        FROM (SELECT * FROM again UNION ALL SELECT * FROM fresh) AS chosen
        ON CONFLICT (consumer_id, event_id) DO UPDATE
        SET state = 'LEASED', free_at = excluded.free_at, times_given = handout.times_given + 1
        RETURNING event_id, position, free_at, failures, times_given
    )
    SELECT head.position, event.uid, event.type, event.payload::text, event.occurred_at,
           given.event_id, given.position, given.free_at, given.failures, given.times_given
    FROM (SELECT coalesce(max(position), 0) AS position FROM outbox_event) head
    LEFT JOIN (given JOIN outbox_event event ON event.id = given.event_id) ON true
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
        SET reached = greatest(reached, %(reached)s), last_seen_at = clock_timestamp(),
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
    INSERT INTO outbox_handout AS handout (consumer_id, event_id, position, state)
    SELECT %(consumer)s, event.id, event.position, 'DONE'
    FROM outbox_event event
    WHERE event.uid = ANY (%(uids)s) AND event.position IS NOT NULL AND {SEEN} AND (
        event.position > %(position)s
        OR EXISTS (SELECT 1 FROM outbox_handout old WHERE old.consumer_id = %(consumer)s AND old.event_id = event.id)
    )
    ORDER BY event.position
    ON CONFLICT (consumer_id, event_id) DO UPDATE SET state = 'DONE', free_at = NULL, died_at = NULL WHERE handout.state <> 'DONE'
    RETURNING event_id
"""  # noqa: S608

IS_SOMETHING_THERE = f"""
    SELECT EXISTS (
        SELECT 1 FROM outbox_handout
        WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND was_returned AND free_at <= clock_timestamp()
    ) OR EXISTS (
        SELECT 1 FROM outbox_handout
        WHERE consumer_id = %(consumer)s AND state IN ('LEASED', 'WAITING') AND position > %(place)s AND free_at <= clock_timestamp()
    ) OR EXISTS (
        SELECT 1 FROM outbox_event event
        WHERE event.position > (SELECT reached FROM outbox_consumer WHERE id = %(consumer)s) AND {SEEN} AND NOT EXISTS (
            SELECT 1 FROM outbox_handout taken WHERE taken.consumer_id = %(consumer)s AND taken.event_id = event.id
        )
    )
"""  # noqa: S608

# The age is that of the oldest event that is not done with, whether or not the consumer may see it.
LAGS = """
    SELECT consumer.name, consumer.position, greatest(0, head.position - consumer.position) AS behind,
           coalesce(greatest(0, extract(epoch FROM clock_timestamp() - (
               SELECT event.occurred_at FROM outbox_event event
               WHERE event.position > consumer.position ORDER BY event.position LIMIT 1
           ))), 0)::float AS seconds,
           (SELECT count(*) FROM outbox_handout WHERE consumer_id = consumer.id AND state = 'DEAD') AS dead,
           consumer.last_seen_at
    FROM outbox_consumer consumer, (SELECT coalesce(max(position), 0) AS position FROM outbox_event) head
    WHERE consumer.revoked_at IS NULL
    ORDER BY consumer.name
"""
