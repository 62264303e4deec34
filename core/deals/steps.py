"""Parts of verbs that concern deals. Each takes a locked job; none judges who asks."""

import dataclasses
from typing import Any

from django.db import connection

from core.audit.steps import record
from core.base import clock
from core.chat.steps import say
from core.deals import errors, events
from core.deals.models import Submission
from core.hiring.models import Application
from core.hiring.steps import reject_waiting, void_invitations
from core.jobs.models import Job, JobRevision
from core.jobs.steps import close_revision
from core.money.models import Escrow
from core.money.steps import Movement, refund, release, split, void
from core.notifications.steps import Notice, notify_all
from core.people.profiles.steps import count_completed_job
from core.timers.models import Timer
from core.timers.steps import Start, switch
from outbox.post import emit_all

# What the conversation says of a completion, by its source. A dispute speaks for itself.
COMPLETED_SAYS = {"APPROVAL": "WORK_APPROVED", "TIMER": "WORK_APPROVED_BY_TIMER"}


@dataclasses.dataclass(frozen=True)
class Completion:
    """What a completion did with the escrow: what the creator has of it, what the platform, and what went back to the brand."""

    creator_cents: int
    commission_cents: int
    refunded_cents: int


@dataclasses.dataclass(frozen=True)
class Cancellation:
    """What a cancellation did. `canceled_before` means that nothing was done now."""

    job: Job
    canceled_before: bool
    refunded_cents: int
    currency: str
    creator_cents: int = 0


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


def waiting_version(job: Job) -> Submission | None:
    """The version that waits for the brand, locked, if there is one."""
    return job.submissions.filter(status=Submission.Status.SUBMITTED).select_for_update(no_key=True).first()


def waiting_submission(job: Job) -> Submission:
    """The version that waits for the brand, locked. Raises NothingSubmitted."""
    submission = waiting_version(job)
    if submission is None:
        raise errors.NothingSubmitted
    return submission


def review(submission: Submission, status: str, *, by: Any) -> None:
    """The waiting version is decided. Raises WrongState."""
    submission.move_to(status)
    submission.reviewed_at, submission.reviewed_by = clock.now(), by
    submission.store("status", "review_comment", "reviewed_at", "reviewed_by")


# A proposal that the end of the deal overtakes, and its clock.
OVERTAKE = """
    WITH overtaken AS (
        UPDATE core_cancellationproposal
        SET status = 'EXPIRED', decided_at = %(now)s, decided_by_id = %(by)s, updated_at = %(now)s
        WHERE job_id = %(job)s AND status = 'PENDING' RETURNING id
    )
    UPDATE core_timer SET ended_at = %(now)s, outcome = 'STOPPED', updated_at = %(now)s
    FROM overtaken WHERE subject_id = overtaken.id AND ended_at IS NULL
"""

# Everything of a canceled deal that still waits: the version, the proposal, and every clock.
LEAVE = """
    WITH superseded AS (
        UPDATE core_submission SET status = 'SUPERSEDED', updated_at = %(now)s WHERE job_id = %(job)s AND status = 'SUBMITTED'
    ), overtaken AS (
        UPDATE core_cancellationproposal
        SET status = 'EXPIRED', decided_at = %(now)s, decided_by_id = %(by)s, updated_at = %(now)s
        WHERE job_id = %(job)s AND status = 'PENDING'
    )
    UPDATE core_timer SET ended_at = %(now)s, outcome = 'STOPPED', updated_at = %(now)s WHERE job_id = %(job)s AND ended_at IS NULL
"""


