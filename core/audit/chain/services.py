"""The sealer. It comes after the commits, as the sequencer of events does: no verb waits for the one before it in the chain."""

import hashlib

from django.db import connection, transaction

from core.audit.chain.models import AuditSeal, UnsealedEntry
from core.audit.chain.statements import LAST, WAITING

BATCH_MAX = 500
LOCK = 0x0A_0D17  # the one advisory lock of this job; any number that nobody else uses
TRY_TURN = "SELECT pg_try_advisory_xact_lock(%s)"


def seal_entries(limit: int = 100_000) -> int:
    """Every entry that was committed before the call stands in the chain, in the order of the ids. Returns how many were sealed now.

    One sealer at a time: whoever finds another at work does nothing. Each batch is a transaction of its own.
    """
    total = 0
    while total < limit:
        sealed = _seal_batch()
        total += sealed
        if sealed < BATCH_MAX:
            break
    return total


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute(TRY_TURN, [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(LAST)
        position, digest = cursor.fetchone()
        cursor.execute(WAITING, [BATCH_MAX])
        waiting = cursor.fetchall()
    seals = []
    for entry_id, salt, frame, body in waiting:
        position, previous = position + 1, bytes(digest)
        digest = link(position, entry_id, bytes(frame), bytes(body), previous)
        seals.append(AuditSeal(position=position, entry_id=entry_id, salt=salt, frame=frame, body=body, previous=previous, digest=digest))
    AuditSeal.objects.bulk_create(seals)
    UnsealedEntry.objects.filter(entry_id__in=[seal.entry_id for seal in seals]).delete()
    return len(seals)


def link(position: int, entry_id: int, frame: bytes, body: bytes, previous: bytes) -> bytes:
    """The digest of a seal; `statements.DIGEST` is the same in SQL."""
    return hashlib.sha256(position.to_bytes(8, "big") + entry_id.to_bytes(8, "big") + frame + body + previous).digest()
