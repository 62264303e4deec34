"""The statements of the carrier. All moments are those of the database's clock."""

# What a parcel looks like that starts anew: all that send one again write this.
CLEAN_RECORD = "failures = 0, defects = 0, waits = 0, claims = 0, settled_at = NULL"
SEND_AGAIN = f"""
    UPDATE outbox_delivery SET state = 'PENDING', {CLEAN_RECORD}, next_at = clock_timestamp(), reason = %(reason)s
    WHERE id = %(id)s AND state = ANY(%(states)s)
"""  # noqa: S608 - made of the constant above

# Poison: it was taken again and again, and whoever took it never came back. In doubt: it may have arrived. What was only leased is free
# again as if nobody had touched it.
RESCUE = """
    WITH lost AS (
        SELECT id, state = 'SENDING' AS in_doubt, claims >= %(claims_max)s AS is_poison,
               state = 'LEASED' OR %(repeats)s OR (is_critical AND copies < %(copies_max)s) AS may_repeat
        FROM outbox_delivery
        WHERE channel = %(channel)s AND state IN ('LEASED', 'SENDING') AND lease_until < clock_timestamp()
        FOR UPDATE SKIP LOCKED
    ), decided AS (
        SELECT id, in_doubt, CASE WHEN is_poison THEN 'DEAD' WHEN may_repeat THEN 'PENDING' ELSE 'UNCERTAIN' END AS state FROM lost
    ), revived AS (
        UPDATE outbox_delivery d
        SET state = decided.state, lease_token = NULL, lease_until = NULL,
            next_at = CASE WHEN in_doubt THEN clock_timestamp() + make_interval(secs => %(repeat_seconds)s) ELSE next_at END,
            settled_at = CASE WHEN decided.state = 'PENDING' THEN NULL ELSE clock_timestamp() END,
            reason = CASE WHEN decided.state = 'DEAD' THEN 'POISON' WHEN in_doubt THEN 'WORKER_LOST' ELSE reason END
        FROM decided WHERE d.id = decided.id RETURNING d.id, d.state, decided.in_doubt
    ), noted AS (
        INSERT INTO outbox_attempt (delivery_id, outcome, code)
        SELECT id, 'UNKNOWN', CASE WHEN in_doubt THEN 'WORKER_LOST' ELSE 'POISON' END FROM revived WHERE in_doubt OR state = 'DEAD'
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

OPEN = "channel = %(channel)s AND state IN ('PENDING', 'LEASED', 'SENDING')"
# The only parcel of a lane that may go: the first that does not stand behind a dead letter about the same thing. While another one
# is under way, such as a later one that overtook it in its sleep, none may.
HEAD = """
    SELECT first.id, first.state, first.next_at, first.lease_until FROM outbox_delivery first
    WHERE first.channel = %(channel)s AND first.recipient_id = lane.recipient_id AND first.state IN ('PENDING', 'LEASED', 'SENDING')
        AND NOT EXISTS (
            SELECT 1 FROM outbox_delivery dead
            WHERE dead.channel = first.channel AND dead.recipient_id = first.recipient_id AND dead.aggregate = first.aggregate
                AND dead.id < first.id AND dead.state = 'DEAD'
        )
    ORDER BY first.id LIMIT 1
"""
NOBODY_AWAY = """
    NOT EXISTS (
        SELECT 1 FROM outbox_delivery away
        WHERE away.channel = %(channel)s AND away.recipient_id = lane.recipient_id AND away.id <> head.id
            AND away.state IN ('LEASED', 'SENDING')
    )
"""


def skipping(name: str, bound: str) -> str:
    """A table of the lanes within the bound: one look into the index for each, however many parcels stand in it."""
    first = f"SELECT recipient_id FROM outbox_delivery WHERE {OPEN} {{}} ORDER BY recipient_id LIMIT 1"  # noqa: S608
    step = first.format(f"AND recipient_id > {name}.recipient_id {bound}")
    return f"""
        {name} AS (
            (SELECT recipient_id FROM ({first.format(bound)}) AS first)
            UNION ALL
            SELECT following.recipient_id FROM {name} CROSS JOIN LATERAL ({step}) AS following
        )
    """  # noqa: S608 - made of the constants above


CHANNEL_RESTS = """
    SELECT 1 FROM outbox_channel WHERE name = %(channel)s AND (is_paused OR rests_until > clock_timestamp())
