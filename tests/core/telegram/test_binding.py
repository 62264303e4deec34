"""A chat is bound by a code: short-lived, single-use, kept as a digest, and counted when it is wrong."""

from datetime import timedelta
from functools import partial
from unittest.mock import patch

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core.audit.models import AuditEntry
from core.base import clock
from core.notifications.models import Notification
from core.people.models import User
from core.telegram import codes, errors
from core.telegram.models import BindingAttempt, TelegramAccount, TelegramCode
from core.telegram.services import confirm_binding, request_code
from core.telegram.steps import WRONG_EVERYWHERE_MAX, WRONG_MAX
from outbox.models import Event
from tests.meeting import meet

WRONG = "ZZZZZZZZ"
LONG_AGO = timedelta(minutes=10, seconds=1)


def told(person: User) -> list[str]:
    return list(Notification.objects.filter(user=person).order_by("created_at").values_list("type", flat=True))


def facts_about(person: User) -> list[str]:
    about = Event.objects.filter(aggregate=f"user:{person.id}", type__startswith="TELEGRAM")
    return list(about.order_by("id").values_list("type", flat=True))


def test_a_code_can_be_read_aloud_and_lives_ten_minutes(world):
    person = world.creator()

    row, code = request_code(by=person)

    assert len(code) == 8
    assert set(code) <= set("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    assert row.expires_at - row.created_at == pytest.approx(timedelta(minutes=10), abs=timedelta(seconds=1))


def test_a_code_is_kept_as_a_keyed_digest_alone(world, settings):
    row, code = request_code(by=world.creator())

    assert code not in str(TelegramCode.objects.filter(id=row.id).values().get())
    assert code not in str(list(AuditEntry.objects.filter(subject_id=str(row.id)).values()))
    settings.TELEGRAM_BINDING_PEPPER = "another pepper"
    assert codes.digest(code) != row.digest


def test_the_right_code_binds_the_chat_and_tells_its_owner(world):
    person, telegram_id = world.creator(), world.telegram_id()
    code = world.telegram_code(person=person)

    account = confirm_binding(code=f" {code.lower()} ", telegram_user_id=telegram_id, username="anna")

    assert (account.user_id, account.chat_id, account.username, account.state) == (person.id, telegram_id, "anna", "ACTIVE")
    assert told(person) == ["TELEGRAM_BOUND"]
    assert facts_about(person) == ["TELEGRAM_BOUND"]
    assert AuditEntry.objects.filter(action="TELEGRAM_BOUND", actor=person, subject_id=str(account.id)).count() == 1


def test_who_has_no_username_binds_like_everybody_else(world):
    assert world.chat(username="").username == ""


def test_no_event_names_the_account_over_there(world):
    account = world.chat()

    payloads = Event.objects.filter(aggregate=f"user:{account.user_id}").values_list("payload", flat=True)

    assert str(account.telegram_user_id) not in str(list(payloads))


def test_a_code_works_once(world):
    person = world.creator()
    code = world.telegram_code(person=person)
    confirm_binding(code=code, telegram_user_id=world.telegram_id())

    with pytest.raises(errors.InvalidCode):
        confirm_binding(code=code, telegram_user_id=world.telegram_id())

    assert TelegramAccount.objects.filter(user=person).count() == 1


def test_a_code_that_ran_out_opens_nothing(world):
    person = world.creator()
    code = world.telegram_code(person=person)

    with time_machine.travel(clock.now() + LONG_AGO), pytest.raises(errors.InvalidCode):
        confirm_binding(code=code, telegram_user_id=world.telegram_id())

    assert not TelegramAccount.objects.filter(user=person).exists()


def test_a_newer_code_replaces_the_older_one(world):
    person = world.creator()
    old, new = world.telegram_code(person=person), world.telegram_code(person=person)

    with pytest.raises(errors.InvalidCode):
        confirm_binding(code=old, telegram_user_id=world.telegram_id())

    assert confirm_binding(code=new, telegram_user_id=world.telegram_id()).user_id == person.id


def test_who_is_bound_gets_no_code(world):
    account = world.chat()

    with pytest.raises(errors.AlreadyBound):
        request_code(by=account.user)

    assert not TelegramCode.objects.filter(user=account.user, closed_at=None).exists()


def test_a_chat_of_somebody_else_is_not_taken_over(world):
    owner, stranger = world.chat(), world.creator()
    code = world.telegram_code(person=stranger)

    with pytest.raises(errors.TelegramAlreadyBound):
        confirm_binding(code=code, telegram_user_id=owner.telegram_user_id)

    assert TelegramAccount.objects.get(telegram_user_id=owner.telegram_user_id).user_id == owner.user_id
    assert told(stranger) == []
    assert facts_about(stranger) == []


def test_the_code_of_a_blocked_person_opens_nothing(world):
    person = world.creator()
    code = world.telegram_code(person=person)
    User.objects.filter(id=person.id).update(blocked_at=clock.now())

    with pytest.raises(errors.InvalidCode):
        confirm_binding(code=code, telegram_user_id=world.telegram_id())


# ── Guessing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def guess(telegram_id: int, code: str = WRONG) -> None:
    with pytest.raises(errors.InvalidCode):
        confirm_binding(code=code, telegram_user_id=telegram_id)


def test_a_wrong_code_stays_counted_although_it_is_refused(world):
    telegram_id = world.telegram_id()

    guess(telegram_id)

    assert BindingAttempt.objects.filter(telegram_user_id=telegram_id, is_right=False).count() == 1


def test_after_five_wrong_codes_the_right_one_is_not_looked_at(world):
    telegram_id, person = world.telegram_id(), world.creator()
    code = world.telegram_code(person=person)
    for _ in range(WRONG_MAX):
        guess(telegram_id)

    with pytest.raises(errors.TooManyAttempts):
        confirm_binding(code=code, telegram_user_id=telegram_id)

    assert not TelegramAccount.objects.filter(user=person).exists()
    assert confirm_binding(code=code, telegram_user_id=world.telegram_id()).user_id == person.id


def test_after_ten_minutes_one_may_try_again(world):
    telegram_id = world.telegram_id()
    for _ in range(WRONG_MAX):
        guess(telegram_id)

    with time_machine.travel(clock.now() + LONG_AGO):
        guess(telegram_id)


def test_a_right_code_does_not_count_as_a_guess(world):
    account = world.chat()

    assert BindingAttempt.objects.get(telegram_user_id=account.telegram_user_id).is_right


def test_guesses_of_very_many_accounts_together_are_stopped(world):
    code = world.telegram_code()
    many = [BindingAttempt(telegram_user_id=world.telegram_id(), is_right=False) for _ in range(WRONG_EVERYWHERE_MAX)]
    BindingAttempt.objects.bulk_create(many)

    with pytest.raises(errors.TooManyAttempts):
        confirm_binding(code=code, telegram_user_id=world.telegram_id())


def guesses_at_once(world, *, before: str | None = None) -> int:
    """How many of twelve guesses of one chat were looked at."""
    guess = partial(confirm_binding, code=WRONG, telegram_user_id=world.telegram_id())
    return sum(isinstance(answer, errors.InvalidCode) for answer in meet(*[guess] * 12, before=before))


@pytest.mark.race
def test_many_guesses_at_once_are_five(committed):
    assert guesses_at_once(committed) == WRONG_MAX


@pytest.mark.race
def test_guesses_that_do_not_queue_are_more(committed):
    with patch("core.telegram.steps.connection"):  # the control: nobody waits for the lock of the chat
        assert guesses_at_once(committed, before="core_bindingattempt") > WRONG_MAX


@pytest.mark.race
def test_two_chats_with_one_code_are_one_binding(committed):
    for _ in range(3):
        person = committed.creator()
        code = committed.telegram_code(person=person)

        answers = meet(*[partial(confirm_binding, code=code, telegram_user_id=committed.telegram_id()) for _ in range(4)])

        assert sorted(type(answer).__name__ for answer in answers) == ["InvalidCode"] * 3 + ["TelegramAccount"]
        assert TelegramAccount.objects.filter(user=person).count() == 1
        assert facts_about(person) == ["TELEGRAM_BOUND"]


@pytest.mark.race
def test_two_people_with_one_chat_are_one_binding(committed):
    for _ in range(3):
        telegram_id = committed.telegram_id()
        wanted = [committed.telegram_code() for _ in range(3)]

        answers = meet(*[partial(confirm_binding, code=code, telegram_user_id=telegram_id) for code in wanted])

        assert sorted(type(answer).__name__ for answer in answers) == ["TelegramAccount"] + ["TelegramAlreadyBound"] * 2


@pytest.mark.race
def test_two_calls_for_a_code_leave_one_living(committed):
    person = committed.creator()

    meet(*[partial(request_code, by=person)] * 4)

    assert TelegramCode.objects.filter(user=person, closed_at=None).count() == 1


def test_the_database_knows_one_living_code_per_person(world):
    row, _code = request_code(by=world.creator())

    with pytest.raises(IntegrityError, match="telegram_code_one_live"), transaction.atomic():
        TelegramCode.objects.create(user=row.user, digest="another", expires_at=clock.now())
