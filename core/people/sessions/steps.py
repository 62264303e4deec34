"""Ending sign-ins."""

from uuid import UUID

from core.base import clock
from core.people.factors.models import BackofficeSession
from core.people.models import Session, User


def end_sessions(user: User, *, but: UUID | None = None) -> int:
    """The person is signed out everywhere, or everywhere but here. Returns how many sign-ins ended.

    Of staff the browsers at the backoffice are signed out too; the door that the person stands in renews its own.
    """
    left = BackofficeSession.objects.filter(user=user).delete()[0] if user.role == User.Role.STAFF else 0
    living = Session.objects.filter(user=user, revoked_at=None)
    if but is not None:
        living = living.exclude(id=but)
    return left + living.update(revoked_at=clock.now(), updated_at=clock.now())
