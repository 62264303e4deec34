"""Signing in and out. Every request looks at the row, so that an ended session is ended at once."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password, verify_password
from django.db import transaction

from core.audit.steps import record
from core.base import clock, crypto
from core.base.errors import NotFound
from core.base.policy import require
from core.people.accounts.steps import one_spelling
from core.people.errors import BadCredentials
from core.people.factors.steps import judge_factor
from core.people.models import Session, User

TOKEN_PREFIX = "mk_"  # noqa: S105 - says whose token it is, to people and to scanners of leaked secrets
TOKEN_BYTES = 32
SESSIONS_MAX = 50
TOKEN_LIFETIME = timedelta(days=30)
COOKIE_LIFETIME = timedelta(days=14)
STAFF_LIFETIME = timedelta(seconds=settings.SESSION_COOKIE_AGE)


def log_in(*, email: str, password: str, kind: str, code: str = "", user_agent: str = "", ip: str | None = None) -> tuple[Session, str]:
    """The person has one more session. Returns it with its secret, which nobody can read again.

    An unknown e-mail, a wrong password and an account that may not sign in take the same work and get the same BadCredentials.
    Then of staff a code is asked: raises CodeRequired, CodeNotValid, TooManyCodes, FactorMissing; a wrong one stays counted.
    An old kind of password hash is renewed. Of more than fifty sessions the oldest ends.
    """
    with transaction.atomic():
        user, is_old = _known(email, password)
        refusal = judge_factor(user, code)
        if refusal is None:
            if is_old:
                user.password = make_password(password)
            user.last_login = clock.now()
            user.save(update_fields=["password", "last_login"])
            _end_oldest(user)
            return _open(user, kind=kind, user_agent=user_agent, ip=ip)
    raise refusal


def _known(email: str, password: str) -> tuple[User, bool]:
    """The locked person behind e-mail and password, and whether the hash is of an old kind. Raises BadCredentials."""
    user = User.objects.filter(email=one_spelling(email)).first()
    encoded = user.password if user else UNUSABLE_PASSWORD_PREFIX
    is_right, is_old = verify_password(password, encoded)
    if user is None or not is_right:
        raise BadCredentials

    # Judged again under the lock: a password changed or an account blocked since then must not leave a fresh session behind.
    user = User.objects.lock(id=user.id)
    require(_may_sign_in(user) and user.password == encoded, BadCredentials())
    return user, is_old


def _may_sign_in(user: User) -> bool:
    return user.is_active and user.blocked_at is None and user.role != User.Role.SYSTEM


def _open(user: User, *, kind: str, user_agent: str, ip: str | None) -> tuple[Session, str]:
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    session = Session.objects.create(
        user=user,
        digest=crypto.digest(token),
        kind=kind,
        user_agent="".join(sign for sign in user_agent if sign.isprintable())[:200],
        ip=ip,
        expires_at=clock.now() + _lifetime(user, kind),
    )
    record("LOGGED_IN", session, by=user, after={"kind": kind})
    return session, token


def _lifetime(user: User, kind: str) -> timedelta:
    if user.role == User.Role.STAFF:
        return STAFF_LIFETIME
    return COOKIE_LIFETIME if kind == Session.Kind.COOKIE else TOKEN_LIFETIME


def _end_oldest(user: User) -> None:
    """There is room for one more session. The caller has locked the person."""
    living = Session.objects.filter(user=user, revoked_at=None, expires_at__gt=clock.now())
    too_old = living.order_by("-created_at", "-id").values("id")[SESSIONS_MAX - 1 :]
    Session.objects.filter(id__in=too_old).update(revoked_at=clock.now(), updated_at=clock.now())


@transaction.atomic
def log_out(session_id: UUID, *, by: User) -> Session:
    """This session opens nothing any more. Raises NotFound when it has ended, or is somebody else's."""
    return _end(session_id, by=by, action="LOGGED_OUT")


@transaction.atomic
def revoke_session(session_id: UUID, *, by: User) -> Session:
    """The person is signed out of one of their devices. Raises NotFound when it has ended, or is somebody else's."""
    return _end(session_id, by=by, action="SESSION_REVOKED")


def _end(session_id: UUID, *, by: User, action: str) -> Session:
    session = Session.objects.filter(user=by).lock(id=session_id)
    require(session.revoked_at is None and session.expires_at > clock.now(), NotFound())
    session.revoked_at = clock.now()
    session.store("revoked_at")
    record(action, session, by=by)
    return session
