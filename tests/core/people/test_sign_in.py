"""Signing in and out."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password

from core.audit.models import AuditEntry
from core.base import clock
from core.base.crypto import digest
from core.base.errors import NotFound
from core.people.errors import BadCredentials
from core.people.models import Session, User
from core.people.services import log_in, log_out, revoke_session
from core.people.sessions.services import SESSIONS_MAX
from core.reports.services import block_person
from tests.core.people.traces import nothing_happens
from tests.hashers import CountingHasher
from tests.world import PASSWORD

TOKEN, COOKIE = Session.Kind.TOKEN, Session.Kind.COOKIE


def sign_in(user: User, password: str = PASSWORD, kind: str = TOKEN) -> Session:
    return log_in(email=user.email, password=password, kind=kind)[0]


def test_the_secret_is_long_marked_and_kept_as_a_digest_alone(world):
    user = world.bare_creator()

    session, token = log_in(email=user.email, password=PASSWORD, kind=TOKEN, user_agent="curl/8\r\n", ip="192.0.2.7")

    assert token.startswith("mk_")
    assert len(token) >= 43 + 3
    assert session.digest == digest(token)
    assert token not in str(Session.objects.filter(id=session.id).values().get())
    assert (session.user_agent, session.ip) == ("curl/8", "192.0.2.7")
    assert AuditEntry.objects.filter(actor=user, action="LOGGED_IN", subject_id=str(session.id)).count() == 1


def test_two_sign_ins_are_two_sessions(world):
    user = world.bare_creator()

    assert sign_in(user).digest != sign_in(user).digest


@pytest.mark.parametrize(("kind", "days"), [(TOKEN, 30), (COOKIE, 14)])
def test_a_session_ends_by_itself(world, kind, days):
    session = sign_in(world.bare_creator(), kind=kind)

    assert abs(session.expires_at - clock.now() - timedelta(days=days)) < timedelta(minutes=1)


def test_staff_is_signed_in_for_a_shift(world):
    session = sign_in(world.staff("finance"))

    assert session.expires_at <= clock.now() + timedelta(hours=12)


def test_the_spelling_of_the_address_does_not_matter(world):
    user = world.bare_creator()

    session, _token = log_in(email=f" {user.email.upper()}", password=PASSWORD, kind=TOKEN)

    assert session.user == user


def refused_sign_ins(world) -> dict[str, tuple[str, str]]:
    """Every way not to get in."""
    people = {name: world.bare_creator() for name in ("wrong", "blocked", "inactive")}
    block_person(people["blocked"].id, by=world.staff("support"), reason="Takes brands away.")
    User.objects.filter(id=people["inactive"].id).update(is_active=False)
    return {
        "nobody": ("nobody@example.com", PASSWORD),
        "wrong": (people["wrong"].email, "wrong-horse-battery-9"),
        "blocked": (people["blocked"].email, PASSWORD),
        "inactive": (people["inactive"].email, PASSWORD),
        "clock": (User.objects.system().email, PASSWORD),
        "nothing": ("", ""),
    }


@pytest.mark.parametrize("case", ["nobody", "wrong", "blocked", "inactive", "clock", "nothing"])
def test_every_wrong_sign_in_gets_the_same_answer_for_the_same_work(world, settings, case):
    settings.PASSWORD_HASHERS = ["tests.hashers.CountingHasher"]
    email, password = refused_sign_ins(world)[case]
    worked = CountingHasher.worked

    with nothing_happens(), pytest.raises(BadCredentials) as refused:
        log_in(email=email, password=password, kind=TOKEN)

    assert CountingHasher.worked - worked == 1
    assert (refused.value.code, refused.value.reason, refused.value.details) == ("UNAUTHORIZED", "BAD_CREDENTIALS", {})


def test_an_old_hash_is_renewed_by_signing_in(world):
    user = world.bare_creator()
    User.objects.filter(id=user.id).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))

    sign_in(user)

    user.refresh_from_db()
    assert user.password.startswith("argon2$")
    assert user.check_password(PASSWORD)


def test_the_oldest_session_makes_room(world):
    user = world.bare_creator()
    ends = clock.now() + timedelta(days=1)
    Session.objects.bulk_create(Session(user=user, digest=f"{n:064}", kind=TOKEN, expires_at=ends) for n in range(SESSIONS_MAX))
    oldest = Session.objects.filter(user=user).order_by("created_at", "id").first()

    sign_in(user)

    oldest.refresh_from_db()
    assert oldest.revoked_at is not None
    assert Session.objects.filter(user=user, revoked_at=None).count() == SESSIONS_MAX


@pytest.mark.parametrize(("verb", "action"), [(log_out, "LOGGED_OUT"), (revoke_session, "SESSION_REVOKED")])
def test_ending_a_session_ends_that_one(world, verb, action):
    user = world.bare_creator()
    ended, other = sign_in(user), sign_in(user)

    verb(ended.id, by=user)

    assert list(Session.objects.filter(user=user, revoked_at=None)) == [other]
    assert AuditEntry.objects.filter(actor=user, action=action, subject_id=str(ended.id)).count() == 1


def test_a_session_of_somebody_else_is_not_there(world):
    session, stranger = sign_in(world.bare_creator()), world.bare_creator()

    with nothing_happens(), pytest.raises(NotFound):
        revoke_session(session.id, by=stranger)


def test_a_session_ends_once(world):
    user = world.bare_creator()
    session = sign_in(user)
    revoke_session(session.id, by=user)

    with nothing_happens(), pytest.raises(NotFound):
        revoke_session(session.id, by=user)
