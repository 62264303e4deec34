"""A button is for one person, for one question, for one press."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from core.base import clock
from core.base.errors import Conflict
from core.telegram import errors
from core.telegram.buttons import Button, button_in, callback_of
from core.telegram.models import ButtonToken
from core.telegram.services import offer_buttons, press_button
from tests.meeting import meet, without_locks

HOUR = timedelta(hours=1)


def offered(person, *, subject=None, action="ACCEPT_INVITATION", lives=HOUR):
    ((button_id),) = offer_buttons([Button(person.id, action, subject or uuid4(), clock.now() + lives)]).values()
    return button_id


def test_a_press_does_what_the_button_stands_for(world):
    person, done = world.creator(), []
    button_id = offered(person)

    press_button(button_id, by=person, act=done.append)

    assert [button.id for button in done] == [button_id]
    assert ButtonToken.objects.get(id=button_id).used_at is not None


def test_a_second_press_changes_nothing(world):
    person, done = world.creator(), []
    button_id = offered(person)
    press_button(button_id, by=person, act=done.append)

    with pytest.raises(errors.ButtonUsed):
        press_button(button_id, by=person, act=done.append)

    assert len(done) == 1


def test_a_stranger_cannot_tell_a_foreign_button_from_none(world):
    done = []
    button_id = offered(world.creator())

    for pressed in (button_id, uuid4()):
        with pytest.raises(errors.ButtonUnknown):
            press_button(pressed, by=world.creator(), act=done.append)

    assert done == []
    assert ButtonToken.objects.get(id=button_id).used_at is None


def test_a_button_runs_out(world):
    person, done = world.creator(), []
    button_id = offered(person, lives=-HOUR)

    with pytest.raises(errors.ButtonExpired):
        press_button(button_id, by=person, act=done.append)

    assert done == []


def test_one_answer_uses_up_the_others_of_the_question(world):
    person, subject = world.creator(), uuid4()
    accept, decline = offered(person, subject=subject), offered(person, subject=subject, action="DECLINE_INVITATION")

    press_button(accept, by=person, act=lambda _: None)

    with pytest.raises(errors.ButtonUsed):
        press_button(decline, by=person, act=lambda _: None)


def test_a_refused_act_leaves_the_button_as_it_was(world):
    person = world.creator()
    button_id = offered(person)

    def refuse(button):
        raise Conflict

    with pytest.raises(Conflict):
        press_button(button_id, by=person, act=refuse)

    assert ButtonToken.objects.get(id=button_id).used_at is None


def test_a_message_that_goes_out_twice_has_the_same_buttons(world):
    person, subject = world.creator(), uuid4()

    assert offered(person, subject=subject) == offered(person, subject=subject)
    assert offered(person, subject=subject) != offered(person)


def test_what_telegram_gets_is_an_id_and_nothing_else(world):
    button_id = offered(world.creator())

    assert len(callback_of(button_id)) <= 64
    assert button_in(callback_of(button_id)) == button_id
    assert [button_in(text) for text in ("", "accept", f"{button_id} ", str(button_id).upper(), "../")] == [None] * 5


@pytest.mark.race
def test_two_fingers_are_one_press(committed):
    for _ in range(3):
        person, done = committed.creator(), []
        button_id = offered(person)

        answers = meet(*[partial(press_button, button_id, by=person, act=done.append)] * 4)

        assert sorted(type(answer).__name__ for answer in answers) == ["ButtonToken"] + ["ButtonUsed"] * 3
        assert len(done) == 1


@pytest.mark.race
def test_two_fingers_without_a_lock_are_two_presses(committed):
    person, done = committed.creator(), []
    button_id = offered(person)

    with without_locks():
        meet(*[partial(press_button, button_id, by=person, act=done.append)] * 2, before="core_buttontoken")

    assert len(done) == 2
