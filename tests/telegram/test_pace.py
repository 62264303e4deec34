"""Answers and notices share one pace, over real HTTP: together they are never too fast, and answers hold nobody up."""

import asyncio
import itertools
import threading
import time
from collections import Counter

import pytest
from django.db import connection, connections

from bot import tasks
from bot.answering import answer_all, open_bot
from bot.loopback import Limits
from bot.pace import leave_chat, take_chat
from bot.polling import Poller
from bot.replies import gathered, say
from core.telegram.inbox import CROWD_MAX
from core.telegram.services import receive_update
from outbox import carrier, turns
from outbox.channels import CHANNELS, TELEGRAM
from tests.telegram.chats import again, bound, empty_mailbox, pace, told
from tests.telegram.updates import written

PATIENCE_SECONDS = 20


@pytest.fixture
def chats(committed, quick):
    """Six creators with a chat each, to which nothing is under way."""
    chats = [bound(committed.bare_creator()) for _ in range(6)]
    empty_mailbox()
    return chats


def carry():
    """The notices that wait are carried, by another thread than this."""
    try:
        carrier.drain(TELEGRAM)
    finally:
        connections.close_all()


@pytest.mark.parametrize("paced", [True, False])
def test_answers_and_notices_together_are_not_too_fast(quick, chats, monkeypatch, paced):
    quick.limits = Limits(chat_rest=0.2, per_second=12)
    if not paced:
        monkeypatch.setattr("bot.pace.take_chat", lambda chat_id: 0.0)
        monkeypatch.setattr("bot.pace.join", lambda: 0.0)
        monkeypatch.setattr("bot.pace.take", lambda: 0.0)
    rows = [told(account.user) for account in chats]
    for account in chats:
        receive_update(written(account.chat_id, "/help"))
    waiting = [account.chat_id for account in chats]
    deadline = time.monotonic() + PATIENCE_SECONDS

    with pace(per_second=10, recipient_rest=0.25):
        notices = threading.Thread(target=carry)
        notices.start()
        while waiting:
            waiting = list(asyncio.run(answer_all(waiting)))
        notices.join()
        while paced and any(again(row).state == "PENDING" for row in rows) and time.monotonic() < deadline:
            carry()  # what stood behind an answer when the carrier had looked

    if not paced:
        assert quick.too_fast
        return
    assert quick.too_fast == Counter()
    assert [again(row).state for row in rows] == ["SENT"] * len(rows)
    assert [len(quick.sent_to(account.chat_id)) for account in chats] == [2] * len(chats)


def test_a_flood_from_one_person_becomes_one_message(quick, committed):
    chat_id = committed.telegram_id()
    for _ in range(3):
        receive_update(written(chat_id, "/start"))
        receive_update(written(chat_id, "/help"))
    for _ in range(CROWD_MAX):
        receive_update(written(chat_id, "/mute"))

    tasks.answer.call_local(chat_id)

    (message,) = quick.sent_to(chat_id)
    assert message.text.count("/unlink") == 1
    assert message.text.count("Слишком часто") == 1


def test_a_chat_that_rests_holds_up_no_other(quick, committed):
    resting, other = committed.telegram_id(), committed.telegram_id()
    take_chat(resting)
    leave_chat(resting, 0.8)
    quick.say(resting, "/help")
    quick.say(other, "/help")

    async def listen():
        async with open_bot() as bot:
            assert await Poller(bot, poll_seconds=1).round()

    began = time.monotonic()
    asyncio.run(listen())

    assert quick.sent_to(other)[0].at - began < 0.7
    assert quick.sent_to(resting)[0].at - began > 0.7


def test_a_worker_does_not_wait_for_a_chat_that_rests_and_comes_back(quick, committed, monkeypatch):
    chat_id, later = committed.telegram_id(), []
    monkeypatch.setattr(tasks.answer, "schedule", lambda arguments, *, delay: later.append((arguments, delay)))
    receive_update(written(chat_id, "/help"))
    take_chat(chat_id)

    tasks.answer.call_local(chat_id)
    assert quick.sent_to(chat_id) == []
    ((arguments, delay),) = later
    assert 1 < delay < 20

    leave_chat(chat_id, 0.0)
    tasks.answer.call_local(*arguments)
    assert len(quick.sent_to(chat_id)) == 1


@pytest.mark.parametrize(("state", "is_free"), [("SENDING", False), ("LEASED", False), ("PENDING", True), ("SENT", True)])
def test_nothing_is_said_to_a_chat_while_a_notice_is_on_its_way_there(chats, state, is_free):
    row = told(chats[0].user)
    lease = "gen_random_uuid(), clock_timestamp() + interval '9 seconds'" if state in ("SENDING", "LEASED") else "NULL, NULL"
    settled = "clock_timestamp()" if state == "SENT" else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE outbox_delivery SET state = %s, copies = 1, (lease_token, lease_until) = ({lease}), settled_at = {settled}"
            " WHERE id = %s",
            [state, row.id],
        )

    assert (take_chat(chats[0].chat_id) == 0.0) is is_free


def test_no_notice_goes_to_a_chat_while_something_is_said_there(quick, chats):
    row = told(chats[0].user)
    assert take_chat(chats[0].chat_id) == 0.0

    carrier.drain(TELEGRAM)
    assert again(row).state == "PENDING"

    leave_chat(chats[0].chat_id, 0.0)
    carrier.drain(TELEGRAM)
    assert again(row).state == "SENT"


@pytest.mark.parametrize(("notices", "step"), [(0, 0.1), (1, 0.5)])
def test_answers_have_the_whole_pace_while_nothing_is_due_and_a_fifth_of_it_while_something_is(chats, notices, step):
    for account in chats[:notices]:
        told(account.user)

    with pace(per_second=10):
        first, second = (turns.join(CHANNELS[TELEGRAM], nap=1) for _ in range(2))

    assert first == 0.0
    assert second == pytest.approx(step, abs=0.09)


def test_an_answer_that_gets_no_turn_is_dropped(quick, committed, caplog):
    chat_id = committed.telegram_id()
    receive_update(written(chat_id, "/help"))

    with pace(per_second=0.1):
        assert turns.take(CHANNELS[TELEGRAM], nap=1) == 0.0
        tasks.answer.call_local(chat_id)

    assert quick.sent_to(chat_id) == []
    assert "NO_TURN" in caplog.text


# ── What is said at once ─────────────────────────────────────────────────────────────────────────────────────────────

BUTTONS = [[{"text": "Yes", "callback_data": "1"}]]
PRESS = {"method": "answerCallbackQuery", "callback_query_id": "1"}


def test_plain_texts_become_one_and_presses_come_first():
    found = gathered([say(7, "one"), say(7, "two"), PRESS, say(7, "one")])

    assert found == [PRESS, say(7, "two\n\none")]


def test_a_question_stays_a_message_of_its_own_and_only_the_last_one_of_its_kind():
    old, new = say(7, "Sure?", buttons=BUTTONS), say(7, "Sure?", buttons=[[{"text": "Yes", "callback_data": "2"}]])

    assert gathered([say(7, "one"), old, new, say(7, "two")]) == [say(7, "one"), new, say(7, "two")]


def test_no_message_is_longer_than_telegram_takes_and_there_are_never_many():
    texts = [f"{number} " + "x" * 4_000 for number in range(9)]

    found = gathered([say(7, text) for text in itertools.chain(texts, ["short"])])

    assert [len(message["text"]) <= 4_096 for message in found] == [True] * 3
    assert found[-1]["text"].startswith("8 ")
    assert found[-1]["text"].endswith("short")
