"""Parts of verbs that concern applications. Each takes a locked job; none judges who asks."""

from typing import Any

from core.base import clock
from core.hiring import events
from core.hiring.models import Application
from core.jobs.models import Job
from core.notifications.steps import notify
from outbox.post import emit_all


def reject_waiting(job: Job, *, by: Any, reason: str = "", notice: str = "APPLICATION_REJECTED") -> list[Application]:
    """Everybody who still waits for an answer to this job has a no, and knows it; the number of statements is the same for any crowd."""
    waiting = list(Application.objects.filter(job=job, status=Application.Status.PENDING).order_by("id"))
    if not waiting:
        return []
    now = clock.now()
    Application.objects.filter(id__in=[application.id for application in waiting]).update(
        status=Application.Status.REJECTED, decided_at=now, decided_by=by, updated_at=now
    )
    notify([application.creator_id for application in waiting], notice, job=job, facts={"reason": reason})
    emit_all(
        events.ApplicationRejected(
            by_id=by.id,
            recipient_ids=(application.creator_id,),
            job_id=job.id,
            creator_id=application.creator_id,
            application_id=application.id,
            automatic=True,
        )
        for application in waiting
    )
    return waiting
