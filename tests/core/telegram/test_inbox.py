"""An update is worked once, however often it comes, and its answers are sent by one."""

import itertools
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import pytest
from django.db import OperationalError

from core.telegram.inbox import DESK
from core.telegram.models import TelegramUpdate
from core.telegram.services import accept_update, receive_update, take_replies
from tests.meeting import meet

_ids = itertools.count(910_000_001)
HELLO = {"method": "sendMessage", "chat_id": 1, "text": "Hello"}


@contextmanager
def desk(handle, wake=lambda _: None):
    """Somebody else works updates meanwhile."""
    with patch.object(DESK, "handle", handle), patch.object(DESK, "wake", wake):
        yield


def test_a_repeated_update_is_worked_once(world):
    worked = []
    update = {"update_id": next(_ids)}

    with desk(lambda brought: worked.append(brought) or [HELLO]):
        assert [receive_update(update), receive_update(update)] == [True, False]

    assert worked == [update]


def test_what_it_owes_is_taken_once(world):
    update = {"update_id": next(_ids)}
    with desk(lambda _: [HELLO]):
        receive_update(update)

    assert take_replies(update["update_id"]) == [HELLO]
    assert take_replies(update["update_id"]) == []
    assert TelegramUpdate.objects.get(update_id=update["update_id"]).replies == []


def test_one_that_cannot_be_worked_stops_no_other(world, caplog):
    def handle(update):
        raise ZeroDivisionError

    update = {"update_id": next(_ids)}
    with desk(handle):
        assert receive_update(update) is True
        assert receive_update(update) is False

    assert "telegram_update_failed" in caplog.text


def test_one_that_met_a_database_in_trouble_may_come_again(world):
    def handle(update):
        raise OperationalError

    update = {"update_id": next(_ids)}
    with desk(handle), pytest.raises(OperationalError):
        receive_update(update)

    assert not TelegramUpdate.objects.filter(update_id=update["update_id"]).exists()


def test_the_sender_is_woken_after_the_commit_and_once(world, django_capture_on_commit_callbacks):
    woken = []
    update = {"update_id": next(_ids)}

    with desk(lambda _: [HELLO], woken.append), django_capture_on_commit_callbacks(execute=True):
        accept_update(update)
        accept_update(update)
        assert woken == []

    assert woken == [update["update_id"]]


@pytest.mark.race
def test_an_update_that_comes_from_two_sides_is_worked_by_one(committed):
    for _ in range(3):
        update, worked = {"update_id": next(_ids)}, []

        with desk(lambda brought, worked=worked: worked.append(brought) or [HELLO]):
            answers = meet(*[partial(receive_update, update)] * 4)

        assert sorted(answers) == [False, False, False, True]
        assert len(worked) == 1


@pytest.mark.race
def test_answers_are_taken_by_one(committed):
    update = {"update_id": next(_ids)}
    with desk(lambda _: [HELLO]):
        receive_update(update)

    answers = meet(*[partial(take_replies, update["update_id"])] * 4)

    assert sorted(answers, key=len) == [[], [], [], [HELLO]]
