"""What the verbs about people leave behind, and how to see that they left nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.audit.models import AuditEntry
from core.desk.claims.models import Claim, Escalation
from core.desk.rulings.models import Ruling
from core.notifications.models import Notification
from core.people.models import BrandProfile, CreatorProfile, EmailToken, PortfolioItem, Session, User, Verification
from outbox.models import Event

ROWS = (User, BrandProfile, CreatorProfile, PortfolioItem, Verification, Session, EmailToken, Claim, Escalation, Ruling)
TRAILS = (AuditEntry, Notification, Event)


def picture() -> dict[str, Any]:
    """Every row that a verb about people may touch, and the length of every trail."""
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in ROWS}
    return rows | {model.__name__: model.objects.count() for model in TRAILS}


@contextmanager
def nothing_happens() -> Iterator[None]:
    """After the block everything about people is as it was before."""
    before = picture()
    yield
    assert picture() == before


def traces(user: User, action: str) -> tuple[int, list[str]]:
    """How many audit rows this person has left by this action, and the types of the events about them, in order."""
    entries = AuditEntry.objects.filter(actor=user, action=action).count()
    events = Event.objects.filter(aggregate=f"user:{user.id}").order_by("id").values_list("type", flat=True)
    return entries, list(events)


def notices(user: User) -> list[str]:
    """The types of this person's notices, in order."""
    return list(Notification.objects.filter(user=user).order_by("id").values_list("type", flat=True))
