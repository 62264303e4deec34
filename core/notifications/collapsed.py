"""Parts of verbs: the notice that a conversation has something new, of which each person has one at a time."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from core.base import clock
from core.base.ids import uuid7
from core.notifications.models import Notification
from core.notifications.registry import KINDS
from outbox import trace, wake
from outbox.channels import TELEGRAM
from outbox.statements import CLEAN_RECORD

# The unread one keeps its place in the list, so that "read up to this one" never takes what its reader has not seen.
# Only a new one goes to Telegram: whoever has not looked yet knows already that there is something. Who was not told the first time,
# having no chat then, or a muted one, is told with the next message.
TELL = f"""
    WITH person AS (
        SELECT EXISTS (
            SELECT 1 FROM core_preference preference
            WHERE preference.user_id = %(person)s AND preference.type = %(type)s::text
                AND preference.channel = 'IN_APP' AND NOT preference.is_on
        ) AS is_muted
    ), written AS (
        INSERT INTO core_notification
            (id, created_at, updated_at, user_id, type, category, facts, href, job_id, conversation_id, read_at, cleared_at)
        SELECT %(id)s, %(now)s, %(now)s, %(person)s, %(type)s::text, %(category)s, %(facts)s, %(href)s, %(job)s, %(conversation)s,
               CASE WHEN is_muted THEN %(now)s::timestamptz END, CASE WHEN is_muted THEN %(now)s::timestamptz END
        FROM person
        ON CONFLICT (user_id, conversation_id) WHERE conversation_id IS NOT NULL AND read_at IS NULL
        DO UPDATE SET facts = excluded.facts, updated_at = excluded.updated_at, position = NULL
        RETURNING id
    ), again AS (
        UPDATE outbox_delivery parcel
        SET state = 'PENDING', {CLEAN_RECORD}, reason = 'AGAIN', next_at = clock_timestamp(), created_at = clock_timestamp()
        FROM written
        WHERE parcel.letter_id = written.id AND written.id <> %(id)s AND parcel.channel = %(channel)s AND parcel.copies = 0
            AND parcel.state IN ('SKIPPED', 'DEAD')
    )
    INSERT INTO outbox_delivery (channel, recipient_id, letter_id, type, aggregate, request_id)
    SELECT %(channel)s, %(person)s, id, %(type)s, %(aggregate)s, %(request)s FROM written WHERE id = %(id)s
"""  # noqa: S608 - made of the constant above


def notify_of_message(person_id: UUID, *, conversation_id: UUID, job_id: UUID, number: int, facts: Mapping[str, Any]) -> None:
    """The person has one unread notice of this conversation, which knows of the message with this number.

    One that is muted in the app is written as put away.

    Facts are the sender's `name` and the job's `title`.
    """
    kind = KINDS["MESSAGE_SENT"]
    told = dict(facts) | {"conversation_id": str(conversation_id), "job_id": str(job_id), "number": number}
    values: dict[str, Any] = {
        "id": uuid7(),
        "now": clock.now(),
        "person": person_id,
        "type": "MESSAGE_SENT",
        "category": kind.category,
        "facts": json.dumps(told),
        "href": kind.href.format_map(told),
        "job": job_id,
        "conversation": conversation_id,
        "channel": TELEGRAM,
        "aggregate": f"conversation:{conversation_id}",
        "request": trace.request_id(),
    }
    wake.after_commit()
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)


def read_up_to(number: int, *, person_id: UUID, conversation_id: UUID) -> None:
    """The person's notice of this conversation is read, unless it knows of a later message."""
    unread = Notification.objects.filter(user_id=person_id, conversation_id=conversation_id, read_at=None)
    now = clock.now()
    unread.filter(facts__number__lte=number).update(read_at=now, updated_at=now)
