"""Linking a chat over the API, and what Telegram brings."""

import itertools

import pytest

from core.telegram.models import BindingAttempt, TelegramAccount, TelegramUpdate
from tests.api.callers import Caller

REQUEST, CONFIRM, WEBHOOK = "/api/telegram/bind/request", "/api/telegram/bind/confirm", "/api/telegram/webhook"
_updates = itertools.count(920_000_001)


@pytest.fixture
def bot(settings):
    """A bot of the house that runs elsewhere."""
    settings.TELEGRAM_BOT_SECRET = "a-bot-secret"
    return {"x_telegram_bot_secret": "a-bot-secret"}


@pytest.fixture
def telegram(settings):
    """Telegram, as it shows itself."""
    settings.TELEGRAM_WEBHOOK_SECRET = "a-webhook-secret"
    return {"x_telegram_bot_api_secret_token": "a-webhook-secret"}


def confirm(code, telegram_id, headers, **about):
    return Caller().post(CONFIRM, {"code": code, "telegramUserId": str(telegram_id), **about}, **headers)


def update(telegram_id, text):
    somebody = {"id": telegram_id, "is_bot": False, "first_name": "P"}
    message = {"message_id": 1, "date": 0, "chat": {"id": telegram_id, "type": "private"}, "from": somebody, "text": text}
    return {"update_id": next(_updates), "message": message}


# ── A person's own ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_nothing_to_a_chat_and_back(world, bot, settings):
    settings.TELEGRAM_BOT_NAME = "our_bot"
    person, telegram_id = world.creator(), world.telegram_id()
    caller = Caller(person)
    assert caller.get("/api/telegram").data["state"] == "NONE"

    issued = caller.post(REQUEST).data
    assert issued["deepLink"] == f"https://t.me/our_bot?start={issued['code']}"
    pending = caller.get("/api/telegram")
    assert (pending.data["state"], pending.data["codeExpiresAt"]) == ("PENDING", issued["expiresAt"])
    assert issued["code"] not in pending.content.decode()

    confirmed = confirm(issued["code"], telegram_id, bot, telegramUsername="anna").data
    assert confirmed == {"userId": str(person.id), "email": f"{person.email[0]}***@{person.email.partition('@')[2]}"}
    bound = caller.get("/api/telegram")
    assert (bound.data["state"], bound.data["username"], bound.data["botLink"]) == ("BOUND", "anna", "https://t.me/our_bot")
    assert str(telegram_id) not in bound.content.decode()

    assert caller.post("/api/telegram/unlink").data == {"unbound": True}
    assert caller.post("/api/telegram/unlink").data == {"unbound": False}


def test_without_a_bot_there_is_no_link(world, settings):
    settings.TELEGRAM_BOT_NAME = ""

    assert Caller(world.creator()).post(REQUEST).data["deepLink"] is None


def test_who_is_bound_gets_no_code(world):
    refused = Caller(world.chat().user).post(REQUEST)

    assert (refused.status, refused.code, refused.details["code"]) == (409, "CONFLICT", "ALREADY_BOUND")


def test_codes_are_three_in_ten_minutes(world, settings):
    settings.THROTTLE_MULTIPLIER = 1
    caller = Caller(world.creator())

    answers = [caller.post(path).status for path in (REQUEST, REQUEST, "/api/telegram/bind/code", REQUEST)]

    assert answers == [200, 200, 200, 429]


def test_a_code_is_never_replayed(world):
    caller = Caller(world.creator())

    first, second = (caller.post(REQUEST, idempotency_key="the-same-key").data for _ in range(2))

    assert first["code"] != second["code"]


# ── A bot elsewhere ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "shown", [{}, {"x_telegram_bot_secret": "wrong"}, {"x_telegram_bot_secret": "ä"}, {"authorization": "Bearer wrong"}]
)
def test_without_the_secret_nobody_confirms(world, bot, shown):
    refused = confirm(world.telegram_code(), world.telegram_id(), shown)

    assert (refused.status, refused.code) == (401, "OUTBOX_AUTH_ERROR")
    assert not BindingAttempt.objects.exists()


def test_an_unset_secret_opens_nothing(world, settings):
    settings.TELEGRAM_BOT_SECRET = ""

    assert confirm(world.telegram_code(), world.telegram_id(), {"x_telegram_bot_secret": ""}).status == 401
    assert confirm(world.telegram_code(), world.telegram_id(), {"authorization": "Bearer "}).status == 401


def test_the_secret_as_a_bearer_is_as_good(world, bot):
    assert confirm(world.telegram_code(), world.telegram_id(), {"authorization": "Bearer a-bot-secret"}).status == 200


