"""What the database itself refuses, whoever asks."""

import pytest
from django.db import Error, IntegrityError, transaction

from core.base.ids import uuid7
from core.chat.models import Conversation, Inbox, Message, Participant
from core.notifications.models import Notification


@pytest.mark.parametrize(
    ("attack", "state"),
    [
        (lambda talk: Message.objects.filter(conversation=talk).update(body="Other words"), "LG002"),
        (lambda talk: Message.objects.filter(conversation=talk)._raw_delete("default"), "LG002"),
        (lambda talk: Participant.objects.filter(conversation=talk)._raw_delete("default"), "LG003"),
        (lambda talk: Conversation.objects.filter(id=talk.id)._raw_delete("default"), "LG003"),
        (lambda talk: Inbox.objects.filter(user=talk.brand)._raw_delete("default"), "LG003"),
        (lambda talk: Conversation.objects.filter(id=talk.id).update(creator=talk.brand), "LG006"),
        (lambda talk: Participant.objects.filter(conversation=talk, user=talk.brand).update(conversation_id=uuid7()), "LG006"),
        (lambda talk: Conversation.objects.filter(id=talk.id).update(message_count=0), "LG008"),
        (lambda talk: Inbox.objects.filter(user=talk.brand).update(version=0), "LG008"),
        (lambda talk: Participant.objects.filter(conversation=talk).update(version=0), "LG008"),
    ],
)
def test_what_was_said_and_counted_stays(world, attack, state):
    talk = world.talk()
    world.said(talk, by=talk.creator)

    with pytest.raises(Error) as refused, transaction.atomic():
        attack(talk)

    assert refused.value.__cause__.sqlstate == state


def test_a_number_is_given_once(world):
    talk = world.talk()
    message = world.said(talk, by=talk.creator, client_id="a-1")

    with pytest.raises(IntegrityError, match="message_number_once"), transaction.atomic():
        Message.objects.create(conversation=talk, number=message.number, kind="USER", sender=talk.brand, body="Me too")
    with pytest.raises(IntegrityError, match="message_client_id_once"), transaction.atomic():
        Message.objects.create(conversation=talk, number=9, kind="USER", sender=talk.creator, body="Me too", client_id="a-1")


def test_a_person_has_one_unread_notice_of_a_conversation(world):
    talk = world.talk()
    world.said(talk, by=talk.creator)
    notice = Notification.objects.get(conversation=talk)

    with pytest.raises(IntegrityError, match="notification_conversation_once"), transaction.atomic():
        Notification.objects.create(user=notice.user, type="MESSAGE_SENT", category="DEALS", conversation=talk)
