"""The queue of jobs that wait for a moderator, and its parts. Oldest first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import MD5

from core.base import clock
from core.base.vocabulary import Queue
from core.desk.claims import selectors as claims
from core.jobs.models import Job
from core.rules.limits import MODERATE_JOB, limit

SOON = timedelta(hours=1)
ORDER = ("submitted_at", "id")


def promise() -> timedelta:
    """How long a brand waits for a decision at most, as we say."""
    return timedelta(hours=limit(MODERATE_JOB, ""))


def promised_since() -> datetime:
    """What was sent in before this moment has waited for longer than was promised."""
    return clock.now() - promise()


def waiting(rows: QuerySet) -> QuerySet:
    """The jobs that wait: published for the first time, sent in again, or with an edit of the approved text."""
    return rows.filter(awaits_moderation=True)


def free(rows: QuerySet) -> QuerySet:
    """Those that anybody may take."""
    return claims.free(waiting(rows), Queue.JOBS)


def urgent(rows: QuerySet) -> QuerySet:
    """Those whose promised time ends within the hour, or has ended."""
    return claims.undecided(waiting(rows), Queue.JOBS).filter(submitted_at__lte=promised_since() + SOON)


def repeated(rows: QuerySet) -> QuerySet:
    """Those that were rejected before."""
    return claims.undecided(waiting(rows), Queue.JOBS).filter(moderation_attempt__gt=1, has_pending_revision=False)


def edits(rows: QuerySet) -> QuerySet:
    """Edits of approved texts."""
    return claims.undecided(rows, Queue.JOBS).filter(has_pending_revision=True)


def handed_on(rows: QuerySet) -> QuerySet:
    """Those that a moderator handed on."""
    return claims.handed_on(waiting(rows), Queue.JOBS)


def mine(rows: QuerySet, user: Any) -> QuerySet:
    """Those in this person's hands."""
    return claims.taken_by(waiting(rows), Queue.JOBS, user)


PARTS: dict[str, Callable[[QuerySet], QuerySet]] = {"urgent": urgent, "repeated": repeated, "edits": edits}


def next_of(part: str, user: Any) -> QuerySet:
    """What this person may take of this part of the queue, in order. An unknown part is the whole without what was handed on."""
    rows = Job.objects.all()
    if part == "escalated":
        return claims.takeable_escalations(waiting(rows), Queue.JOBS, user).order_by(*ORDER)
    narrowed = PARTS.get(part, waiting)(rows)
    return claims.free(narrowed, Queue.JOBS).order_by(*ORDER)


def same_text(description: Any, job_id: Any) -> QuerySet:
    """Other jobs that say word for word the same, by the digest of the description. Takes values, or references to outer columns."""
    wanted = Value(description) if isinstance(description, str) else description
    rows = Job.objects.annotate(digest=MD5("description")).filter(digest=MD5(wanted))
    return rows.exclude(description="").exclude(pk=job_id)
