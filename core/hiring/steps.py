"""Parts of verbs that concern applications and invitations. Each takes a locked job; none judges who asks."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from core.audit.steps import record
from core.base import clock
from core.base.models import QuerySet
from core.hiring import events
from core.hiring.models import Application, Invitation
from core.jobs.models import Job
from core.notifications.steps import notify
from core.timers import steps as timers
from outbox.post import emit, emit_all


def decide(application: Application, status: str, *, by: Any) -> None:
    """The application has its answer, by this person, now. Raises WrongState."""
    application.move_to(status)
    application.decided_at, application.decided_by = clock.now(), by
    application.store("status", "decided_at", "decided_by", "reject_reason")


def withdraw(application: Application, job: Job, *, by: Any) -> None:
    """The creator no longer offers, and the brand is told. Raises WrongState."""
    before = application.status
    decide(application, Application.Status.WITHDRAWN, by=by)
    record("APPLICATION_WITHDRAWN", application, by=by, before={"status": before}, after={"status": application.status})
    notify([job.brand_id], "APPLICATION_WITHDRAWN", job=job, facts={"name": by.creator_profile.display_name})
    emit(
        events.ApplicationWithdrawn(
            by_id=by.id, recipient_ids=(job.brand_id,), job_id=job.id, creator_id=by.id, application_id=application.id
        )
    )


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


def void_invitations(job: Job, *, by: Any, told: Collection[UUID] = ()) -> list[Invitation]:
    """Nobody is asked to do this job any more: what was open has expired, its clocks stand, and the creators know.

    Those who are `told` otherwise have no notice. The number of statements is the same for any crowd.
    """
    return _expire(Invitation.objects.filter(job=job), job, by=by, told=told)


def void_invitation_of(creator_id: UUID, job: Job, *, by: Any) -> list[Invitation]:
    """This creator, who is told otherwise, is not asked any more."""
    return _expire(Invitation.objects.filter(job=job, creator_id=creator_id), job, by=by, told=[creator_id])


def _expire(invitations: QuerySet, job: Job, *, by: Any, told: Collection[UUID]) -> list[Invitation]:
    asked = list(invitations.filter(status=Invitation.Status.SENT).order_by("id"))
    if not asked:
        return []
    ids = [invitation.id for invitation in asked]
    Invitation.objects.filter(id__in=ids).update(status=Invitation.Status.EXPIRED, updated_at=clock.now())
    timers.stop(*ids)
    creators = [invitation.creator_id for invitation in asked]
    notify([creator for creator in creators if creator not in told], "INVITATION_EXPIRED_CREATOR", job=job)
    emit_all(
        events.InvitationExpired(
            by_id=by.id,
            recipient_ids=(invitation.creator_id,),
            job_id=job.id,
            creator_id=invitation.creator_id,
            invitation_id=invitation.id,
            by_timer=False,
        )
        for invitation in asked
    )
    return asked
