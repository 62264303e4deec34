"""What jobs and hiring leave behind, and how to see that a refusal left nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.audit.models import AuditEntry
from core.chat.models import Conversation
from core.desk.claims.models import Claim, Escalation
from core.desk.rulings.models import Ruling
from core.hiring.models import Application, Invitation
from core.jobs.alerts.models import AlertHit, AlertRun, JobAlert
from core.jobs.models import Job, JobRevision
from core.money.models import Escrow
from core.notifications.models import Notification
from core.timers.models import Timer
from outbox.models import Event

ROWS = (Job, JobRevision, Application, Invitation, Escrow, Conversation, Timer, JobAlert, AlertHit, AlertRun, Claim, Escalation, Ruling)
TRACES = (AuditEntry, Notification, Event)


def picture() -> dict[str, Any]:
    """Every row that a verb of these rooms may touch, and how many traces there are."""
    rows = {table.__name__: list(table.objects.order_by("pk").values()) for table in ROWS}
    return rows | {table.__name__: table.objects.count() for table in TRACES}


@contextmanager
def nothing_happens() -> Iterator[None]:
    """Fails when the block, also one that raises, changes anything."""
    before = picture()
    try:
        yield
    finally:
        assert picture() == before


def audited(row: Any) -> list[str]:
    """The acts on this row, in order."""
    return list(AuditEntry.objects.filter(subject_id=str(row.pk)).order_by("id").values_list("action", flat=True))


def told(job: Job, type: str) -> set[Any]:
    """Who has a notice of this type about the job."""
    return set(Notification.objects.filter(job=job, type=type).values_list("user_id", flat=True))


def events(job: Job, type: str) -> list[dict[str, Any]]:
    """The payloads of the facts of this type about the job, in order."""
    return list(Event.objects.filter(aggregate=f"job:{job.id}", type=type).order_by("id").values_list("payload", flat=True))
