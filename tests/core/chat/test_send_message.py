"""A message: heard once, counted once, and told to the other side."""

import pytest

from core.base import clock
from core.base.errors import Invalid, NotFound
from core.chat.errors import ClientIdReused, ContactBlocked, CounterpartGone
from core.chat.models import Message, Participant
from core.chat.services import archive_conversation, read_messages, send_message
from core.notifications.models import Notification
from core.notifications.registry import render
from core.people.models import ContactBlock, User
from outbox.models import Event
from tests.core.chat.traces import miscounted, nothing_happens


def view_of(conversation, person) -> Participant:
    return Participant.objects.get(conversation=conversation, user=person)


def test_a_message_waits_for_the_other_side_alone(world):
    talk = world.talk()

    message = send_message(talk.id, by=talk.creator, body="  Hello!\n ")

    assert (message.number, message.body, message.kind, message.sender_id) == (1, "Hello!", "USER", talk.creator_id)
    assert Message.objects.get(id=message.id).body == "Hello!"
    assert view_of(talk, talk.brand).unread_count == 1
    assert view_of(talk, talk.creator).unread_count == 0
    talk.refresh_from_db()
    assert (talk.message_count, talk.last_message_at) == (1, message.created_at)
    assert {view_of(talk, side).last_message_at for side in (talk.brand, talk.creator)} == {message.created_at}
    assert miscounted(talk) == []


def test_the_other_side_has_one_notice_until_it_is_read(world):
    talk = world.talk()
    for number in range(3):
        last = world.said(talk, by=talk.creator, body=f"Hello {number}")

    notice = Notification.objects.get(type="MESSAGE_SENT", conversation=talk)
    assert (notice.user_id, notice.href, notice.job_id) == (talk.brand_id, f"/dashboard/inbox/{talk.id}", talk.job_id)
    title, body = render(notice.type, notice.facts)
    assert talk.creator.creator_profile.display_name in body
    assert "Hello" not in title + body

    read_messages(talk.id, by=talk.brand, up_to_id=last.id)
    world.said(talk, by=talk.creator)

    notices = Notification.objects.filter(conversation=talk).order_by("created_at")
    assert [(notice.user_id, notice.read_at is None) for notice in notices] == [(talk.brand_id, False), (talk.brand_id, True)]


def test_the_event_names_ids_and_no_words(world):
    talk = world.talk()

    message = world.said(talk, by=talk.brand, body="A secret")

    event = Event.objects.get(type="MESSAGE_SENT", aggregate=f"conversation:{talk.id}")
    assert event.recipient_ids == [talk.creator_id]
    told = {"conversationId": str(talk.id), "senderId": str(talk.brand_id), "messageId": str(message.id)}
    assert told.items() <= event.payload.items()
    assert "secret" not in str(event.payload)


def test_sending_reads_nothing_of_the_other_side(world):
    talk = world.talk()
    world.said(talk, by=talk.creator)

    world.said(talk, by=talk.brand)

    assert (view_of(talk, talk.brand).unread_count, view_of(talk, talk.brand).last_read_number) == (1, 0)
    assert miscounted(talk) == []


def test_a_message_brings_the_conversation_back_from_the_archive(world):
    talk = world.talk()
    archive_conversation(talk.id, by=talk.brand)

    world.said(talk, by=talk.creator)

    assert view_of(talk, talk.brand).archived_at is None


def test_the_same_client_id_is_the_same_message_for_ever(world):
    talk = world.talk()
    first = world.said(talk, by=talk.creator, body="Once", client_id="a-1")
    world.said(talk, by=talk.creator, body="Another")

    with nothing_happens():
        again = send_message(talk.id, by=talk.creator, body=" Once ", client_id="a-1")

    assert (again.id, again.number, again.was_sent_before, first.was_sent_before) == (first.id, 1, True, False)


def test_other_words_under_the_same_client_id_are_refused(world):
    talk = world.talk()
    world.said(talk, by=talk.creator, body="Once", client_id="a-1")

    with nothing_happens(), pytest.raises(ClientIdReused):
        send_message(talk.id, by=talk.creator, body="Twice", client_id="a-1")


def test_a_client_id_belongs_to_its_sender_and_conversation(world):
    brand = world.brand()
    talks = [world.talk(job=world.live_job(brand=brand)) for _ in range(2)]

    said = [
        world.said(talks[0], by=talks[0].creator, body="One", client_id="a-1"),
        world.said(talks[0], by=brand, body="Two", client_id="a-1"),
        world.said(talks[1], by=brand, body="Three", client_id="a-1"),
    ]

    assert [message.was_sent_before for message in said] == [False] * 3


@pytest.mark.parametrize("body", ["", "  \n ", "\u200b\u2060", "\u3164", "x" * 4_001])
def test_words_that_nobody_sees_or_too_many_are_refused(world, body):
    talk = world.talk()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        send_message(talk.id, by=talk.brand, body=body)

    assert list(refused.value.fields) == ["body"]


def test_four_thousand_signs_fit(world):
    talk = world.talk()

    message = send_message(talk.id, by=talk.brand, body=" " + "я" * 4_000 + " ")

    assert len(Message.objects.get(id=message.id).body) == 4_000


def test_strangers_and_staff_find_no_such_conversation(world):
    talk = world.talk()
    world.said(talk, by=talk.brand)

    for stranger in (world.brand(), world.creator(), world.moderator, world.staff("support", "finance")):
        with nothing_happens(), pytest.raises(NotFound):
            send_message(talk.id, by=stranger, body="Hello")


def test_nobody_writes_to_somebody_who_cannot_sign_in(world):
    talk = world.talk()
    User.objects.filter(id=talk.creator_id).update(blocked_at=clock.now())

    with nothing_happens(), pytest.raises(CounterpartGone):
        send_message(talk.id, by=talk.brand, body="Hello")


@pytest.mark.parametrize("blocker", ["brand", "creator"])
def test_after_a_block_neither_writes_to_the_other(world, blocker):
    talk = world.talk()
    one, other = (talk.brand, talk.creator) if blocker == "brand" else (talk.creator, talk.brand)
    ContactBlock.objects.create(blocker=one, blocked=other)

    for side in (one, other):
        with nothing_happens(), pytest.raises(ContactBlocked):
            send_message(talk.id, by=side, body="Hello")