def _close(statement: str, job: Job, *, by: Any) -> None:
    """What the end of the deal leaves behind is closed, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": clock.now(), "by": by.pk, "job": job.pk})


def complete(
    job: Job,
    escrow: Escrow,
    submission: Submission | None,
    *,
    by: Any,
    source: str = "APPROVAL",
    creator_share_cents: int | None = None,
    fired: Timer | None = None,
) -> Completion:
    """The deal is over and the creator is paid; both profiles count it, both parties know it, and the time for reviews runs.

    `source` says what caused it: APPROVAL, TIMER (then `fired` is the clock) or DISPUTE. With `creator_share_cents` the creator
    has that part of the escrow, before commission, and the brand the rest. Raises WrongState.
    """
    before = job.status
    job.move_to(Job.Status.COMPLETED)
    job.completed_at, job.disputed_at = clock.now(), None
    job.store("status", "completed_at", "disputed_at")
    count_completed_job(brand_id=job.brand_id, creator_id=escrow.creator_id)
    paid, *returned = _pay(escrow, by=by, source=source, creator_share_cents=creator_share_cents)
    back = sum(movement.cents for movement in returned)
    done = Completion(creator_cents=paid.cents, commission_cents=escrow.amount_cents - paid.cents - back, refunded_cents=back)

    after = {
        "status": job.status,
        "submissionId": str(submission.id) if submission else None,
        "creatorCents": done.creator_cents,
        "commissionCents": done.commission_cents,
        "refundedCents": done.refunded_cents,
        "currency": escrow.currency,
        "source": source,
    }
    record("JOB_COMPLETED", job, by=by, before={"status": before}, after=after | caused_by(fired))
    _close(OVERTAKE, job, by=by)
    switch(Start("WRITE_REVIEWS", job.id, job.id))
    price = {"amount_cents": paid.cents, "currency": escrow.currency}
    notices = [Notice([job.brand_id], "JOB_COMPLETED_BRAND"), Notice([escrow.creator_id], "JOB_COMPLETED_CREATOR", price)]
    completed = events.JobCompleted(
        by_id=by.id,
        recipient_ids=(job.brand_id, escrow.creator_id),
        job_id=job.id,
        brand_id=job.brand_id,
        creator_id=escrow.creator_id,
        submission_id=submission.id if submission else None,
        source=source,
    )
    notify_all([paid.notice, *(movement.notice for movement in returned), *notices], job=job)
    emit_all([paid.event, *(movement.event for movement in returned), completed])
    if source in COMPLETED_SAYS:
        say(job, COMPLETED_SAYS[source], by=by, facts=price)
    return done


def caused_by(fired: Timer | None) -> dict[str, Any]:
    """The clock that caused it, for the audit trail: late is late, and what was due when stays known."""
    return {"timer": fired.kind, "dueAt": fired.due_at.isoformat()} if fired else {}


def _pay(escrow: Escrow, *, by: Any, source: str, creator_share_cents: int | None) -> tuple[Movement, ...]:
    """The escrow is paid out. Returns what the creator has of it, then what the brand has back, if anything."""
    if creator_share_cents is None:
        return (release(escrow, by=by, source=source),)
    return split(escrow, creator_share_cents=creator_share_cents, by=by, source=source)


def call_off(
    job: Job,
    *,
    by: Any,
    reason: str,
    canceled_by: str,
    creator_share_cents: int = 0,
    source: str = "CANCEL",
    fired: Timer | None = None,
) -> Cancellation:
    """Nothing more happens to the job: its money is where it belongs, whoever waits has a no, its clocks stand, all concerned are told.

    An unfunded escrow is voided; of a funded one the creator has `creator_share_cents` (less than all, before commission) and the
    brand the rest. `canceled_by` is a word of CANCELED_BY of the notices; of SYSTEM, `reason` is its code for what ran out, and
    `fired` the clock. `source` (CANCEL, DISPUTE, TIMER) says what moved the money. Raises WrongState.
    """
    before = job.status
    job.move_to(Job.Status.CANCELED)
    job.canceled_at, job.canceled_by, job.cancel_reason, job.disputed_at = clock.now(), by, reason, None
    job.store("status", "canceled_at", "canceled_by", "cancel_reason", "disputed_at")
    paid, returned = _settle_escrow(job, by=by, reason=reason, source=source, creator_share_cents=creator_share_cents)
    rejected = reject_waiting(job, by=by, notice="JOB_CANCELED_APPLICANT")
    void_invitations(job, by=by, told=[application.creator_id for application in rejected])
    close_revision(job, JobRevision.Status.SUPERSEDED, by=by)
    _close(LEAVE, job, by=by)

    done = Cancellation(
        job=job,
        canceled_before=False,
        refunded_cents=returned.cents if returned else 0,
        currency=job.currency,
        creator_cents=paid.cents if paid else 0,
    )
    after = {
        "status": job.status,
        "refundedCents": done.refunded_cents,
        "creatorCents": done.creator_cents,
        "canceledBy": canceled_by,
        "rejected": [str(application.id) for application in rejected],
    }
    record("JOB_CANCELED", job, by=by, before={"status": before}, after=after | caused_by(fired), reason=reason)
    _tell_canceled(job, done, [each for each in (paid, returned) if each], by=by, canceled_by=canceled_by, applicants=rejected)
    return done


def _settle_escrow(job: Job, *, by: Any, reason: str, source: str, creator_share_cents: int) -> tuple[Movement | None, Movement | None]:
    """The escrow, if there is one, is voided, returned or shared. Returns what went to the creator, and back to the brand."""
    if job.active_creator_id is None:
        return None, None
    escrow = lock_escrow(job)
    if escrow.status == Escrow.Status.UNFUNDED:
        void(escrow)
        return None, None
    if creator_share_cents:
        return split(escrow, creator_share_cents=creator_share_cents, by=by, source=source)
    return None, refund(escrow, by=by, reason=reason, source=source)


def _tell_canceled(
    job: Job, done: Cancellation, movements: list[Movement], *, by: Any, canceled_by: str, applicants: list[Application]
) -> None:
    """The parties, whoever had applied, and the outbox know that the job is canceled, and where the money is."""
    ran_out = canceled_by == "SYSTEM"
    facts = {"canceled_by": job.cancel_reason if ran_out else canceled_by, "reason": "" if ran_out else job.cancel_reason}
    creators = [job.active_creator_id] if job.active_creator_id else []
    notices = [Notice([job.brand_id], "JOB_CANCELED_BRAND", facts), Notice(creators, "JOB_CANCELED_CREATOR", facts)]
    canceled = events.JobCanceled(
        by_id=by.id,
        recipient_ids=(job.brand_id, *creators, *(application.creator_id for application in applicants)),
        job_id=job.id,
        brand_id=job.brand_id,
        creator_id=job.active_creator_id,
        canceled_by=canceled_by,
        reason_code=job.cancel_reason if ran_out else "",
        refunded_cents=done.refunded_cents,
        creator_cents=done.creator_cents,
        currency=job.currency,
    )
    notify_all([*notices, *(movement.notice for movement in movements)], job=job)
    emit_all([*(movement.event for movement in movements), canceled])
    if creators:
        say(job, "CREATOR_RESIGNED" if canceled_by == "CREATOR" else "JOB_CANCELED", by=by)
