"""An update is worked once, however often it comes, and its answers are sent by one."""

import itertools
import time
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import pytest
import time_machine
from django.db import OperationalError

from core.base import clock
from core.telegram.inbox import CROWD_MAX, CROWD_WINDOW, DESK
from core.telegram.models import TelegramUpdate
from core.telegram.services import accept_update, receive_update, take_replies
from tests.meeting import meet

_ids = itertools.count(910_000_001)
HELLO = {"method": "sendMessage", "chat_id": 1, "text": "Hello"}
TOO_OFTEN = {"method": "sendMessage", "chat_id": 1, "text": "Too often"}


CHAT = 910_000_001


def update_of(chat_id=CHAT):
    """One that has never come before."""
    return {"update_id": next(_ids), "chat": chat_id}


@contextmanager
def desk(handle, wake=lambda _: None, refuse=lambda _: [TOO_OFTEN]):
    """Somebody else works updates meanwhile."""
    changed = {"handle": handle, "refuse": refuse, "wake": wake, "chat_of": lambda update: update["chat"]}
    with patch.multiple(DESK, **changed):
        yield


def test_a_repeated_update_is_worked_once(world):
    worked = []
    update = update_of()

    with desk(lambda brought: worked.append(brought) or [HELLO]):
        assert [receive_update(update), receive_update(update)] == [True, False]

    assert worked == [update]


def test_what_it_owes_is_taken_once(world):
    update = update_of()
    with desk(lambda _: [HELLO]):
        receive_update(update)

    assert take_replies(CHAT) == [HELLO]
    assert take_replies(CHAT) == []
    assert TelegramUpdate.objects.get(update_id=update["update_id"]).replies == []


def test_one_that_cannot_be_worked_stops_no_other(world, caplog):
    def handle(update):
        raise ZeroDivisionError

    update = update_of()
    with desk(handle):
        assert receive_update(update) is True
        assert receive_update(update) is False

    assert "telegram_update_failed" in caplog.text


def test_one_that_met_a_database_in_trouble_may_come_again(world):
    def handle(update):
        raise OperationalError

    update = update_of()
    with desk(handle), pytest.raises(OperationalError):
        receive_update(update)

    assert not TelegramUpdate.objects.filter(update_id=update["update_id"]).exists()


def test_the_sender_is_woken_after_the_commit_and_once(world, django_capture_on_commit_callbacks):
    woken = []
    update = update_of()

    with desk(lambda _: [HELLO], woken.append), django_capture_on_commit_callbacks(execute=True):
        accept_update(update)
        accept_update(update)
        assert woken == []

    assert woken == [CHAT]


@pytest.mark.race
def test_an_update_that_comes_from_two_sides_is_worked_by_one(committed):
    for _ in range(3):
        update, worked = update_of(), []

        with desk(lambda brought, worked=worked: worked.append(brought) or [HELLO]):
            answers = meet(*[partial(receive_update, update)] * 4)

        assert sorted(answers) == [False, False, False, True]
        assert len(worked) == 1


@pytest.mark.race
def test_answers_are_taken_by_one(committed):
    chat_id = next(_ids)
    with desk(lambda _: [HELLO]):
        receive_update(update_of(chat_id))

    answers = meet(*[partial(take_replies, chat_id)] * 4)

    assert sorted(answers, key=len) == [[], [], [], [HELLO]]


# ── Too many of them ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flood_from_one_chat_is_worked_up_to_its_share_refused_once_and_wakes_nobody_twice(world, django_capture_on_commit_callbacks):
    worked, woken, chat_id, other = [], [], next(_ids), next(_ids)
    flood = [update_of(chat_id) for _ in range(2 * CROWD_MAX)]

    with desk(lambda update: worked.append(update) or [HELLO], woken.append), django_capture_on_commit_callbacks(execute=True):
        taken = [accept_update(update) for update in flood]
        assert accept_update(update_of(other))

    assert worked[:-1] == flood[:CROWD_MAX]
    assert taken == [True] * CROWD_MAX + [False] * CROWD_MAX
    assert woken == [chat_id, other]
    assert take_replies(chat_id) == [HELLO] * CROWD_MAX + [TOO_OFTEN]
    assert TelegramUpdate.objects.filter(chat_id=chat_id).count() == CROWD_MAX + 1


def test_after_a_minute_a_chat_is_heard_again(world):
    chat_id = next(_ids)

    with desk(lambda _: [HELLO]):
        for _ in range(CROWD_MAX + 2):
            receive_update(update_of(chat_id))
        with time_machine.travel(clock.now() + CROWD_WINDOW):
            assert receive_update(update_of(chat_id))


def test_whoever_writes_after_the_answers_were_taken_wakes_somebody_anew(world, django_capture_on_commit_callbacks):
    woken, chat_id = [], next(_ids)

    with desk(lambda _: [HELLO], woken.append):
        for _ in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                accept_update(update_of(chat_id))
                accept_update(update_of(chat_id))
            take_replies(chat_id)

    assert woken == [chat_id, chat_id]


@pytest.mark.race
@pytest.mark.parametrize("locked", [True, False])
def test_updates_that_come_at_once_get_the_share_of_the_chat_and_no_more(committed, monkeypatch, locked):
    monkeypatch.setattr("core.telegram.inbox.CROWD_MAX", 1)
    if not locked:
        monkeypatch.setattr("core.telegram.inbox._lock", lambda chat_id: None)
    counts = []

    for _ in range(6):
        chat_id, worked = next(_ids), []
        with desk(lambda update, worked=worked: worked.append(update) or time.sleep(0.02) or [HELLO]):
            meet(*[partial(receive_update, update_of(chat_id)) for _ in range(4)])
        counts.append(len(worked))

    assert (set(counts) == {1}) is locked
