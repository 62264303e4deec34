"""The queue of creators who wait to be verified, and its parts. Oldest first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Lower

from core.base import clock
from core.base.vocabulary import Queue
from core.desk.claims import selectors as claims
from core.people.models import Verification
from core.rules.limits import VERIFY_CREATOR, limit

SOON = timedelta(hours=1)
ORDER = ("submitted_at", "id")


def promise() -> timedelta:
    """How long a creator waits for an answer at most, as we say."""
    return timedelta(hours=limit(VERIFY_CREATOR, ""))


def waiting(rows: QuerySet) -> QuerySet:
    """The attempts that wait for a moderator."""
    return rows.filter(status=Verification.Status.PENDING, submitted_at__isnull=False)


def free(rows: QuerySet) -> QuerySet:
    """Those that anybody may take."""
    return claims.free(waiting(rows), Queue.CREATORS)


def urgent(rows: QuerySet) -> QuerySet:
    """Those whose promised time ends within the hour, or has ended."""
    return claims.undecided(waiting(rows), Queue.CREATORS).filter(submitted_at__lte=clock.now() - promise() + SOON)


def repeated(rows: QuerySet) -> QuerySet:
    """Those of creators who were refused before."""
    refused = Verification.objects.filter(profile_id=OuterRef("profile_id"), status__in=("REJECTED", "REVOKED"))
    return claims.undecided(waiting(rows), Queue.CREATORS).filter(Exists(refused))


def handed_on(rows: QuerySet) -> QuerySet:
    """Those that a moderator handed on."""
    return claims.handed_on(waiting(rows), Queue.CREATORS)


def mine(rows: QuerySet, user: Any) -> QuerySet:
    """Those in this person's hands."""
    return claims.taken_by(waiting(rows), Queue.CREATORS, user)


PARTS: dict[str, Callable[[QuerySet], QuerySet]] = {"urgent": urgent, "repeated": repeated}


def next_of(part: str, user: Any) -> QuerySet:
    """What this person may take of this part of the queue, in order. An unknown part is the whole without what was handed on."""
    rows = Verification.objects.all()
    if part == "escalated":
        return claims.takeable_escalations(waiting(rows), Queue.CREATORS, user).order_by(*ORDER)
    return claims.free(PARTS.get(part, waiting)(rows), Queue.CREATORS).order_by(*ORDER)


def same_account(account_url: Any, profile_id: Any) -> QuerySet:
    """Attempts of other creators that name the same account, whatever the case of its letters. Takes values, or outer columns."""
    wanted = Value(account_url) if isinstance(account_url, str) else account_url
    rows = Verification.objects.annotate(account=Lower("account_url")).filter(account=Lower(wanted)).exclude(account_url="")
    return rows.exclude(profile_id=profile_id).exclude(status="EXPIRED")
