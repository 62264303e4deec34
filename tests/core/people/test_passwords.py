"""Changing a password, and getting back in without one."""

from datetime import timedelta

import pytest
from django.core import mail

from core.base import clock
from core.base.errors import Invalid
from core.people.errors import LinkNotValid
from core.people.letters.links import token_of
from core.people.models import EmailToken, Session, User
from core.people.services import change_password, log_in, request_password_reset, reset_password
from core.reports.services import block_person
from tests.core.people.mailbox import carry_letters
from tests.core.people.traces import nothing_happens, notices, traces
from tests.perf.statements import counted
from tests.world import PASSWORD

NEW_PASSWORD = "new-horse-battery-10"
RESET = EmailToken.Purpose.RESET_PASSWORD


def sign_in(user: User, kind: str = Session.Kind.TOKEN) -> Session:
    return log_in(email=user.email, password=PASSWORD, kind=kind)[0]


def reset_link(user: User) -> EmailToken:
    request_password_reset(email=user.email)
    return EmailToken.objects.filter(user=user, purpose=RESET).latest("created_at")


def test_a_changed_password_signs_out_everywhere_but_here(world):
    user = world.bare_creator()
    here, _token, _cookie = sign_in(user), sign_in(user), sign_in(user, Session.Kind.COOKIE)
    link = reset_link(user)

    change_password(by=user, session_id=here.id, current_password=PASSWORD, new_password=NEW_PASSWORD)

    user.refresh_from_db()
    link.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert list(Session.objects.filter(user=user, revoked_at=None)) == [here]
    assert link.used_at is not None
    assert notices(user) == ["PASSWORD_CHANGED"]
    assert traces(user, "PASSWORD_CHANGED")[0] == 1
    assert traces(user, "PASSWORD_CHANGED")[1][-1] == "PASSWORD_CHANGED"


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong-horse-battery-9", NEW_PASSWORD, "currentPassword"),
        (PASSWORD, PASSWORD, "newPassword"),
        (PASSWORD, "short7!", "newPassword"),
        (PASSWORD, "a1" * 101, "newPassword"),
    ],
)
def test_a_refused_change_changes_nothing(world, current, new, field):
    user = world.bare_creator()
    here, _other = sign_in(user), sign_in(user)

    with nothing_happens(), pytest.raises(Invalid) as refused:
        change_password(by=user, session_id=here.id, current_password=current, new_password=new)

    assert list(refused.value.fields) == [field]


def test_a_letter_lets_its_reader_set_a_new_password(world):
    user = world.bare_creator()
    sign_in(user)
    request_password_reset(email=f" {user.email.upper()}")
    carry_letters()
    token = mail.outbox[-1].body.partition("#token=")[2].split()[0]

    reset_password(token=token, password=NEW_PASSWORD)

    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert user.email_verified_at is not None
    assert not Session.objects.filter(user=user, revoked_at=None).exists()
    assert notices(user) == ["PASSWORD_CHANGED"]
    assert traces(user, "PASSWORD_RESET")[0] == 1


def test_a_link_is_used_once_and_closes_the_others(world):
    user = world.bare_creator()
    first, second = reset_link(user), reset_link(user)
    reset_password(token=token_of(second), password=NEW_PASSWORD)

    for link in (first, second):
        with nothing_happens(), pytest.raises(LinkNotValid):
            reset_password(token=token_of(link), password="other-horse-battery-11")


def test_a_bad_password_does_not_use_the_link_up(world):
    user = world.bare_creator()
    link = reset_link(user)

    with nothing_happens(), pytest.raises(Invalid):
        reset_password(token=token_of(link), password="password123")

    assert reset_password(token=token_of(link), password=NEW_PASSWORD) == user


def test_a_link_runs_out_in_an_hour(world):
    link = reset_link(world.bare_creator())
    EmailToken.objects.filter(id=link.id).update(expires_at=clock.now() - timedelta(seconds=1))

    with nothing_happens(), pytest.raises(LinkNotValid):
        reset_password(token=token_of(link), password=NEW_PASSWORD)

    assert abs(link.expires_at - clock.now() - timedelta(hours=1)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-2] + "AA", lambda token: "", lambda token: "x", lambda token: token + "AAAA", str.lower]
)
def test_a_spoiled_link_opens_nothing(world, spoil):
    link = reset_link(world.bare_creator())

    with nothing_happens(), pytest.raises(LinkNotValid):
        reset_password(token=spoil(token_of(link)), password=NEW_PASSWORD)


def test_a_link_that_confirms_an_address_sets_no_password(world):
    link = EmailToken.objects.get(user=world.bare_creator(), purpose="VERIFY_EMAIL")

    with nothing_happens(), pytest.raises(LinkNotValid):
        reset_password(token=token_of(link), password=NEW_PASSWORD)


def test_a_blocked_person_stays_out(world):
    user = world.bare_creator()
    link = reset_link(user)
    block_person(user.id, by=world.staff("support"), reason="Takes brands away.")

    with nothing_happens(), pytest.raises(LinkNotValid):
        reset_password(token=token_of(link), password=NEW_PASSWORD)


def test_an_address_that_nobody_has_costs_a_row_and_gets_no_letter(world):
    request_password_reset(email="nobody@example.com")

    row = EmailToken.objects.get(user=None, purpose=RESET, created_at__gte=clock.now() - timedelta(minutes=1))
    assert "nobody" not in row.address
    carry_letters()
    assert mail.outbox == []
    with nothing_happens(), pytest.raises(LinkNotValid):
        reset_password(token=token_of(row), password=NEW_PASSWORD)


@pytest.mark.parametrize("known", [True, False])
def test_an_address_gets_three_letters_an_hour(world, known):
    email = world.bare_creator().email if known else "nobody@example.com"
    for _ in range(3):
        request_password_reset(email=email)

    with nothing_happens():
        request_password_reset(email=email)

    EmailToken.objects.filter(purpose=RESET).update(created_at=clock.now() - timedelta(hours=1, seconds=1))
    request_password_reset(email=email)
    assert EmailToken.objects.filter(purpose=RESET).count() == 4


def test_asking_about_an_address_costs_the_same_whether_anybody_has_it(world):
    user = world.bare_creator()

    with counted() as known:
        request_password_reset(email=user.email)
    with counted() as unknown:
        request_password_reset(email="nobody@example.com")

    assert [statement.partition(" ")[0] for statement in known] == [statement.partition(" ")[0] for statement in unknown]
    assert len(known) == 5
