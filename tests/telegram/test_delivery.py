"""Every answer of Telegram, over real HTTP and by the carrier: what the row says then, and what the chat has got."""

import socket

import pytest

from bot.faults import Fault, Trouble
from core.audit.models import AuditEntry
from core.notifications.models import Notification
from core.telegram.models import TelegramAccount
from outbox import carrier
from outbox.channels import TELEGRAM
from outbox.models import Channel, Pace
from tests.telegram.chats import CRITICAL, PLAIN, again, attempts_of, bound, due_now, empty_mailbox, told
from tests.world import World


@pytest.fixture
def chat(committed, quick) -> TelegramAccount:
    """A creator's chat with the bot, to which nothing is under way."""
    account = bound(committed.bare_creator())
    empty_mailbox()
    return account


def drain() -> None:
    carrier.drain(TELEGRAM)


def test_a_notice_arrives_once_and_the_row_knows_its_number_over_there(quick, chat):
    row = told(chat.user)

    drain()
    drain()

    (message,) = quick.sent_to(chat.chat_id)
    row = again(row)
    assert (row.state, row.copies, row.external_id) == ("SENT", 1, str(message.id))
    assert attempts_of(row) == [("SENT", "", 200)]
    assert (
        message.text
        == "<b>Ваш баланс скорректирован</b>\n1\u202f234,56\u00a0₽. Причина: A correction\n\nhttp://testserver/dashboard/balance"
    )
    assert message.fields["parse_mode"] == "HTML"
    assert message.fields["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("trouble", "answer", "arrived"),
    [
        (Trouble.RESET_BEFORE, ("UNKNOWN", "CONNECTION_LOST", None), 0),
        (Trouble.RESET_AFTER, ("UNKNOWN", "CONNECTION_LOST", None), 1),
        (Trouble.BROKEN, ("UNKNOWN", "SERVER_ERROR", 500), 0),
        (Trouble.BROKEN_AFTER, ("UNKNOWN", "SERVER_ERROR", 500), 1),
    ],
)
def test_in_doubt_a_notice_of_money_comes_once_more_and_says_so_and_another_does_not(quick, chat, trouble, answer, arrived):
    fault = Fault(trouble)
    critical, plain = told(chat.user), told(chat.user, PLAIN)
    quick.script.next_for(chat.chat_id, [fault])

    drain()

    assert (again(critical).state, again(critical).copies) == ("PENDING", 1)
    assert attempts_of(critical) == [answer]
    quick.script.next_for(chat.chat_id, [fault, fault])
    due_now(critical)
    drain()
    drain()

    assert [(again(row).state, again(row).copies) for row in (critical, plain)] == [("UNCERTAIN", 2), ("UNCERTAIN", 1)]
    assert attempts_of(plain) == [answer]
    texts = [message.text for message in quick.sent_to(chat.chat_id)]
    assert len(texts) == 3 * arrived
    mark = f"(повтор) #{critical.letter_id.hex[-6:]}"
    assert [mark in text for text in texts] == [False, True, False][: len(texts)]


@pytest.mark.slow
def test_an_answer_that_does_not_come_leaves_the_outcome_open(quick, chat):
    row = told(chat.user, PLAIN)
    quick.script.next_for(chat.chat_id, [Fault(Trouble.LATE, seconds=30)])

    drain()

    assert (again(row).state, attempts_of(row)) == ("UNCERTAIN", [("UNKNOWN", "NO_ANSWER", None)])
    assert len(quick.sent_to(chat.chat_id)) == 1


def test_a_slow_answer_is_an_answer(quick, chat):
    row = told(chat.user, PLAIN)
    quick.script.next_for(chat.chat_id, [Fault(Trouble.LATE, seconds=0.5)])

    drain()

    assert (again(row).state, again(row).copies) == ("SENT", 1)


@pytest.mark.parametrize("address", ["http://127.0.0.1:{closed}", "https://127.0.0.1:{plain}", "http://nobody.invalid"])
def test_what_never_left_is_tried_again_and_is_no_copy(quick, chat, settings, address):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        settings.TELEGRAM_API_URL = address.format(closed=nobody.getsockname()[1], plain=quick.server_port)
        row = told(chat.user)
        drain()

    row = again(row)
    assert (row.state, row.copies) == ("PENDING", 0)
    assert row.failures >= 1
    assert set(attempts_of(row)) == {("FAILED", "NOT_CONNECTED", None)}
    assert quick.messages == []


def test_who_is_flooded_is_left_alone_for_as_long_as_telegram_says(quick, committed, chat):
    other = bound(committed.bare_creator())
    empty_mailbox()
    row, elsewhere = told(chat.user), told(other.user)
    quick.script.next_for(chat.chat_id, [Fault(Trouble.FLOOD, seconds=7)])

    drain()

    assert (again(row).state, again(row).failures, again(row).copies) == ("PENDING", 0, 0)
    assert attempts_of(row) == [("WAIT", "FLOOD", 429)]
    assert again(elsewhere).state == "SENT"
    assert 6 < carrier.drain(TELEGRAM) <= 8
    due_now(row)
    drain()
    assert again(row).state == "SENT"


