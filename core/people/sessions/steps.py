"""Ending sign-ins."""

from uuid import UUID

from core.base import clock
from core.people.models import Session, User


def end_sessions(user: User, *, but: UUID | None = None) -> int:
    """The person is signed out everywhere, or everywhere but here. Returns how many sign-ins ended."""
    living = Session.objects.filter(user=user, revoked_at=None)
    if but is not None:
        living = living.exclude(id=but)
    return living.update(revoked_at=clock.now(), updated_at=clock.now())
