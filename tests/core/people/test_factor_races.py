"""Codes that are shown twice at one moment, and guesses that come together."""

from functools import partial

import pytest

from core.people.factors.models import Factor
from core.people.services import log_in, prove_factor
from tests.authenticator import Authenticator
from tests.meeting import meet, without_locks
from tests.world import PASSWORD

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def _asked(settings):
    settings.STAFF_SECOND_FACTOR = True


def kinds(answers: list) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def test_of_four_with_one_code_at_one_moment_one_comes_in(committed):
    telephone = Authenticator(committed.staff("finance"))

    answers = meet(*[partial(log_in, email=telephone.user.email, password=PASSWORD, kind="TOKEN", code=telephone.code())] * 4)

    assert kinds(answers) == ["CodeNotValid"] * 3 + ["tuple"]


def test_of_four_with_one_recovery_code_one_comes_in(committed):
    telephone = Authenticator(committed.staff("finance"))

    answers = meet(*[partial(prove_factor, by=telephone.user, code=telephone.recovery_codes[0])] * 4)

    assert kinds(answers) == ["CodeNotValid"] * 3 + ["NoneType"]


def test_guesses_that_come_together_are_all_counted(committed):
    telephone = Authenticator(committed.staff("finance"))

    answers = meet(*[partial(prove_factor, by=telephone.user, code=telephone.wrong())] * 4)

    assert kinds(answers) == ["CodeNotValid"] * 4
    assert Factor.objects.get(user=telephone.user).failures == 4


def test_without_the_lock_one_code_lets_two_in(committed):
    def lets_two_in() -> bool:
        telephone = Authenticator(committed.staff("finance"))
        with without_locks():
            answers = meet(*[partial(prove_factor, by=telephone.user, code=telephone.code())] * 2, before="core_factor")
        return answers == [None, None]

    assert any(lets_two_in() for _ in range(4))
