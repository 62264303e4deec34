"""What people write, and what the bot says: the commands, in the words and the language of whoever writes."""

from datetime import timedelta

import pytest
import time_machine

from bot.commands import handle
from core.base import clock
from core.hiring.models import Invitation
from core.people.models import User
from core.telegram.buttons import Button, callback_of
from core.telegram.models import TelegramAccount
from core.telegram.services import mark_unreachable, offer_buttons, receive_update, take_replies, unlink
from tests.telegram.updates import member, pressed, written


def tell(telegram_id, text, **about):
    """What is answered: the texts, as one."""
    return "\n".join(reply["text"] for reply in handle(written(telegram_id, text, **about)))


def alert(replies):
    """What pops up, when that is all."""
    (reply,) = replies
    assert (reply["method"], reply["show_alert"]) == ("answerCallbackQuery", True)
    return reply["text"]


# ── Binding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("line", ["/bind {code}", "/start {code}", "/BIND {code}", "/bind@our_bot {code}", "  /bind   {code}  "])
def test_a_code_binds_the_chat(world, line):
    person, telegram_id = world.creator(), world.telegram_id()

    said = tell(telegram_id, line.format(code=world.telegram_code(person=person)))

    assert TelegramAccount.objects.get(user=person).telegram_user_id == telegram_id
    assert f"{person.email[0]}***@" in said
    assert person.email not in said


def test_a_small_letter_is_as_good_as_a_capital(world):
    person = world.creator()

    tell(world.telegram_id(), f"/bind {world.telegram_code(person=person).lower()}")

    assert TelegramAccount.objects.filter(user=person).exists()


def test_who_has_no_username_binds(world):
    person = world.creator()

    tell(world.telegram_id(), f"/bind {world.telegram_code(person=person)}", username=None)

    assert TelegramAccount.objects.get(user=person).username == ""


def test_refusals_are_words(world):
    telegram_id = world.telegram_id()

    assert tell(telegram_id, "/bind") == "Пришлите код из профиля вот так: /bind ABCD2345"
    assert "Код неверный" in tell(telegram_id, "/bind ZZZZZZZZ")
    for _ in range(4):
        tell(telegram_id, "/start ZZZZZZZZ")
    assert "Слишком много" in tell(telegram_id, f"/bind {world.telegram_code()}")


def test_the_chat_of_one_is_not_given_to_another(world):
    account, stranger = world.chat(), world.creator()

    said = tell(account.telegram_user_id, f"/bind {world.telegram_code(person=stranger)}")

    assert "другому аккаунту" in said
    assert stranger.email not in said
    assert not TelegramAccount.objects.filter(user=stranger).exists()


def test_start_tells_a_stranger_where_the_code_is(world, settings):
    settings.APP_BASE_URL = "https://marketplace.example"

    said = tell(world.telegram_id(), "/start")

    assert "https://marketplace.example/dashboard/profile" in said


def test_start_tells_whom_the_chat_belongs_to(world):
    account = world.chat()

    assert f"{account.user.email[0]}***@" in tell(account.telegram_user_id, "/start")


# ── Language ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("spoken", "said"), [("en", "Link your account"), ("en-GB", "Link your account"), ("ru", "Связать"), ("de", "Связать")]
)
def test_a_stranger_is_answered_in_the_language_of_telegram(world, spoken, said):
    assert said in tell(world.telegram_id(), "/help", language=spoken)


def test_who_is_bound_is_answered_in_the_language_chosen_here(world):
    account = world.chat()
    User.objects.filter(id=account.user_id).update(language="en")

    assert "Link your account" in tell(account.telegram_user_id, "/help", language="ru")


# ── Quiet ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mute_and_unmute(world):
    account = world.chat()

    tell(account.telegram_user_id, "/mute 8")
    account.refresh_from_db()
    assert account.is_muted_at(clock.now() + timedelta(hours=7))
    assert not account.is_muted_at(clock.now() + timedelta(hours=9))

    tell(account.telegram_user_id, "/unmute")
    account.refresh_from_db()
    assert not account.is_muted


