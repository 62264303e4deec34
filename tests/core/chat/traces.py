"""What chat leaves behind, how to see that it left nothing, and whether its counters are right."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.audit.models import AuditEntry
from core.chat.models import Conversation, Inbox, Message, Participant
from core.notifications.models import Notification
from outbox.models import Event


def picture() -> dict[str, Any]:
    """Every row that a verb of chat may touch."""
    return {
        "conversations": list(Conversation.objects.order_by("id").values()),
        "views": list(Participant.objects.order_by("id").values()),
        "messages": list(Message.objects.order_by("id").values()),
        "inboxes": list(Inbox.objects.order_by("user_id").values()),
        "notices": list(Notification.objects.order_by("id").values()),
        "audit": AuditEntry.objects.count(),
        "events": Event.objects.count(),
    }


@contextmanager
def nothing_happens() -> Iterator[None]:
    """After the block everything about chat is as it was before."""
    before = picture()
    yield
    assert picture() == before


def miscounted(*conversations: Conversation) -> list[dict[str, Any]]:
    """The views whose counters do not say what the messages say."""
    wrong = []
    for view in Participant.objects.filter(conversation__in=conversations).select_related("conversation"):
        later = Message.objects.filter(conversation=view.conversation, number__gt=view.last_read_number)
        unread = sum(1 for sender in later.values_list("sender_id", flat=True) if sender != view.user_id)
        count = Message.objects.filter(conversation=view.conversation).count()
        if (unread, count) != (view.unread_count, view.conversation.message_count):
            wrong.append({"view": view.id, "counted": (view.unread_count, view.conversation.message_count), "right": (unread, count)})
    return wrong
