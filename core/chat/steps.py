"""Parts of verbs that concern conversations. They come last of all that locks anything: see Inbox."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from core.base import clock
from core.base.ids import uuid7
from core.chat.models import Conversation, Message
from core.chat.texts import TEXTS

# The counters of both people are locked in the order of their ids, as `WRITE` does.
OPEN = """
    WITH opened AS (
        INSERT INTO core_conversation (id, created_at, updated_at, job_id, brand_id, creator_id, last_message_at, message_count)
        VALUES (%(id)s, %(now)s, %(now)s, %(job)s, %(brand)s, %(creator)s, %(now)s, 0)
        ON CONFLICT (job_id, brand_id, creator_id) DO NOTHING RETURNING id
    ), inbox AS (
        INSERT INTO core_inbox (user_id, version)
        SELECT person.id, 1 FROM opened, (VALUES (%(brand)s), (%(creator)s)) AS person (id) ORDER BY person.id
        ON CONFLICT (user_id) DO UPDATE SET version = core_inbox.version + 1 RETURNING user_id, version
    )
    INSERT INTO core_participant
        (id, created_at, updated_at, conversation_id, user_id, last_message_at, last_read_number, unread_count, version)
    SELECT CASE inbox.user_id WHEN %(brand)s THEN %(brand_view)s ELSE %(creator_view)s END, %(now)s, %(now)s, opened.id,
           inbox.user_id, %(now)s, 0, 0, inbox.version
    FROM opened, inbox
"""


def open_conversation(*, job_id: UUID, brand_id: UUID, creator_id: UUID) -> Conversation:
    """The one conversation of these two about this job exists, with both as participants; it says `was_open_before`."""
    ids: dict[str, Any] = {"id": uuid7(), "brand_view": uuid7(), "creator_view": uuid7()}
    with connection.cursor() as cursor:
        cursor.execute(OPEN, ids | {"now": clock.now(), "job": job_id, "brand": brand_id, "creator": creator_id})
        is_new = cursor.rowcount > 0
    conversation = Conversation.objects.filter(job_id=job_id, brand_id=brand_id, creator_id=creator_id).find()
    conversation.was_open_before = not is_new
    return conversation


# The conversation is locked by its own change, then the counters of both people in the order of their ids: see Inbox.
WRITE = """
    WITH talk AS (
        UPDATE core_conversation SET message_count = message_count + 1, last_message_at = %(now)s, updated_at = %(now)s
        WHERE {which} RETURNING id, message_count
    ), said AS (
        INSERT INTO core_message (id, created_at, updated_at, conversation_id, number, kind, sender_id, body, type, facts, client_id)
        SELECT %(id)s, %(now)s, %(now)s, id, message_count, %(kind)s, %(by)s, %(body)s, %(type)s, %(facts)s, %(client_id)s FROM talk
    ), inbox AS (
        INSERT INTO core_inbox (user_id, version)
        SELECT participant.user_id, 1 FROM core_participant participant JOIN talk ON talk.id = participant.conversation_id
        ORDER BY participant.user_id
        ON CONFLICT (user_id) DO UPDATE SET version = core_inbox.version + 1 RETURNING user_id, version
    )
    UPDATE core_participant participant
    SET unread_count = unread_count + CASE WHEN participant.user_id = %(by)s THEN 0 ELSE 1 END, version = inbox.version,
        last_message_at = %(now)s, archived_at = NULL, updated_at = %(now)s
    FROM talk, inbox WHERE participant.conversation_id = talk.id AND participant.user_id = inbox.user_id
    RETURNING talk.message_count
"""
SAY = WRITE.format(which="job_id = %(job)s AND creator_id = %(creator)s")
SEND = WRITE.format(which="id = %(conversation)s")


def say(job: Any, type: str, *, by: Any, creator_id: Any = None, facts: Mapping[str, Any] | None = None) -> None:
    """The conversation of the deal (or of this creator about the job), if there is one, tells what happened, by one statement.

    The last step of a verb that locks anything: the counters of both people stay locked until the end.
    Facts are amounts, numbers and states; raises KeyError for a type without a text.
    """
    if type not in TEXTS:
        raise KeyError(type)
    words = {"kind": Message.Kind.SYSTEM, "body": "", "type": type, "facts": json.dumps(dict(facts or {})), "client_id": None}
    which = {"job": job.pk, "creator": creator_id or job.active_creator_id}
    with connection.cursor() as cursor:
        cursor.execute(SAY, words | which | {"id": uuid7(), "now": clock.now(), "by": by.pk})


def send(conversation: Conversation, body: str, *, by: Any, client_id: str | None) -> Message:
    """The locked conversation holds one more message, unread for the other side, and stands in nobody's archive."""
    message = Message(kind=Message.Kind.USER, conversation=conversation, sender=by, body=body, client_id=client_id)
    message.created_at = message.updated_at = clock.now()
    words = {"kind": message.kind, "body": body, "type": "", "facts": "{}", "client_id": client_id}
    which = {"conversation": conversation.id}
    with connection.cursor() as cursor:
        cursor.execute(SEND, words | which | {"id": message.id, "now": message.created_at, "by": by.pk})
        message.number = cursor.fetchone()[0]
    return message
