"""Staff sign in to the API as they come into the backoffice: with a password and a code."""

import pytest

from core.people.models import Session
from tests.api.callers import Caller
from tests.authenticator import Authenticator
from tests.world import PASSWORD


@pytest.fixture(autouse=True)
def _asked(settings):
    settings.STAFF_SECOND_FACTOR = True


def log_in(user, **more):
    return Caller().post("/api/auth/login", {"email": user.email, "password": PASSWORD} | more)


def test_a_code_is_asked_for_and_opens_once(world):
    telephone = Authenticator(world.staff("finance"))

    asked = log_in(telephone.user)
    opened = log_in(telephone.user, code=telephone.code())
    again = log_in(telephone.user, code=telephone.code())

    assert (asked.status, asked.code, asked.reason) == (401, "UNAUTHORIZED", "SECOND_FACTOR_REQUIRED")
    assert opened.status == 200
    assert Caller(token=opened.data["token"]).get("/api/me").status == 200
    assert (again.status, again.reason) == (401, "SECOND_FACTOR_NOT_VALID")


def test_without_an_authenticator_staff_set_one_up_first(world):
    answer = log_in(world.staff("finance"), code="123456")

    assert (answer.status, answer.reason) == (403, "SECOND_FACTOR_NOT_SET_UP")
    assert not Session.objects.exists()


def test_too_many_guesses_are_told_when_to_come_back(world):
    telephone = Authenticator(world.staff("finance"))
    for _each in range(5):
        assert log_in(telephone.user, code=telephone.wrong()).status in (401, 429)

    answer = log_in(telephone.user, code=telephone.code())

    assert answer.status == 429
    assert answer.code == "RATE_LIMITED"


def test_a_wrong_password_reads_the_same_with_and_without_a_code(world):
    telephone = Authenticator(world.staff("finance"))

    answers = [log_in(telephone.user, password="wrong-horse-battery-9", **more) for more in ({}, {"code": telephone.code()})]

    assert {(answer.status, answer.reason) for answer in answers} == {(401, "BAD_CREDENTIALS")}


def test_others_sign_in_as_before(world):
    assert log_in(world.brand()).status == 200
    assert log_in(world.creator(), code="anything").status == 200
