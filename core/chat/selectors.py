"""Reads of conversations and messages. Reading marks nothing as read."""

import dataclasses
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery

from core.base.errors import NotFound
from core.base.prepared import Prepared
from core.base.shapes import ObjectJSON
from core.chat import policies
from core.chat.models import Conversation, Inbox, Message
from core.people.models import User

MESSAGE_COLUMNS = ("id", "number", "kind", "sender_id", "body", "type", "facts", "client_id", "created_at")
# Who sits on the other side, seen from each: never more than the profile says.
COUNTERPARTS = {
    User.Role.BRAND: {
        "counterpart_profile_id": F("conversation__creator__creator_profile__id"),
        "counterpart_name": F("conversation__creator__creator_profile__display_name"),
    },
    User.Role.CREATOR: {
        "counterpart_profile_id": F("conversation__brand__brand_profile__id"),
        "counterpart_name": F("conversation__brand__brand_profile__company_name"),
    },
}
_LAST = Message.objects.filter(conversation_id=OuterRef("conversation_id"), number=OuterRef("conversation__message_count")).values(
    said=ObjectJSON(kind="kind", sender_id="sender_id", body="body", type="type", facts="facts", at="created_at")
)[:1]


@dataclasses.dataclass(frozen=True)
class Unread:
    """What waits to be read in the conversations that are not archived; `version` changes whenever any conversation does."""

    version: int
    messages: int
    conversations: int


@dataclasses.dataclass(frozen=True)
class Contact:
    """What a message has to know of the two: whether the other one can still read it, and how its notice names the sender."""

    person_id: UUID
    can_sign_in: bool
    own_name: str
    job_title: str


def conversation_list(by: User) -> QuerySet:
    """One's own conversations, archived ones too, in columns: each with the other side, the job and the last message."""
    own = ("conversation_id", "created_at", "last_message_at", "last_read_number", "unread_count", "archived_at", "version")
    return policies.own_views(by).values(
        *own,
        job_id=F("conversation__job_id"),
        job_title=F("conversation__job__title"),
        job_status=F("conversation__job__status"),
        last_message=Subquery(_LAST),
        **COUNTERPARTS[User.Role(by.role)],
    )


def conversation_page(conversation_id: UUID | str, *, by: User) -> dict[str, Any]:
    """One of them. Raises NotFound."""
    found = conversation_list(by).filter(conversation_id=conversation_id).first()
    if found is None:
        raise NotFound
    return found


def message_list(conversation_id: UUID | str, *, by: User) -> tuple[QuerySet, int]:
    """The messages of a conversation of which one is a side, in columns, and the number of the newest. Raises NotFound."""
    newest = message_count(conversation_id, by=by)
    return Message.objects.filter(conversation_id=conversation_id).values(*MESSAGE_COLUMNS), newest


_COUNTS = {
    role: Prepared(
        lambda conversation_id, user_id, side=side: Conversation.objects.filter(**{side: user_id}, id=conversation_id).values_list(
            "message_count"
        ),
        ("conversation_id", "user_id"),
    )
    for role, side in policies.SIDES.items()
}


def message_count(conversation_id: UUID | str, *, by: User) -> int:
    """The number of the newest message of a conversation of which one is a side; cheap enough to be asked every second.

    Raises NotFound.
    """
    found = _COUNTS[User.Role(by.role)].rows(conversation_id=conversation_id, user_id=by.pk) if policies.takes_part(by) else []
    if not found:
        raise NotFound
    return found[0][0]


_VERSION = Prepared(lambda user_id: Inbox.objects.filter(user_id=user_id).values_list("version"))


def inbox_version(by: Any) -> int:
    """How often anything about one's conversations has changed; cheap enough to be asked every second."""
    found = _VERSION.rows(user_id=by.pk)
    return found[0][0] if found else 0


UNREAD = """
    SELECT coalesce((SELECT version FROM core_inbox WHERE user_id = %(person)s), 0), coalesce(sum(unread_count), 0), count(*)
    FROM core_participant WHERE user_id = %(person)s AND unread_count > 0 AND archived_at IS NULL
"""


def unread(by: Any) -> Unread:
    """What waits to be read, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, {"person": by.pk})
        return Unread(*cursor.fetchone())


_CONTACTS = {
    User.Role.BRAND: Prepared(
        lambda conversation_id: Conversation.objects.filter(id=conversation_id).values_list(
            "creator_id", "creator__is_active", "creator__blocked_at", "brand__brand_profile__company_name", "job__title"
        )
    ),
    User.Role.CREATOR: Prepared(
        lambda conversation_id: Conversation.objects.filter(id=conversation_id).values_list(
            "brand_id", "brand__is_active", "brand__blocked_at", "creator__creator_profile__display_name", "job__title"
        )
    ),
}


def contact(conversation: Conversation, *, by: User) -> Contact:
    """The other side of one's own conversation."""
    ((person_id, is_active, blocked_at, own_name, title),) = _CONTACTS[User.Role(by.role)].rows(conversation_id=conversation.id)
    return Contact(person_id=person_id, can_sign_in=is_active and blocked_at is None, own_name=own_name, job_title=title)
