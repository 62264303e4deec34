"""An invitation is answered where it is read."""

import pytest

from bot.faults import Fault, Trouble
from core.hiring.invitations.services import decline_invitation
from core.telegram.models import ButtonToken
from outbox import carrier
from outbox.channels import TELEGRAM
from tests.telegram.chats import again, bound, due_now, empty_mailbox, parcel_of


@pytest.fixture
def creator(committed, quick):
    """A creator in the catalogue, with a chat."""
    person = committed.verified_creator()
    bound(person)
    empty_mailbox()
    return person


def notice_of(invitation):
    return invitation.creator.notifications.get(type="INVITATION_SENT")


def test_an_invitation_has_two_buttons_that_stand_for_its_answers(quick, committed, creator):
    invitation = committed.invitation(creator=creator)

    carrier.drain(TELEGRAM)

    (message,) = quick.sent_to(creator.telegram_account.chat_id)
    tokens = {str(token.id): token.action for token in ButtonToken.objects.filter(user=creator, subject_id=invitation.id)}
    assert [(button["text"], tokens[button["callback_data"]]) for button in message.buttons] == [
        ("Принять", "ACCEPT_INVITATION"),
        ("Отклонить", "DECLINE_INVITATION"),
    ]
    assert "приглаш" in message.text.lower()


def test_an_invitation_that_is_answered_already_has_none(quick, committed, creator):
    invitation = committed.invitation(creator=creator)
    decline_invitation(invitation.id, by=creator)

    carrier.drain(TELEGRAM)

    (message,) = quick.sent_to(creator.telegram_account.chat_id)
    assert message.buttons == []
    assert not ButtonToken.objects.filter(user=creator).exists()


def test_a_second_try_has_the_same_buttons(quick, committed, creator):
    invitation = committed.invitation(creator=creator)
    row = parcel_of(notice_of(invitation))
    quick.script.next_for(creator.telegram_account.chat_id, [Fault(Trouble.FLOOD)])
    carrier.drain(TELEGRAM)

    due_now(row)
    carrier.drain(TELEGRAM)

    assert again(row).state == "SENT"
    assert ButtonToken.objects.filter(user=creator, subject_id=invitation.id).count() == 2
