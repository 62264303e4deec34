"""The statements of a replay."""

from outbox.statements import CLEAN_RECORD

CHOSEN = """
    SELECT id, type, state, NOT %(may_repeat)s AND copies >= %(copies_max)s AS is_twice_out
    FROM outbox_delivery
    WHERE channel = %(channel)s AND created_at >= %(since)s AND created_at < %(until)s AND state = ANY(%(states)s)
        AND (%(type)s = '' OR type = %(type)s) AND (%(recipient)s::uuid IS NULL OR recipient_id = %(recipient)s::uuid)
    ORDER BY id LIMIT %(limit)s
"""
PREVIEW = f"""
    SELECT type, state, CASE WHEN is_twice_out THEN 'TWICE_OUT' ELSE 'SEND' END, count(*) FROM ({CHOSEN}) AS chosen
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 - made of the constant above
# Held until its turn comes, so that a long replay holds up nothing that is new.
REPLAY = f"""
    WITH chosen AS ({CHOSEN} FOR NO KEY UPDATE),
    numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS number FROM chosen WHERE NOT is_twice_out),
    again AS (
        UPDATE outbox_delivery d
        SET state = 'HELD', {CLEAN_RECORD}, reason = 'REPLAYED',
            next_at = clock_timestamp() + make_interval(secs => (numbered.number - 1)::float / %(per_second)s)
        FROM numbered WHERE d.id = numbered.id RETURNING d.id
    )
    SELECT count(*) FROM again
"""  # noqa: S608 - made of the constants above
