"""What the two sides of a conversation do. Who wrote what when stands in the messages, which only grow, so there is no other trail.

Reading and archiving are one's own affair: they leave no audit row, notice or event.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import visible
from core.chat import errors, events, policies, selectors, steps
from core.chat.models import Inbox, Message, Participant
from core.notifications.collapsed import notify_of_message, read_up_to
from core.people.policies import contact_blocked
from outbox.post import emit

BODY_MAX = 4_000
CLIENT_ID_MAX = 64
ENDED = ("COMPLETED", "CANCELED")
BATCH = 500


@transaction.atomic
def send_message(conversation_id: UUID | str, *, by: Any, body: str, client_id: str | None = None) -> Message:
    """The other side has the message and is told, by one notice until it is read; nobody has the conversation in the archive.

    The same `client_id` of the same sender gives the same message again, for ever; it says `was_sent_before`.
    Raises NotFound, Invalid, ClientIdReused, CounterpartGone, ContactBlocked.
    """
    conversation = policies.own_conversations(by).lock(id=conversation_id)
    said = _read_body(body)
    if client_id is not None:
        before = Message.objects.filter(conversation=conversation, sender=by, client_id=client_id).first()
        if before is not None:
            require(before.body == said, errors.ClientIdReused())
            before.was_sent_before = True
            return before
    other = selectors.contact(conversation, by=by)
    require(other.can_sign_in, errors.CounterpartGone())
    require(not contact_blocked(by.pk, other.person_id), errors.ContactBlocked())

    message = steps.send(conversation, said, by=by, client_id=client_id)
    message.was_sent_before = False
    notify_of_message(
        other.person_id,
        conversation_id=conversation.id,
        job_id=conversation.job_id,
        number=message.number,
        facts={"name": other.own_name, "title": other.job_title},
    )
    emit(
        events.MessageSent(
            by_id=by.id,
            recipient_ids=(other.person_id,),
            conversation_id=conversation.id,
            sender_id=by.id,
            message_id=message.id,
        )
    )
    return message


def _read_body(body: str) -> str:
    """The text, trimmed. Raises Invalid when nothing of it can be seen, or it is too long."""
    said = visible(body)
    if not said:
        raise Invalid({"body": [_("Write something.")]})
    if len(said) > BODY_MAX:
        raise Invalid({"body": [_("Write at most {longest} characters.").format(longest=BODY_MAX)]})
    return said


@transaction.atomic
def read_messages(conversation_id: UUID | str, *, by: Any, up_to_id: UUID | str) -> Participant:
    """What was said up to this message is read, and so is the notice of it; what came later stays new. Reading never goes back.

    Raises NotFound, also for a message of another conversation.
    """
    inbox, view = _own_view(conversation_id, by=by)
    seen = Message.objects.filter(conversation_id=view.conversation_id).find(id=up_to_id)
    if seen.number > view.last_read_number:
        later = Message.objects.filter(conversation_id=view.conversation_id, number__gt=seen.number)
        view.last_read_number, view.last_read_at = seen.number, clock.now()
        view.unread_count = later.exclude(sender=by).count()
        _store(inbox, view, "last_read_number", "last_read_at", "unread_count")
        read_up_to(seen.number, person_id=by.pk, conversation_id=view.conversation_id)
    return view


@transaction.atomic
def archive_conversation(conversation_id: UUID | str, *, by: Any) -> Participant:
    """The conversation is out of one's list, until somebody writes. The other side sees no difference. Raises NotFound."""
    inbox, view = _own_view(conversation_id, by=by)
    return _archive(inbox, view)


@transaction.atomic
def unarchive_conversation(conversation_id: UUID | str, *, by: Any) -> Participant:
    """The conversation is in one's list again. Raises NotFound."""
    inbox, view = _own_view(conversation_id, by=by)
    if view.archived_at is not None:
        view.archived_at = None
        _store(inbox, view, "archived_at")
    return view


@transaction.atomic
def archive_ended_conversation(conversation_id: UUID | str, *, by: Any) -> Participant:
    """The same for the conversation of a job that is over. Raises NotFound, OnlyCompleted."""
    inbox, view = _own_view(conversation_id, by=by)
    require(policies.own_conversations(by).filter(id=view.conversation_id, job__status__in=ENDED).exists(), errors.OnlyCompleted())
    return _archive(inbox, view)


@transaction.atomic
def archive_ended_conversations(*, by: Any) -> int:
    """All one's conversations of jobs that are over are out of the list. Returns how many went."""
    inbox = Inbox.objects.lock_any(user_id=by.pk)
    if inbox is None:
        return 0
    now = clock.now()
    ended = list(policies.own_views(by).filter(archived_at=None, conversation__job__status__in=ENDED).order_by("last_message_at", "id"))
    for view in ended:
        inbox.version += 1
        view.version, view.archived_at, view.updated_at = inbox.version, now, now
    Participant.objects.bulk_update(ended, ["version", "archived_at", "updated_at"], batch_size=BATCH)
    inbox.save(update_fields=["version"])
    return len(ended)


def _own_view(conversation_id: UUID | str, *, by: Any) -> tuple[Inbox, Participant]:
    """One's inbox, locked, and one's view of the conversation, which changes under that lock alone. Raises NotFound."""
    return Inbox.objects.lock(user_id=by.pk), policies.own_views(by).lock(conversation_id=conversation_id)


def _archive(inbox: Inbox, view: Participant) -> Participant:
    if view.archived_at is None:
        view.archived_at = clock.now()
        _store(inbox, view, "archived_at")
    return view


def _store(inbox: Inbox, view: Participant, *fields: str) -> None:
    """The view is stored as the newest change in the inbox."""
    inbox.version += 1
    inbox.save(update_fields=["version"])
    view.version = inbox.version
    view.store(*fields, "version")
