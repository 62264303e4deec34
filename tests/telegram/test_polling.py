"""The bot listens by long polling, over real HTTP: it works each update once, answers, survives trouble, and stops when told."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import pytest
from django.db import OperationalError

from bot.answering import answer_all, open_bot
from bot.faults import Fault, Trouble
from bot.loopback import Limits
from bot.polling import PAUSE_SECONDS_MAX, Poller, UpdatesGoElsewhere, pause
from core.settings import ROOT
from core.telegram import inbox
from core.telegram.models import TelegramAccount, TelegramUpdate
from core.telegram.services import receive_update
from outbox import pulse
from outbox.models import Heartbeat
from tests.telegram.chats import pace

PATIENCE_SECONDS = 10


@pytest.fixture
def telegram(committed, bot_api):
    """The server, patient with many messages, and a bot that hardly rests."""
    bot_api.limits = Limits(chat_rest=0.0, per_second=10_000)
    with pace(per_second=None, recipient_rest=0.02):
        yield bot_api


@asynccontextmanager
async def listening(**options):
    """A bot that polls meanwhile, and has stopped afterwards."""
    async with open_bot() as bot:
        poller = Poller(bot, poll_seconds=1, **options)
        task = asyncio.create_task(poller.run())
        try:
            yield poller
        finally:
            poller.stop()
            await asyncio.wait_for(task, PATIENCE_SECONDS)


def while_listening(until, **options):
    """Polls until this is true; returns the poller."""

    async def run():
        async with listening(**options) as poller:
            ends = time.monotonic() + PATIENCE_SECONDS
            while not until(poller):
                assert time.monotonic() < ends, "nothing happened"
                await asyncio.sleep(0.02)
            return poller

    return asyncio.run(run())


def said(server, chat_id):
    return [message.text for message in server.sent_to(chat_id)]


def test_a_person_binds_and_is_answered(committed, telegram):
    person, telegram_id = committed.creator(), committed.telegram_id()
    telegram.say(telegram_id, f"/start {committed.telegram_code(person=person)}")

    while_listening(lambda _: said(telegram, telegram_id))

    assert TelegramAccount.objects.get(user=person).telegram_user_id == telegram_id
    assert "***@" in said(telegram, telegram_id)[0]


def test_who_has_blocked_the_bot_stops_nobody_else(committed, telegram):
    blocker, other = committed.chat(), committed.telegram_id()
    telegram.script.always_for(blocker.chat_id, Fault(Trouble.BLOCKED))
    telegram.say(blocker.chat_id, "/help")
    telegram.say(other, "/help")

    while_listening(lambda _: said(telegram, other))

    blocker.refresh_from_db()
    assert blocker.state == "BLOCKED"
    assert len(said(telegram, other)) == 1


def test_an_update_that_fails_stops_no_other_and_is_not_fetched_again(committed, telegram, monkeypatch, caplog):
    handle = inbox.DESK.handle

    def fail_on_bang(update):
        if update["message"]["text"] == "bang":
            raise ZeroDivisionError
        return handle(update)

    monkeypatch.setattr(inbox.DESK, "handle", fail_on_bang)
    one, other = committed.telegram_id(), committed.telegram_id()
    telegram.say(one, "bang")
    telegram.say(other, "/help")

    poller = while_listening(lambda poller: said(telegram, other))

    assert said(telegram, one) == []
    assert "telegram_update_failed" in caplog.text
    assert poller.failures == 0


def test_without_a_database_the_update_waits(committed, telegram, monkeypatch):
    troubles = iter([True, True])

    def receive(update):
        if next(troubles, False):
            raise OperationalError
        return receive_update(update)

    monkeypatch.setattr("bot.polling.services.receive_update", receive)
    monkeypatch.setattr("bot.polling.pause", lambda _: 0.05)
    beats = []
    telegram_id = committed.telegram_id()
    telegram.say(telegram_id, "/help")

    while_listening(lambda _: said(telegram, telegram_id), beat=beats.append)

    assert len(said(telegram, telegram_id)) == 1
    assert beats[:2] == [False, False]


def test_one_that_died_before_it_answered_answers_after_it_is_back(committed, telegram):
    telegram_id = committed.telegram_id()
    update_id = telegram.say(telegram_id, "/help")
    (update,) = telegram.fetch(0, 1, 0)
    receive_update(update)  # and then it was killed

    while_listening(lambda _: said(telegram, telegram_id))

    assert len(said(telegram, telegram_id)) == 1
    assert TelegramUpdate.objects.get(update_id=update_id).answered_at is not None


def test_one_that_died_after_it_answered_does_not_answer_twice(committed, telegram):
    telegram_id = committed.telegram_id()
    telegram.say(telegram_id, "/help")
    while_listening(lambda _: said(telegram, telegram_id))
    later = committed.telegram_id()
    telegram.say(later, "/help")

    while_listening(lambda _: said(telegram, later))  # a new one that knows no offset

    assert len(said(telegram, telegram_id)) == 1


def test_troubles_of_telegram_make_pauses_and_not_a_busy_loop(committed, telegram, settings):
    settings.TELEGRAM_BOT_TOKEN = "1:" + "wrong" * 8
    beats = []

    async def run():
        async with listening(beat=beats.append):
            await asyncio.sleep(1.5)

    asyncio.run(run())

    assert beats == [False, False]
    assert [pause(failures) for failures in (1, 2, 3, 20)] == [1, 2, 4, PAUSE_SECONDS_MAX]


def test_told_to_stop_it_does_not_wait_for_the_poll(committed, telegram):
    async def run():
        async with open_bot() as bot:
            poller = Poller(bot, poll_seconds=50)
            task = asyncio.create_task(poller.run())
            await asyncio.sleep(0.5)
            began = time.monotonic()
            poller.stop()
            await asyncio.wait_for(task, PATIENCE_SECONDS)
            return time.monotonic() - began

    assert asyncio.run(run()) < 2


def test_a_button_is_pressed_twice_and_works_once(committed, telegram):
    account = committed.chat()
    telegram.say(account.chat_id, "/unlink")
    while_listening(lambda _: said(telegram, account.chat_id))
    (question,) = telegram.sent_to(account.chat_id)
    (button,) = question.buttons

    telegram.press(account.chat_id, button["callback_data"], message_id=question.id)
    telegram.press(account.chat_id, button["callback_data"], message_id=question.id)
    while_listening(lambda _: len(answers(telegram)) == 2)

    assert not TelegramAccount.objects.filter(id=account.id).exists()
    assert [bool(fields.get("text")) for fields in answers(telegram)] == [False, True]
    assert len(said(telegram, account.chat_id)) == 2


def answers(server):
    return [fields for method, fields in server.calls if method == "answerCallbackQuery"]


def test_what_the_web_server_took_is_answered_by_the_worker(committed, telegram):
    telegram_id = committed.telegram_id()
    telegram.say(telegram_id, "/help")
    (update,) = telegram.fetch(0, 1, 0)
    receive_update(update)

    for _ in range(2):
        assert asyncio.run(answer_all([telegram_id])) == {}

    assert len(said(telegram, telegram_id)) == 1


def test_a_webhook_is_not_given_up_unasked(committed, telegram):
    telegram.webhook = {"url": "https://marketplace.example/api/telegram/webhook"}

    async def listen():
        async with open_bot() as bot:
            await Poller(bot).run()

    with pytest.raises(UpdatesGoElsewhere):
        asyncio.run(listen())

    assert telegram.webhook
    telegram_id = committed.telegram_id()
    telegram.say(telegram_id, "/help")
    while_listening(lambda _: said(telegram, telegram_id), takes_over=True)
    assert telegram.webhook == {}


# ── The process ──────────────────────────────────────────────────────────────────────────────────────────────────────


def start(settings, *arguments, **changed):
    """`manage.py run_bot` with the settings of this test, in the test database."""
    database = settings.DATABASES["default"]
    address = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST'].replace('/', '%2F')}"
    environment = os.environ | {
        "DEBUG": "1",
        "DATABASE_URL": address,
        "TELEGRAM_API_URL": settings.TELEGRAM_API_URL,
        "TELEGRAM_BOT_TOKEN": settings.TELEGRAM_BOT_TOKEN,
        **changed,
    }
    command = [sys.executable, "-W", "ignore", "manage.py", "run_bot", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_the_process_listens_and_ends_on_a_signal(committed, telegram, settings):
    process = start(settings)
    telegram_id = committed.telegram_id()
    telegram.say(telegram_id, "/help")
    assert telegram.wait_for_messages(1, seconds=30), process.poll()

    process.send_signal(signal.SIGTERM)
    printed, _errors = process.communicate(timeout=10)

    assert process.returncode == 0
    assert "The bot has stopped." in printed


@pytest.mark.slow
def test_without_a_token_it_says_so_and_waits(committed, settings):
    settings.TELEGRAM_BOT_TOKEN = ""
    process = start(settings, TELEGRAM_BOT_TOKEN="", PYTHONUNBUFFERED="1")
    try:
        assert "TELEGRAM_BOT_TOKEN is not set" in process.stdout.readline()
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)

    assert process.returncode == 0


@pytest.mark.slow
def test_while_a_webhook_is_set_the_process_ends_and_says_how_to_take_over(committed, telegram, settings):
    telegram.webhook = {"url": "https://marketplace.example/api/telegram/webhook"}
    process = start(settings)
    _printed, errors = process.communicate(timeout=30)

    assert process.returncode == 78
    assert "run_bot --take-over" in errors
    assert telegram.webhook
    assert not Heartbeat.objects.filter(name="bot").exists(), "and its absence is no fault"


@pytest.mark.slow
def test_a_webhook_is_set_with_its_secret(committed, telegram, settings):
    secret = "a-secret-of-this-test"
    pulse.beat("bot")
    process = start(settings, "--webhook-url", "https://marketplace.example/api/telegram/webhook", TELEGRAM_WEBHOOK_SECRET=secret)
    process.communicate(timeout=30)

    assert process.returncode == 0
    assert not Heartbeat.objects.filter(name="bot").exists()
    assert (telegram.webhook["url"], telegram.webhook["secret_token"]) == ("https://marketplace.example/api/telegram/webhook", secret)
