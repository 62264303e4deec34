"""The statements of the carrier. All moments are those of the database's clock."""

# Poison: it was taken again and again, and whoever took it never came back. In doubt: it may have arrived.
RESCUE = """
    WITH lost AS (
        SELECT id, state = 'SENDING' AS in_doubt, claims >= %(claims_max)s AS is_poison,
               %(repeats)s OR (is_critical AND copies < %(copies_max)s) AS may_repeat
        FROM outbox_delivery
        WHERE channel = %(channel)s AND lease_until < clock_timestamp()
            AND (state = 'SENDING' OR (state = 'LEASED' AND claims >= %(claims_max)s))
        FOR UPDATE SKIP LOCKED
    ), decided AS (
        SELECT id, in_doubt, CASE WHEN is_poison THEN 'DEAD' WHEN may_repeat THEN 'PENDING' ELSE 'UNCERTAIN' END AS state FROM lost
    ), revived AS (
        UPDATE outbox_delivery d
        SET state = decided.state, lease_token = NULL, lease_until = NULL,
            next_at = clock_timestamp() + make_interval(secs => %(repeat_seconds)s),
            settled_at = CASE WHEN decided.state = 'PENDING' THEN NULL ELSE clock_timestamp() END,
            reason = CASE WHEN decided.state = 'DEAD' THEN 'POISON' ELSE 'WORKER_LOST' END
        FROM decided WHERE d.id = decided.id RETURNING d.id, d.state, decided.in_doubt
    ), noted AS (
        INSERT INTO outbox_attempt (delivery_id, outcome, code)
        SELECT id, 'UNKNOWN', CASE WHEN in_doubt THEN 'WORKER_LOST' ELSE 'POISON' END FROM revived
    )
    SELECT state, count(*) FROM revived GROUP BY state
"""
RELEASE_HELD = """
    UPDATE outbox_delivery SET state = 'PENDING'
    WHERE id IN (
        SELECT id FROM outbox_delivery
        WHERE channel = %(channel)s AND state = 'HELD' AND next_at <= clock_timestamp() LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
"""