@pytest.mark.parametrize("hours", ["0", "-1", "721", "8.5", "eight", "٨", "9" * 400])
def test_hours_that_are_none_mute_nobody(world, hours):
    account = world.chat()

    assert "1 до 720" in tell(account.telegram_user_id, f"/mute {hours}")

    account.refresh_from_db()
    assert not account.is_muted


@pytest.mark.parametrize("line", ["/mute", "/unmute", "/unlink"])
def test_who_is_not_bound_is_told_so(world, line):
    assert "не привязан" in tell(world.telegram_id(), line)


# ── Unlinking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_unlinking_asks_once(world):
    account = world.chat()

    (question,) = handle(written(account.telegram_user_id, "/unlink"))
    ((button,),) = question["reply_markup"]["inline_keyboard"]
    assert TelegramAccount.objects.filter(id=account.id).exists()

    answers = handle(pressed(account.telegram_user_id, button["callback_data"]))
    assert [reply["method"] for reply in answers] == ["answerCallbackQuery", "editMessageReplyMarkup", "sendMessage"]
    assert not TelegramAccount.objects.filter(id=account.id).exists()


def test_the_question_runs_out(world):
    account = world.chat()
    (question,) = handle(written(account.telegram_user_id, "/unlink"))
    ((button,),) = question["reply_markup"]["inline_keyboard"]

    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert alert(handle(pressed(account.telegram_user_id, button["callback_data"]))) == "Срок действия кнопки истёк."

    assert TelegramAccount.objects.filter(id=account.id).exists()


# ── What is not for us ───────────────────────────────────────────────────────────────────────────────────────────────


def test_other_words_get_a_short_help_once_a_minute(world):
    telegram_id = world.telegram_id()

    def say(text):
        update = written(telegram_id, text)
        receive_update(update)
        return take_replies(telegram_id)

    assert len(say("hello")) == 1
    assert say("/dance") == []
    assert say("hello?") == []
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert len(say("hello")) == 1


@pytest.mark.parametrize("chat", ["group", "supergroup", "channel"])
def test_in_groups_the_bot_is_silent(world, chat):
    person = world.creator()

    assert handle(written(world.telegram_id(), f"/bind {world.telegram_code(person=person)}", chat=chat)) == []

    assert not TelegramAccount.objects.filter(user=person).exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": None},
        {"message": []},
        {"message": {"text": "/help"}},
        {"message": {"text": "/help", "from": {"id": "1"}, "chat": {"id": 1, "type": "private"}}},
        {"message": {"text": "/help", "from": {"id": True}, "chat": {"id": 1, "type": "private"}}},
        {"message": {"text": "/help", "from": {"id": 2**63}, "chat": {"id": 1, "type": "private"}}},
        {"message": {"text": "/help", "from": {"id": 1, "is_bot": True}, "chat": {"id": 1, "type": "private"}}},
        {"message": {"text": {"a": 1}, "from": {"id": 1}, "chat": {"id": 1, "type": "private"}}},
        {"callback_query": {"id": 1, "from": {"id": 1}, "message": "x", "data": None}},
        {"my_chat_member": {"from": {"id": 1}, "chat": {"id": 1, "type": "private"}, "new_chat_member": 5}},
        {"edited_message": {"text": "/unlink"}},
    ],
)
def test_what_cannot_be_read_is_nothing(world, body):
    assert handle({"update_id": 1} | body) == []


# ── Blocking the bot ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_blocks_the_bot_is_out_of_reach_until_it_may_write(world):
    account = world.chat()

    assert handle(member(account.chat_id, "kicked")) == []
    account.refresh_from_db()
    assert account.state == "BLOCKED"

    assert handle(member(account.chat_id, "member")) == []
    account.refresh_from_db()
    assert account.state == "ACTIVE"


