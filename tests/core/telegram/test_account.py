"""What happens to a chat after it is bound: unlinked, muted, blocked, found again."""

from datetime import timedelta

import pytest
import time_machine

from core.audit.models import AuditEntry
from core.base import clock
from core.notifications.models import Notification
from core.notifications.steps import notify
from core.privacy.services import erase_account
from core.telegram import errors, selectors
from core.telegram.models import BindingAttempt, ButtonToken, TelegramAccount, TelegramCode, TelegramUpdate
from core.telegram.services import (
    confirm_binding,
    forget_old_traces,
    mark_reachable,
    mark_unreachable,
    migrate_chat,
    mute,
    receive_update,
    request_code,
    unlink,
    unmute,
)
from outbox.models import Delivery, Event
from tests.world import PASSWORD


def waiting(person) -> list[str]:
    return list(Delivery.objects.filter(channel="TELEGRAM", recipient_id=person.id).values_list("state", flat=True))


def actions(person) -> list[str]:
    about = AuditEntry.objects.filter(actor=person, action__startswith="TELEGRAM")
    return list(about.order_by("id").values_list("action", flat=True))


def test_unlinking_leaves_no_chat_and_says_so(world):
    person = world.chat().user

    assert unlink(by=person) is True

    assert not TelegramAccount.objects.filter(user=person).exists()
    assert list(Notification.objects.filter(user=person).order_by("created_at").values_list("type", flat=True)) == [
        "TELEGRAM_BOUND",
        "TELEGRAM_UNBOUND",
    ]
    assert Event.objects.filter(type="TELEGRAM_UNBOUND", aggregate=f"user:{person.id}").count() == 1
    assert actions(person)[-1] == "TELEGRAM_UNBOUND"


def test_unlinking_twice_is_as_good_as_once(world):
    person = world.chat().user
    unlink(by=person)
    before = Event.objects.count()

    assert unlink(by=person) is False

    assert Event.objects.count() == before


def test_unlinking_makes_the_waiting_code_useless(world):
    person = world.creator()
    code = world.telegram_code(person=person)

    unlink(by=person)

    with pytest.raises(errors.InvalidCode):
        confirm_binding(code=code, telegram_user_id=world.telegram_id())


def test_what_waits_for_an_unlinked_chat_is_not_sent(world):
    person = world.chat().user
    notify([person], "PASSWORD_CHANGED")
    assert set(waiting(person)) == {"PENDING"}

    unlink(by=person)

    dropped = Delivery.objects.filter(channel="TELEGRAM", recipient_id=person.id, type__in=["TELEGRAM_BOUND", "PASSWORD_CHANGED"])
    assert set(dropped.values_list("state", "reason")) == {("SKIPPED", "NO_ACCOUNT")}


def test_an_unlinked_chat_can_be_bound_by_somebody_else(world):
    account = world.chat()
    unlink(by=account.user)

    assert world.chat(telegram_id=account.telegram_user_id).user_id != account.user_id


def test_quiet_for_some_hours_ends_by_itself(world):
    account = world.chat()

    muted = mute(by=account.user, hours=8)

    assert muted.is_muted_at(clock.now() + timedelta(hours=7, minutes=59))
    assert not muted.is_muted_at(clock.now() + timedelta(hours=8, minutes=1))
    assert selectors.telegram_page(by=account.user)["is_muted"]
    with time_machine.travel(clock.now() + timedelta(hours=9)):
        assert not selectors.telegram_page(by=account.user)["is_muted"]


def test_quiet_without_hours_ends_when_its_owner_says_so(world):
    account = world.chat()

    assert mute(by=account.user).is_muted_at(clock.now() + timedelta(days=1_000))
    assert not unmute(by=account.user).is_muted_at(clock.now())
    assert actions(account.user)[-2:] == ["TELEGRAM_MUTED", "TELEGRAM_UNMUTED"]


@pytest.mark.parametrize("verb", [mute, unmute])
def test_without_a_chat_there_is_nothing_to_mute(world, verb):
    person = world.creator()

    with pytest.raises(errors.TelegramNotBound):
        verb(by=person)

    assert actions(person) == []


def test_a_chat_that_takes_nothing_is_left_alone_and_its_owner_told_in_the_app(world):
    account = world.chat()
    person = account.user
    notify([person], "PASSWORD_CHANGED")

    mark_unreachable(account.chat_id)

    account.refresh_from_db()
    assert (account.state, account.is_reachable) == ("BLOCKED", False)
    assert Notification.objects.filter(user=person, type="TELEGRAM_UNREACHABLE").count() == 1
    dropped = Delivery.objects.filter(channel="TELEGRAM", recipient_id=person.id, type="PASSWORD_CHANGED")
    assert set(dropped.values_list("state", "reason")) == {("SKIPPED", "UNREACHABLE")}


def test_being_out_of_reach_is_told_once(world):
    account = world.chat()
    mark_unreachable(account.chat_id)

    mark_unreachable(account.chat_id, state="GONE")

    account.refresh_from_db()
    assert account.state == "BLOCKED"
    assert Notification.objects.filter(user=account.user, type="TELEGRAM_UNREACHABLE").count() == 1


def test_a_chat_is_found_again_and_old_notices_do_not_come_back(world):
    account = world.chat()
    mark_unreachable(account.chat_id)
    skipped = Delivery.objects.filter(recipient_id=account.user_id, state="SKIPPED").count()

    mark_reachable(account.chat_id)

    account.refresh_from_db()
    assert account.is_reachable
    assert Delivery.objects.filter(recipient_id=account.user_id, state="SKIPPED").count() == skipped
    assert Event.objects.filter(type="TELEGRAM_REACHABLE", aggregate=f"user:{account.user_id}").count() == 1


@pytest.mark.parametrize("verb", [mark_unreachable, mark_reachable])
def test_the_chat_of_nobody_changes_nothing(world, verb):
    before = Event.objects.count()

    assert verb(world.telegram_id()) is None

    assert Event.objects.count() == before


def test_a_chat_that_moves_is_known_by_its_new_id(world):
    account, new = world.chat(), world.telegram_id()

    migrate_chat(account.chat_id, new_chat_id=new)

    account.refresh_from_db()
    assert account.chat_id == new


def test_no_chat_moves_onto_another_one(world):
    one, other = world.chat(), world.chat()

    assert migrate_chat(one.chat_id, new_chat_id=other.chat_id) is None


def test_who_leaves_takes_the_chat_along(world):
    account = world.chat(username="anna")

    erase_account(by=account.user, password=PASSWORD)

    assert not TelegramAccount.objects.filter(user=account.user).exists()
    assert not TelegramCode.objects.filter(user=account.user).exists()
    assert world.chat(telegram_id=account.telegram_user_id).user_id != account.user_id


def test_traces_are_forgotten_after_two_days_and_chats_are_not(world):
    account = world.chat()
    request_code(by=world.creator())
    receive_update({"update_id": 1})
    assert forget_old_traces() == 0

    with time_machine.travel(clock.now() + timedelta(days=3)):
        forget_old_traces()

    assert [rows.objects.count() for rows in (BindingAttempt, TelegramCode, TelegramUpdate, ButtonToken)] == [0, 0, 0, 0]
    assert TelegramAccount.objects.filter(id=account.id).exists()