DEAD_BEFORE = """
    SELECT 1 FROM outbox_delivery dead
    WHERE dead.channel = {row}.channel AND dead.recipient_id = {row}.recipient_id AND dead.aggregate = {row}.aggregate
        AND dead.id < {row}.id AND dead.state = 'DEAD'
"""
# The first of its recipient, but for those behind a dead letter about the same thing; and no later one that overtook it while it
# slept is under way. Written so that each row is one look into the lane, whatever the planner thinks of the table.
UNBLOCKED = f"""
    d.id = (
        SELECT first.id FROM outbox_delivery first
        WHERE first.channel = d.channel AND first.recipient_id = d.recipient_id AND first.state IN ('PENDING', 'LEASED', 'SENDING')
            AND NOT EXISTS ({DEAD_BEFORE.format(row="first")})
        ORDER BY first.id LIMIT 1
    ) AND NOT EXISTS (
        SELECT 1 FROM outbox_delivery away
        WHERE away.channel = d.channel AND away.recipient_id = d.recipient_id AND away.id > d.id
            AND away.state IN ('LEASED', 'SENDING') AND away.lease_until > clock_timestamp()
    )
"""  # noqa: S608 - made of the constant above
CHANNEL_RESTS = """
    SELECT 1 FROM outbox_channel WHERE name = %(channel)s AND (is_paused OR rests_until > clock_timestamp())
"""
CLAIM = f"""
    UPDATE outbox_delivery
    SET state = 'LEASED', lease_token = %(token)s, lease_until = clock_timestamp() + make_interval(secs => %(lease)s), claims = claims + 1
    WHERE id IN (
        SELECT d.id FROM outbox_delivery d
        WHERE d.channel = %(channel)s AND d.state IN ('PENDING', 'LEASED') AND d.next_at <= clock_timestamp()
            AND (d.state = 'PENDING' OR d.lease_until < clock_timestamp())
            AND NOT EXISTS ({CHANNEL_RESTS})
            AND NOT EXISTS (
                SELECT 1 FROM outbox_pace pace
                WHERE pace.name IN (d.channel, d.channel || ':' || d.recipient_id) AND pace.next_free_at > clock_timestamp()
                    AND (pace.name <> d.channel OR pace.next_free_at > clock_timestamp() + interval '500 milliseconds')
            )
            AND {UNBLOCKED}
        ORDER BY d.next_at, d.id LIMIT %(room)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, channel, recipient_id, letter_id, event_id, type, aggregate, is_critical, failures, copies, request_id,
              extract(epoch FROM clock_timestamp() - created_at)::float
"""  # noqa: S608 - made of the constants above
# The pace of the whole channel is a queue of turns: each taker moves its end, and who would wait too long takes none. A long rest
# stands there as well, see CLAIM.
TAKE_PACE = """
    INSERT INTO outbox_pace (name, next_free_at) VALUES (%(name)s, clock_timestamp() + make_interval(secs => %(step)s))
    ON CONFLICT (name) DO UPDATE
    SET next_free_at = greatest(outbox_pace.next_free_at, clock_timestamp()) + make_interval(secs => %(step)s)
    WHERE outbox_pace.next_free_at <= clock_timestamp() + make_interval(secs => %(nap)s)
    RETURNING extract(epoch FROM next_free_at - clock_timestamp())::float - %(step)s
"""
MARK = """
    UPDATE outbox_delivery
    SET state = 'SENDING', lease_until = clock_timestamp() + make_interval(secs => %(lease)s), copies = copies + 1,
        first_try_at = coalesce(first_try_at, clock_timestamp())
    WHERE id = ANY(%(ids)s) AND lease_token = %(token)s AND state = 'LEASED' AND lease_until > clock_timestamp()
    RETURNING id
"""
# A recipient rests from the answer on: from the mark on, a message that was slow to leave would come right before the next.
SETTLE = """
    WITH came AS (
        SELECT * FROM unnest(
            %(id)s::bigint[], %(state)s::text[], %(delay)s::float[], %(failed)s::int[], %(uncopied)s::int[], %(is_final)s::boolean[],
            %(external_id)s::text[], %(reason)s::text[], %(outcome)s::text[], %(code)s::text[], %(status)s::int[], %(milliseconds)s::int[],
            %(is_sending)s::boolean[]
        ) AS came (id, state, delay, failed, uncopied, is_final, external_id, reason, outcome, code, status, milliseconds, is_sending)
    ), settled AS (
        UPDATE outbox_delivery d
        SET state = came.state, next_at = clock_timestamp() + make_interval(secs => came.delay), failures = failures + came.failed,
            claims = 0, copies = copies - came.uncopied, lease_token = NULL, lease_until = NULL, external_id = came.external_id,
            reason = came.reason, settled_at = CASE WHEN came.is_final THEN clock_timestamp() END
        FROM came WHERE d.id = came.id AND d.lease_token = %(token)s AND d.state IN ('LEASED', 'SENDING')
        RETURNING d.id, d.channel, d.recipient_id, came.is_sending
    ), rested AS (
        INSERT INTO outbox_pace (name, next_free_at)
        SELECT channel || ':' || recipient_id, clock_timestamp() + make_interval(secs => %(rest)s)
        FROM settled WHERE is_sending AND %(rest)s > 0
        ON CONFLICT (name) DO UPDATE SET next_free_at = greatest(outbox_pace.next_free_at, excluded.next_free_at)
    )
    INSERT INTO outbox_attempt (delivery_id, outcome, code, status, milliseconds)
    SELECT came.id, came.outcome, came.code, came.status, came.milliseconds FROM settled JOIN came ON came.id = settled.id
    RETURNING delivery_id
"""
REST = """
    INSERT INTO outbox_pace (name, next_free_at) VALUES (%(name)s, clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (name) DO UPDATE SET next_free_at = greatest(outbox_pace.next_free_at, excluded.next_free_at)
"""
REST_CHANNEL = """
    INSERT INTO outbox_channel (name, rests_until, reason)
    VALUES (%(name)s, clock_timestamp() + make_interval(secs => %(seconds)s), %(reason)s)
    ON CONFLICT (name) DO UPDATE SET rests_until = excluded.rests_until, reason = excluded.reason
"""
NEXT = f"""
    SELECT extract(epoch FROM least(
        (SELECT min(greatest(
            d.next_at, d.lease_until, pace.next_free_at, rest.next_free_at - interval '500 milliseconds', resting.rests_until
         ))
         FROM outbox_delivery d
         LEFT JOIN outbox_pace rest ON rest.name = d.channel
         LEFT JOIN outbox_pace pace ON pace.name = d.channel || ':' || d.recipient_id
         LEFT JOIN outbox_channel resting ON resting.name = d.channel
         WHERE d.channel = %(channel)s AND d.state IN ('PENDING', 'LEASED') AND resting.is_paused IS NOT TRUE AND {UNBLOCKED}),
        (SELECT min(lease_until) FROM outbox_delivery WHERE channel = %(channel)s AND state = 'SENDING'),
        (SELECT min(next_at) FROM outbox_delivery WHERE channel = %(channel)s AND state = 'HELD')
    ) - clock_timestamp())::float
"""  # noqa: S608 - made of the constants above
WAITING = """
    SELECT name FROM unnest(%(names)s::text[]) AS name
    WHERE EXISTS (SELECT 1 FROM outbox_delivery d WHERE d.channel = name AND d.state IN ('PENDING', 'LEASED', 'SENDING', 'HELD'))
        AND NOT EXISTS (SELECT 1 FROM outbox_channel c WHERE c.name = name AND c.is_paused)
"""
# Whoever asks first is woken; who asks later for a later moment, or for one hardly earlier, is served by the same call.
ASK_TO_BE_WOKEN = """
    INSERT INTO outbox_channel (name, wakes_at) VALUES (%(name)s, clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (name) DO UPDATE SET wakes_at = excluded.wakes_at
    WHERE outbox_channel.wakes_at IS NULL OR outbox_channel.wakes_at < clock_timestamp()
        OR outbox_channel.wakes_at > excluded.wakes_at + interval '1 second'
    RETURNING name
"""
