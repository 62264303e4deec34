"""Changing a password, and getting back in without one."""

from uuid import UUID

from django.contrib.auth.hashers import make_password, verify_password
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.notifications.steps import notify
from core.people import errors, events
from core.people.accounts.steps import require_good_password, valid_email
from core.people.letters.steps import close_links, has_room, issue_link, locked_link
from core.people.models import EmailToken, User
from core.people.sessions.steps import end_sessions
from outbox.post import emit


@transaction.atomic
def change_password(*, by: User, session_id: UUID, current_password: str, new_password: str) -> User:
    """The person has the new password and is signed out everywhere but here; links to reset it open nothing any more.

    Raises Invalid when the current password is wrong, or the new one is bad or the same.
    """
    user = User.objects.lock(id=by.id)
    is_right, _is_old = verify_password(current_password, user.password)
    if not is_right:
        raise errors.fault("currentPassword", _("The current password is wrong."))
    if new_password == current_password:
        raise errors.fault("newPassword", _("Choose another password than the current one."))
    require_good_password(new_password, user=user, field="newPassword")

    return _set_password(user, new_password, action="PASSWORD_CHANGED", but=session_id)


@transaction.atomic
def request_password_reset(*, email: str) -> None:
    """A letter with a link is on its way, if the address is somebody's and has not had three within the hour.

    Nothing tells the caller which: the work is the same for an address that nobody has. Raises Invalid for what is no address.
    """
    email = valid_email(email)
    user = User.objects.filter(email=email, is_active=True, blocked_at=None).exclude(role=User.Role.SYSTEM).first()
    if has_room(email, EmailToken.Purpose.RESET_PASSWORD):
        issue_link(user, EmailToken.Purpose.RESET_PASSWORD, email=email)


@transaction.atomic
def reset_password(*, token: str, password: str) -> User:
    """The person has the new password, is signed out everywhere, and has shown that the address is theirs.

    Raises LinkNotValid, Invalid. A bad password does not use the link up.
    """
    user, link = locked_link(token, EmailToken.Purpose.RESET_PASSWORD)
    require(user.is_active and user.blocked_at is None, errors.LinkNotValid())
    require_good_password(password, user=user, field="password")

    link.used_at = clock.now()
    link.store("used_at")
    user.email_verified_at = user.email_verified_at or clock.now()
    return _set_password(user, password, action="PASSWORD_RESET", but=None)


def _set_password(user: User, password: str, *, action: str, but: UUID | None) -> User:
    user.password = make_password(password)
    user.updated_at = clock.now()
    user.save(update_fields=["password", "email_verified_at", "updated_at"])
    ended = end_sessions(user, but=but)
    close_links(user, EmailToken.Purpose.RESET_PASSWORD)
    record(action, user, by=user, after={"sessions_ended": ended})
    notify([user], "PASSWORD_CHANGED")
    emit(events.PasswordChanged(by_id=user.id, user_id=user.id, recipient_ids=(user.id,)))
    return user
