"""What is hashed, said once: whoever seals and whoever verifies reads the same expressions.

PostgreSQL writes jsonb in one way (keys by length, then by bytes; no spaces of its own), so that its text is good for a hash.
"""

from core.audit.models import OF_PERSON

# Things whose amounts stay when a person's data fades: their numbers belong to the frame.
MONEY = "('Adjustment', 'CommissionRule', 'Escrow', 'Limit', 'Payout', 'TopUp')"

_NAMES = "(SELECT coalesce(jsonb_agg(key ORDER BY key COLLATE \"C\"), '[]') FROM jsonb_object_keys(entry.{side}) key)"
_NUMBERS = """(CASE WHEN entry.subject_type IN {money} THEN (
    SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(entry.{side}) WHERE jsonb_typeof(value) = 'number'
) ELSE '{{}}' END)"""

# What an entry says for ever, and all that it says.
FRAME = f"""sha256(convert_to(jsonb_build_array(
    entry.id, to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), entry.actor_id, entry.action,
    entry.subject_type, entry.subject_id, entry.request_id,
    {_NAMES.format(side="before")}, {_NAMES.format(side="after")},
    {_NUMBERS.format(side="before", money=MONEY)}, {_NUMBERS.format(side="after", money=MONEY)}
)::text, 'UTF8'))"""
BODY = "sha256({salt} || convert_to(jsonb_build_array(entry.before, entry.after, entry.reason)::text, 'UTF8'))"
# Of a seal: its place, what it seals, and the seal before it.
DIGEST = "sha256(int8send(position) || int8send(entry_id) || frame || body || previous)"
GENESIS = "'\\x" + "00" * 32 + "'::bytea"

LAST = f"""
    SELECT coalesce(max(position), 0), coalesce((array_agg(digest ORDER BY position DESC))[1], {GENESIS})
    FROM (SELECT position, digest FROM core_auditseal ORDER BY position DESC LIMIT 1) AS last
"""  # noqa: S608 - made of the constants above
WAITING = f"""
    SELECT entry.id, salt.value, {FRAME}, {BODY.format(salt="salt.value")}
    FROM core_unsealedentry waiting
    JOIN core_auditentry entry ON entry.id = waiting.entry_id
    CROSS JOIN LATERAL (SELECT uuid_send(gen_random_uuid()) AS value WHERE entry.id IS NOT NULL) AS salt
    ORDER BY waiting.entry_id LIMIT %s
"""  # noqa: S608 - made of the constants above

# Every seal in order, with what is wrong about it. The first line of the answer is the first broken place.
BROKEN = f"""
    WITH place AS (
        SELECT seal.*, lag(position, 1, 0) OVER everything AS position_before, lag(digest, 1, {GENESIS}) OVER everything AS digest_before
        FROM core_auditseal seal WINDOW everything AS (ORDER BY position)
    ), judged AS (
        SELECT place.position, place.entry_id, CASE
            WHEN position <> position_before + 1 THEN 'GAP'
            WHEN previous <> digest_before THEN 'CHAIN'
            WHEN digest <> {DIGEST} THEN 'SEAL'
            WHEN entry.id IS NULL THEN 'MISSING'
            WHEN frame <> {FRAME} THEN 'FRAME'
            WHEN salt IS NOT NULL AND body <> {BODY.format(salt="salt")} THEN 'BODY'
            WHEN salt IS NULL AND NOT EXISTS (
                SELECT 1 FROM core_user person WHERE person.erased_at IS NOT NULL AND ({OF_PERSON.replace("OLD.", "entry.")})
            ) THEN 'FADED'
        END AS fault
        FROM place LEFT JOIN core_auditentry entry ON entry.id = place.entry_id
    )
    SELECT position, entry_id, fault FROM judged WHERE fault IS NOT NULL ORDER BY position LIMIT %s
"""  # noqa: S608 - made of the constants above
# One seal and its entry.
ONE = f"""
    SELECT position, sealed_at, digest, CASE
        WHEN digest <> {DIGEST} THEN 'SEAL'
        WHEN frame <> {FRAME} THEN 'FRAME'
        WHEN salt IS NOT NULL AND body <> {BODY.format(salt="salt")} THEN 'BODY'
        WHEN salt IS NULL THEN 'FADED'
        ELSE ''
    END
    FROM core_auditseal JOIN core_auditentry entry ON entry.id = entry_id
    WHERE entry_id = %s
"""  # noqa: S608 - made of the constants above
# Entries that the chain does not know and that do not wait for it, or wait for too long; and those that went away while they waited.
UNSEALED = """
    SELECT coalesce(entry.id, waiting.entry_id), CASE
        WHEN entry.id IS NULL THEN 'MISSING' WHEN waiting.entry_id IS NULL THEN 'SLIPPED_IN' ELSE 'WAITING'
    END
    FROM core_auditentry entry FULL JOIN core_unsealedentry waiting ON waiting.entry_id = entry.id
    WHERE NOT EXISTS (SELECT 1 FROM core_auditseal seal WHERE seal.entry_id = entry.id)
        AND (entry.id IS NULL OR waiting.entry_id IS NULL OR entry.created_at < now() - make_interval(secs => %s))
    ORDER BY 1 LIMIT %s
"""
