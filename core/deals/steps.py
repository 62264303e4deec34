"""Parts of verbs that concern deals. Each takes a locked job; none judges who asks."""

from typing import Any

from core.audit.steps import record
from core.base import clock
from core.deals import events
from core.deals.models import Submission
from core.jobs.models import Job
from core.money.models import Escrow
from core.money.steps import release
from core.notifications.steps import Notice, notify_all
from core.people.profiles.steps import count_completed_job
from outbox.post import emit_all


def lock_escrow(job: Job) -> Escrow:
    """The escrow of the deal, locked. Raises NotFound when the job has none."""
    escrow = Escrow.objects.lock(job_id=job.id)
    escrow.job = job
    return escrow


def rounds_used(job: Job) -> int:
    """How many times the brand has asked for changes."""
    return job.submissions.filter(status=Submission.Status.CHANGES_REQUESTED).count()


def supersede_waiting(job: Job) -> None:
    """The version that waits, if there is one, will never be reviewed."""
    job.submissions.filter(status=Submission.Status.SUBMITTED).update(status=Submission.Status.SUPERSEDED, updated_at=clock.now())


def complete(job: Job, escrow: Escrow, submission: Submission, *, by: Any) -> int:
    """The deal is over and the creator is paid; both profiles count it; both parties know it.

    Returns the creator's share in minor units. Raises WrongState.
    """
    before = job.status
    job.move_to(Job.Status.COMPLETED)
    job.completed_at = clock.now()
    job.store("status", "completed_at")
    count_completed_job(brand_id=job.brand_id, creator_id=escrow.creator_id)
    paid = release(escrow, by=by)

    record(
        "JOB_COMPLETED",
        job,
        by=by,
        before={"status": before},
        after={
            "status": job.status,
            "submissionId": str(submission.id),
            "creatorCents": paid.cents,
            "commissionCents": escrow.amount_cents - paid.cents,
            "currency": escrow.currency,
        },
    )
    notices = [
        Notice([job.brand_id], "JOB_COMPLETED_BRAND"),
        Notice([escrow.creator_id], "JOB_COMPLETED_CREATOR", {"amount_cents": paid.cents, "currency": escrow.currency}),
    ]
    completed = events.JobCompleted(
        by_id=by.id,
        recipient_ids=(job.brand_id, escrow.creator_id),
        job_id=job.id,
        brand_id=job.brand_id,
        creator_id=escrow.creator_id,
        submission_id=submission.id,
    )
    notify_all([paid.notice, *notices], job=job)
    emit_all([paid.event, completed])
    return paid.cents
