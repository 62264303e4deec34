"""From the business to a phone and back: what is sent, pressed or written there is true here."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from bot import tasks
from bot.answering import open_bot
from bot.polling import Poller
from core.audit.models import AuditEntry
from core.base import clock
from core.hiring.models import Invitation
from core.telegram.models import TelegramUpdate
from core.telegram.services import receive_update
from outbox import carrier
from outbox.channels import TELEGRAM
from tests.telegram.chats import empty_mailbox
from tests.telegram.updates import written

ACCEPT, DECLINE = 0, 1


def poll_once():
    """The bot fetches what waits, and works and answers it."""

    async def run():
        async with open_bot() as bot:
            assert await Poller(bot, poll_seconds=1).round()

    asyncio.run(run())


@pytest.fixture
def asked(committed, quick):
    """An invitation that has arrived in the creator's chat, and the message with its buttons."""
    creator = committed.verified_creator()
    account = committed.chat(person=creator)
    empty_mailbox()
    invitation = committed.invitation(creator=creator)
    carrier.drain(TELEGRAM)
    (message,) = quick.sent_to(account.chat_id)
    return invitation, account, message


def status(invitation):
    return Invitation.objects.get(id=invitation.id).status


@pytest.mark.parametrize(("button", "becomes"), [(ACCEPT, "ACCEPTED"), (DECLINE, "DECLINED")])
def test_an_invitation_is_answered_where_it_is_read(quick, asked, button, becomes):
    invitation, account, message = asked

    quick.press(account.chat_id, message.buttons[button]["callback_data"], message_id=message.id)
    poll_once()

    assert status(invitation) == becomes
    dropped = [fields for method, fields in quick.calls if method == "editMessageReplyMarkup"]
    assert [int(fields["message_id"]) for fields in dropped] == [message.id]


def test_a_double_tap_and_a_foreign_tap_change_nothing(quick, asked, committed):
    invitation, account, message = asked
    stranger = committed.chat()
    accept, decline = (button["callback_data"] for button in message.buttons[:2])

    quick.press(stranger.chat_id, decline, message_id=message.id)
    quick.press(account.chat_id, accept, message_id=message.id)
    quick.press(account.chat_id, accept, message_id=message.id)
    quick.press(account.chat_id, decline, message_id=message.id)
    poll_once()

    assert status(invitation) == "ACCEPTED"
    answers = [fields for method, fields in quick.calls if method == "answerCallbackQuery"]
    alerts = [fields.get("text") for fields in sorted(answers, key=lambda fields: int(fields["callback_query_id"]))]
    assert alerts == ["Эта кнопка не для вас.", None, "Вы уже ответили.", "Вы уже ответили."]


def test_each_update_has_a_request_id_of_its_own(quick, committed):
    muters = [committed.chat() for _ in range(2)]
    for account in muters:
        quick.say(account.chat_id, "/mute")
    poll_once()

    ids = [AuditEntry.objects.get(action="TELEGRAM_MUTED", actor=account.user).request_id for account in muters]
    assert len(set(ids) - {""}) == 2


def brought(chat_id, text="/help"):
    """An update that the web server has taken, and not answered. Returns the chat."""
    receive_update(written(chat_id, text))
    return chat_id


def test_a_worker_that_is_woken_answers(committed, quick):
    chat_id = committed.telegram_id()

    tasks.answer.call_local(brought(chat_id))

    assert len(quick.sent_to(chat_id)) == 1


def test_what_no_wake_up_answered_is_answered_by_the_minute_and_not_later_than_somebody_waits(committed, quick):
    TelegramUpdate.objects.filter(answered_at=None).delete()
    late, fresh = committed.telegram_id(), committed.telegram_id()
    with time_machine.travel(clock.now() - timedelta(minutes=11)):
        brought(late)
    with time_machine.travel(clock.now() - timedelta(minutes=1)):
        brought(fresh)

    tasks.answer_what_waits.call_local()

    assert (len(quick.sent_to(late)), len(quick.sent_to(fresh))) == (0, 1)


def test_without_a_token_nothing_is_sent_and_the_log_says_so(committed, quick, settings, caplog):
    settings.TELEGRAM_BOT_TOKEN = ""
    chat_id = committed.telegram_id()

    tasks.answer.call_local(brought(chat_id))

    assert quick.sent_to(chat_id) == []
    assert "telegram_without_token" in caplog.text