def test_three_floods_on_different_chats_stop_the_whole_bot_for_a_while(quick, committed):
    chats = [bound(committed.bare_creator()) for _ in range(3)]
    empty_mailbox()
    rows = [told(account.user) for account in chats]
    for account in chats:
        quick.script.next_for(account.chat_id, [Fault(Trouble.FLOOD, seconds=7)])

    drain()

    assert [again(row).state for row in rows] == ["PENDING"] * 3
    assert Pace.objects.filter(name=TELEGRAM).exists()
    later = told(bound(committed.bare_creator()).user)
    assert carrier.drain(TELEGRAM) > 3
    assert again(later).state == "PENDING"


def test_a_chat_that_moved_gets_it_at_its_new_place_at_once(quick, chat):
    row = told(chat.user)
    quick.script.always_for(chat.chat_id, Fault(Trouble.MIGRATED, moved_to=-chat.chat_id))

    drain()

    assert again(row).state == "SENT"
    assert TelegramAccount.objects.get(id=chat.id).chat_id == -chat.chat_id
    assert (quick.sent_to(chat.chat_id), len(quick.sent_to(-chat.chat_id))) == ([], 1)
    assert attempts_of(row) == [("FAILED", "MIGRATED", 400), ("SENT", "", 200)]


@pytest.mark.parametrize(("trouble", "status", "state"), [(Trouble.BLOCKED, 403, "BLOCKED"), (Trouble.NOT_FOUND, 400, "GONE")])
def test_who_cannot_be_reached_is_left_alone_and_stops_nobody(quick, chat, trouble, status, state):
    other = bound(World().bare_creator())
    empty_mailbox()
    rows = [told(chat.user, number) for number in (CRITICAL, PLAIN, CRITICAL)]
    elsewhere = [told(other.user) for _ in range(3)]
    quick.script.always_for(chat.chat_id, Fault(trouble))

    drain()
    drain()

    assert [(again(row).state, again(row).reason, again(row).copies) for row in rows] == [("SKIPPED", "UNREACHABLE", 0)] * 3
    assert [again(row).state for row in elsewhere] == ["SENT"] * 3
    assert attempts_of(rows[0]) == [("SKIP", "UNREACHABLE", status)]
    assert [chat_id for _at, chat_id in quick.requests].count(chat.chat_id) == 1
    assert TelegramAccount.objects.get(id=chat.id).state == state
    assert Notification.objects.filter(user=chat.user, type="TELEGRAM_UNREACHABLE").count() == 1
    marked = AuditEntry.objects.get(action="TELEGRAM_UNREACHABLE", subject_id=str(chat.id))
    assert marked.created_at < again(rows[0]).settled_at, "until then another worker could have taken the next one"


@pytest.mark.parametrize("trouble", [Trouble.UNAUTHORIZED, Trouble.NO_SUCH_BOT])
def test_a_refused_token_stops_the_channel_and_kills_nothing(quick, committed, chat, trouble):
    later = bound(committed.bare_creator())
    empty_mailbox()
    row = told(chat.user)
    quick.script.always_for(chat.chat_id, Fault(trouble))

    drain()
    waits = told(later.user)
    assert carrier.drain(TELEGRAM) > 30

    assert [(again(each).state, again(each).failures, again(each).copies) for each in (row, waits)] == [("PENDING", 0, 0)] * 2
    assert Channel.objects.get(name=TELEGRAM).reason == "TOKEN_REFUSED"
    quick.script.always_for(chat.chat_id, None)
    due_now(row, waits)
    drain()
    assert [again(each).state for each in (row, waits)] == ["SENT"] * 2


def test_a_message_that_telegram_does_not_understand_is_a_dead_letter(quick, chat, monkeypatch):
    monkeypatch.setattr("bot.messages.TEXT_MAX", 100_000)
    row = told(chat.user, reason="long " * 1_000)

    drain()

    assert (again(row).state, attempts_of(row)) == ("DEAD", [("DEAD", "BAD_REQUEST", 400)])


def test_without_a_token_the_console_is_told_and_the_row_says_so(quick, chat, settings, caplog):
    settings.TELEGRAM_BOT_TOKEN = ""
    settings.DEBUG = True
    row = told(chat.user)

    drain()

    assert (again(row).state, again(row).reason, again(row).copies) == ("SENT", "CONSOLE", 1)
    assert quick.messages == []
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.delivery"]
    assert any("TELEGRAM_BOT_TOKEN is not set" in line for line in lines)
    (said,) = [line for line in lines if "telegram_console" in line]
    assert "/dashboard/balance" in said
    assert CRITICAL in said
    assert str(chat.chat_id) not in said
    assert f"50***{str(chat.chat_id)[-2:]}" in said