"""
DUE = "d.next_at <= clock_timestamp() AND (d.state = 'PENDING' OR (d.state = 'LEASED' AND d.lease_until < clock_timestamp()))"
# The lanes of what has been due for longest come first. Where those are only the beginning of a long queue, of which most may stand
# behind each other, the others follow in a ring, from the one that was taken last. More heads are sought than there is room for,
# because other workers may be taking some at this moment.
CLAIM = f"""
    WITH RECURSIVE due AS MATERIALIZED (
        SELECT d.recipient_id, d.next_at FROM outbox_delivery d
        WHERE d.channel = %(channel)s AND d.state IN ('PENDING', 'LEASED') AND {DUE} AND NOT EXISTS ({CHANNEL_RESTS})
        ORDER BY d.next_at, d.id LIMIT %(window)s
    ), {skipping("further", "AND recipient_id > %(after)s::uuid")}, {skipping("nearer", "AND recipient_id <= %(after)s::uuid")},
    early AS MATERIALIZED (SELECT recipient_id FROM due GROUP BY recipient_id ORDER BY min(next_at)), lane AS (
        SELECT recipient_id FROM early
        UNION ALL
        SELECT ring.recipient_id FROM (SELECT recipient_id FROM further UNION ALL SELECT recipient_id FROM nearer) AS ring
        WHERE (SELECT count(*) FROM due) >= %(window)s AND ring.recipient_id NOT IN (SELECT recipient_id FROM early)
    ), heads AS (
        SELECT head.id FROM lane CROSS JOIN LATERAL ({HEAD}) AS head
        WHERE head.next_at <= clock_timestamp() AND {NOBODY_AWAY}
            AND NOT EXISTS (
                SELECT 1 FROM outbox_pace pace
                WHERE pace.name IN (%(channel)s, %(channel)s || ':' || lane.recipient_id) AND pace.next_free_at > clock_timestamp()
                    AND (pace.name <> %(channel)s OR pace.next_free_at > clock_timestamp() + interval '500 milliseconds')
            )
        LIMIT 4 * %(room)s::int
    )
    UPDATE outbox_delivery
    SET state = 'LEASED', lease_token = %(token)s, lease_until = clock_timestamp() + make_interval(secs => %(lease)s), claims = claims + 1
    WHERE id IN (
        SELECT d.id FROM unnest(ARRAY(SELECT id FROM heads)) WITH ORDINALITY AS sought (id, number)
        JOIN outbox_delivery d ON d.id = sought.id WHERE {DUE}
        ORDER BY sought.number LIMIT %(room)s FOR UPDATE OF d SKIP LOCKED
    )
    RETURNING id, channel, recipient_id, letter_id, event_id, type, aggregate, is_critical, failures, copies, request_id,
              extract(epoch FROM clock_timestamp() - created_at)::float, defects, waits,
              recipient_id IN (SELECT recipient_id FROM early)
"""  # noqa: S608 - made of the constants above
# As if it had not been taken.
PUT_BACK = """
    UPDATE outbox_delivery
    SET state = 'PENDING', lease_token = NULL, lease_until = NULL, claims = claims - 1,
        next_at = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE id = ANY(%(ids)s) AND lease_token = %(token)s AND state = 'LEASED'
"""
# What was written for this recipient until the parcel was taken; what came later may have been written for a recipient who is back.
PUT_AWAY = """
    UPDATE outbox_delivery SET state = 'SKIPPED', settled_at = clock_timestamp(), reason = %(reason)s
    WHERE id IN (
        SELECT id FROM outbox_delivery
        WHERE channel = %(channel)s AND recipient_id = %(recipient_id)s AND state = 'PENDING' AND created_at <= (
            SELECT created_at FROM outbox_delivery WHERE id = %(id)s
        ) + make_interval(secs => %(age)s)
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
"""
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
            %(is_sending)s::boolean[], %(is_defect)s::boolean[], %(waited)s::int[]
        ) AS came (
            id, state, delay, failed, uncopied, is_final, external_id, reason, outcome, code, status, milliseconds,
            is_sending, is_defect, waited
        )
    ), settled AS (
        UPDATE outbox_delivery d
        SET state = came.state, next_at = clock_timestamp() + make_interval(secs => came.delay), failures = failures + came.failed,
            defects = CASE WHEN came.is_defect THEN defects + 1 ELSE 0 END, waits = waits + came.waited, claims = 0,
            copies = copies - came.uncopied, lease_token = NULL, lease_until = NULL, external_id = came.external_id,
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
    WITH RECURSIVE {skipping("lane", "")}
    SELECT extract(epoch FROM least(
        (SELECT min(greatest(
            head.next_at, head.lease_until, pace.next_free_at, rest.next_free_at - interval '500 milliseconds', resting.rests_until
         ))
         FROM lane CROSS JOIN LATERAL ({HEAD}) AS head
         LEFT JOIN outbox_pace rest ON rest.name = %(channel)s
         LEFT JOIN outbox_pace pace ON pace.name = %(channel)s || ':' || lane.recipient_id
         LEFT JOIN outbox_channel resting ON resting.name = %(channel)s
         WHERE head.state IN ('PENDING', 'LEASED') AND resting.is_paused IS NOT TRUE AND {NOBODY_AWAY}),
        (SELECT min(lease_until) FROM outbox_delivery WHERE channel = %(channel)s AND state IN ('LEASED', 'SENDING')),
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