def test_the_secret_is_judged_before_the_rate_and_the_rate_before_the_body(world, bot, settings):
    settings.THROTTLE_MULTIPLIER = 0

    assert Caller().post(CONFIRM, {"code": 1}).status == 401
    assert Caller().post(CONFIRM, {"code": 1}, **bot).status == 429
    settings.THROTTLE_MULTIPLIER = 1_000
    assert Caller().post(CONFIRM, {"code": 1}, **bot).status == 400


@pytest.mark.parametrize("username", [None, "", "anna"])
def test_a_username_may_be_missing(world, bot, username):
    assert confirm(world.telegram_code(), world.telegram_id(), bot, telegramUsername=username).status == 200


@pytest.mark.parametrize("telegram_id", ["", "12", "-1000000", "0123456", "1e9", "９９９９", "9" * 20, 700_000_000])
def test_what_is_no_id_of_a_person_is_refused(world, bot, telegram_id):
    body = {"code": world.telegram_code(), "telegramUserId": telegram_id}

    assert Caller().post(CONFIRM, body, **bot).code == "VALIDATION_ERROR"


def test_guessing_is_counted_and_ends(world, bot):
    telegram_id, code = world.telegram_id(), world.telegram_code()

    guesses = [confirm("ZZZZZZZZ", telegram_id, bot) for _ in range(5)]
    right = confirm(code, telegram_id, bot)

    assert [(guess.status, guess.details["code"]) for guess in guesses] == [(400, "INVALID_CODE")] * 5
    assert (right.status, right.code, right.details["code"]) == (429, "RATE_LIMITED", "TOO_MANY_ATTEMPTS")


def test_an_idempotency_key_does_not_uncount_a_guess(world, bot):
    telegram_id = world.telegram_id()

    for _ in range(3):
        confirm("ZZZZZZZZ", telegram_id, bot | {"idempotency_key": "the-same-key"})

    assert BindingAttempt.objects.filter(telegram_user_id=telegram_id).count() == 3


def test_a_chat_of_somebody_else_is_told_apart(world, bot):
    refused = confirm(world.telegram_code(), world.chat().telegram_user_id, bot)

    assert (refused.status, refused.details["code"]) == (409, "TELEGRAM_ALREADY_BOUND")


# ── What Telegram brings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_update_is_worked_once(world, telegram):
    person, telegram_id = world.creator(), world.telegram_id()
    brought = update(telegram_id, f"/bind {world.telegram_code(person=person)}")

    answers = [Caller().post(WEBHOOK, brought, **telegram).data for _ in range(2)]

    assert answers == [{"taken": True}, {"taken": False}]
    assert TelegramAccount.objects.get(telegram_user_id=telegram_id).user_id == person.id
    (reply,) = TelegramUpdate.objects.get(update_id=brought["update_id"]).replies
    assert reply["chat_id"] == telegram_id


@pytest.mark.parametrize("shown", [{}, {"x_telegram_bot_api_secret_token": "wrong"}, {"authorization": "Bearer a-webhook-secret"}])
def test_without_the_secret_nothing_is_taken(world, telegram, shown):
    person = world.creator()

    refused = Caller().post(WEBHOOK, update(world.telegram_id(), f"/bind {world.telegram_code(person=person)}"), **shown)

    assert refused.status == 401
    assert not TelegramUpdate.objects.exists()
    assert not TelegramAccount.objects.filter(user=person).exists()


def test_an_unset_webhook_secret_opens_nothing(world, settings):
    settings.TELEGRAM_WEBHOOK_SECRET = ""

    assert Caller().post(WEBHOOK, update(1, "/help"), x_telegram_bot_api_secret_token="").status == 401


def test_what_telegram_adds_some_day_is_no_reason_to_refuse(world, telegram):
    assert Caller().post(WEBHOOK, {"update_id": next(_updates), "something_new": {"a": 1}}, **telegram).data == {"taken": True}


@pytest.mark.parametrize("body", [{}, {"update_id": "x"}, {"update_id": -1}, {"update_id": 1, "message": "text"}, []])
def test_what_is_no_update_is_refused(world, telegram, body):
    assert Caller().post(WEBHOOK, body, **telegram).code == "VALIDATION_ERROR"


def test_an_update_has_a_size(world, telegram):
    huge = update(world.telegram_id(), "x" * 300_000)

    assert Caller().post(WEBHOOK, huge, **telegram).status == 413
    assert not TelegramUpdate.objects.exists()


def test_a_wrong_code_from_the_webhook_stays_counted(world, telegram):
    telegram_id = world.telegram_id()

    for _ in range(6):
        Caller().post(WEBHOOK, update(telegram_id, "/bind ZZZZZZZZ"), **telegram)

    assert BindingAttempt.objects.filter(telegram_user_id=telegram_id).count() == 5
