"""Parts of verbs that concern conversations."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from core.base import clock
from core.base.ids import uuid7
from core.chat.models import Conversation, Participant
from core.chat.texts import TEXTS


def open_conversation(*, job_id, brand_id, creator_id) -> Conversation:
    """The one conversation of these two about this job exists, with both as participants."""
    conversation, created = Conversation.objects.get_or_create(job_id=job_id, brand_id=brand_id, creator_id=creator_id)
    if created:
        Participant.objects.bulk_create(Participant(conversation=conversation, user_id=person) for person in (brand_id, creator_id))
    return conversation


# The conversation is locked by its own change, then the counters of both people in the order of their ids: see Inbox.
SAY = """
    WITH talk AS (
        UPDATE core_conversation SET message_count = message_count + 1, last_message_at = %(now)s, updated_at = %(now)s
        WHERE job_id = %(job)s AND creator_id = %(creator)s RETURNING id, message_count
    ), said AS (
        INSERT INTO core_message (id, created_at, updated_at, conversation_id, number, kind, sender_id, body, type, facts)
        SELECT %(id)s, %(now)s, %(now)s, id, message_count, 'SYSTEM', %(by)s, '', %(type)s, %(facts)s FROM talk
    ), inbox AS (
        INSERT INTO core_inbox (user_id, version)
        SELECT participant.user_id, 1 FROM core_participant participant JOIN talk ON talk.id = participant.conversation_id
        ORDER BY participant.user_id
        ON CONFLICT (user_id) DO UPDATE SET version = core_inbox.version + 1 RETURNING user_id, version
    )
    UPDATE core_participant participant
    SET unread_count = unread_count + CASE WHEN participant.user_id = %(by)s THEN 0 ELSE 1 END, version = inbox.version,
        archived_at = NULL, updated_at = %(now)s
    FROM talk, inbox WHERE participant.conversation_id = talk.id AND participant.user_id = inbox.user_id
"""


def say(job: Any, type: str, *, by: Any, creator_id: Any = None, facts: Mapping[str, Any] | None = None) -> None:
    """The conversation of the deal (or of this creator about the job), if there is one, tells what happened, by one statement.

    The last step of a verb that locks anything: the counters of both people stay locked until the end.
    Facts are amounts, numbers and states; raises KeyError for a type without a text.
    """
    if type not in TEXTS:
        raise KeyError(type)
    values = {
        "id": uuid7(),
        "now": clock.now(),
        "job": job.pk,
        "creator": creator_id or job.active_creator_id,
        "by": by.pk,
        "type": type,
        "facts": json.dumps(dict(facts or {})),
    }
    with connection.cursor() as cursor:
        cursor.execute(SAY, values)