def test_whoever_writes_can_be_reached(world):
    account = world.chat()
    mark_unreachable(account.chat_id)

    tell(account.telegram_user_id, "/start")

    account.refresh_from_db()
    assert account.state == "ACTIVE"


# ── Buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def invited(world):
    """An invitation, the chat of who is invited, and its two buttons."""
    invitation = world.invitation()
    account = world.chat(person=invitation.creator)
    wanted = [
        Button(account.user_id, action, invitation.id, invitation.expires_at) for action in ("ACCEPT_INVITATION", "DECLINE_INVITATION")
    ]
    accept, decline = (callback_of(button_id) for button_id in offer_buttons(wanted).values())
    return invitation, account, accept, decline


def status(invitation):
    return Invitation.objects.get(id=invitation.id).status


def test_an_invitation_is_accepted_by_a_button(world):
    invitation, account, accept, _decline = invited(world)

    *_, said = handle(pressed(account.telegram_user_id, accept))

    assert status(invitation) == "ACCEPTED"
    assert said["text"].startswith("Вы приняли приглашение")


def test_an_invitation_is_declined_by_a_button(world):
    invitation, account, _accept, decline = invited(world)

    *_, said = handle(pressed(account.telegram_user_id, decline))

    assert status(invitation) == "DECLINED"
    assert said["text"].startswith("Вы отклонили приглашение")


def test_a_second_tap_says_that_it_is_answered(world):
    invitation, account, accept, decline = invited(world)
    handle(pressed(account.telegram_user_id, accept))

    for tap in (accept, decline):
        assert alert(handle(pressed(account.telegram_user_id, tap))) == "Вы уже ответили."

    assert status(invitation) == "ACCEPTED"


def test_the_tap_of_a_stranger_changes_nothing(world):
    invitation, account, accept, _decline = invited(world)
    other = world.chat(person=world.verified_creator())

    for telegram_id in (other.telegram_user_id, world.telegram_id()):
        assert alert(handle(pressed(telegram_id, accept))) == "Эта кнопка не для вас."

    assert status(invitation) == "SENT"
    handle(pressed(account.telegram_user_id, accept))
    assert status(invitation) == "ACCEPTED"


def test_a_button_dies_with_the_binding(world):
    invitation, account, accept, _decline = invited(world)
    unlink(by=account.user)
    swapped = world.chat(telegram_id=account.telegram_user_id)
    assert swapped.user_id != account.user_id

    assert alert(handle(pressed(account.telegram_user_id, accept))) == "Эта кнопка не для вас."

    assert status(invitation) == "SENT"


def test_a_blocked_person_presses_in_vain(world):
    invitation, account, accept, _decline = invited(world)
    User.objects.filter(id=account.user_id).update(blocked_at=clock.now())

    assert alert(handle(pressed(account.telegram_user_id, accept))) == "Эта кнопка не для вас."

    assert status(invitation) == "SENT"


def test_what_the_business_refuses_pops_up_and_the_button_stays(world):
    invitation = world.withdrawn_invitation()
    account = world.chat(person=invitation.creator)
    until = clock.now() + timedelta(hours=1)
    ((button_id),) = offer_buttons([Button(account.user_id, "ACCEPT_INVITATION", invitation.id, until)]).values()

    first, second = (alert(handle(pressed(account.telegram_user_id, callback_of(button_id)))) for _ in range(2))

    assert first == second != "Вы уже ответили."
    assert status(invitation) == "CANCELED"


@pytest.mark.parametrize("callback", ["", "accept", "press:1", "00000000-0000-4000-8000-000000000000", "x" * 5_000])
def test_a_made_up_button_is_for_nobody(world, callback):
    account = world.chat()

    assert alert(handle(pressed(account.telegram_user_id, callback))) == "Эта кнопка не для вас."
