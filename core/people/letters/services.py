"""Confirming an address."""

from datetime import timedelta

from django.db import transaction

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.people import errors, events
from core.people.letters.steps import close_links, has_room, issue_link, locked_link
from core.people.models import EmailToken, User
from outbox.post import emit

__all__ = ["forget_old_links", "resend_verification", "verify_email"]

KEPT = timedelta(days=30)


@transaction.atomic
def verify_email(*, token: str) -> User:
    """The address of the person who has this link is confirmed, and their other links of this kind are closed. Raises LinkNotValid."""
    user, _link = locked_link(token, EmailToken.Purpose.VERIFY_EMAIL)
    close_links(user, EmailToken.Purpose.VERIFY_EMAIL)
    if user.email_verified_at is None:
        user.email_verified_at = clock.now()
        user.updated_at = clock.now()
        user.save(update_fields=["email_verified_at", "updated_at"])
    record("EMAIL_VERIFIED", user, by=user)
    emit(events.EmailVerified(by_id=user.id, user_id=user.id))
    return user


@transaction.atomic
def resend_verification(*, by: User) -> EmailToken:
    """One more letter to confirm the address is on its way. Raises EmailAlreadyVerified, TooManyLetters."""
    user = User.objects.lock(id=by.id)
    require(user.email_verified_at is None, errors.EmailAlreadyVerified())
    require(has_room(user.email, EmailToken.Purpose.VERIFY_EMAIL), errors.TooManyLetters())
    token = issue_link(user, EmailToken.Purpose.VERIFY_EMAIL, email=user.email)
    record("VERIFICATION_LETTER_REQUESTED", user, by=by)
    return token


def forget_old_links() -> int:
    """Links that ran out a month ago are gone. Returns how many went."""
    return EmailToken.objects.filter(expires_at__lt=clock.now() - KEPT).delete()[0]
