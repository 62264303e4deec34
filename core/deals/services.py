"""What the two parties of a deal do after the creator was chosen, and how a job ends."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from core.audit.steps import record
from core.base import clock
from core.base.errors import WrongState
from core.base.policy import require
from core.deals import errors, events, policies, steps, work
from core.deals.models import Submission
from core.deals.steps import Cancellation
from core.hiring.policies import is_creator
from core.jobs.models import Job
from core.jobs.policies import is_brand, own_jobs
from core.money.errors import DisputeOpen, EscrowUnfunded
from core.money.models import Escrow
from core.notifications.steps import notify
from outbox.post import emit

COMMENT_MAX = 1_000
REASON_MAX = 500
IN_WORK = (Job.Status.IN_PROGRESS, Job.Status.IN_REVIEW)


@dataclasses.dataclass(frozen=True)
class Approval:
    """What an approval did. `released_before` means that the work had been accepted earlier, and nothing was done now."""

    job: Job
    released_before: bool
    creator_cents: int
    commission_cents: int
    currency: str


@transaction.atomic
def submit_work(job_id: Any, *, by: Any, items: Sequence[Mapping[str, Any]], note: str = "") -> Submission:
    """A new version waits for the brand, which is told. One that still waited is replaced by it.

    `items` are `{type, url}`. Raises Forbidden, NotFound, WrongState, EscrowUnfunded, Invalid.
    """
    require(is_creator(by))
    job = policies.work_of(by).lock(id=job_id)
    _require_in_work(job)
    escrow = steps.lock_escrow(job)
    require(escrow.status == Escrow.Status.FUNDED, EscrowUnfunded())
    files = work.read_items(items, terms=job.agreed_terms)
    said = work.read_text("note", note, longest=work.NOTE_MAX)

    submission = _next_version(job, by=by, note=said)
    for file in files:
        file.submission = submission
    submission.items.bulk_create(files)
    before = job.status
    if job.status != Job.Status.IN_REVIEW:
        job.move_to(Job.Status.IN_REVIEW)
        job.store("status")

    record(
        "SUBMISSION_SUBMITTED",
        submission,
        by=by,
        before={"jobStatus": before},
        after={"jobStatus": job.status, "jobId": str(job.id), "version": submission.version, "items": len(files)},
    )
    notify([job.brand_id], "SUBMISSION_SUBMITTED", job=job, facts={"version": submission.version})
    emit(
        events.SubmissionSubmitted(
            by_id=by.id,
            recipient_ids=(job.brand_id,),
            job_id=job.id,
            brand_id=job.brand_id,
            creator_id=by.id,
            submission_id=submission.id,
            version=submission.version,
        )
    )
    return submission


@transaction.atomic
def request_changes(job_id: Any, *, by: Any, comment: str) -> Submission:
    """The creator knows what the brand wants different, and works on. The creator's own note stays as it was.

    Raises Forbidden, NotFound, WrongState, NothingSubmitted, RevisionsExhausted, Invalid.
    """
    require(is_brand(by))
    job = own_jobs(by).lock(id=job_id)
    said = work.read_text("comment", comment, longest=COMMENT_MAX, required=True)
    _require_in_work(job)
    submission = _waiting_submission(job)
    rounds = job.agreed_terms["revision_rounds"]
    used = steps.rounds_used(job)
    require(used < rounds, errors.RevisionsExhausted(rounds=rounds))

    submission.review_comment = said
    _review(submission, Submission.Status.CHANGES_REQUESTED, by=by)
    job.move_to(Job.Status.IN_PROGRESS)
    job.store("status")

    record(
        "CHANGES_REQUESTED",
        submission,
        by=by,
        before={"status": Submission.Status.SUBMITTED},
        after={"status": submission.status, "jobId": str(job.id), "version": submission.version, "roundsLeft": rounds - used - 1},
        reason=said,
    )
    notify([submission.creator_id], "CHANGES_REQUESTED", job=job, facts={"comment": said})
    emit(
        events.ChangesRequested(
            by_id=by.id,
            recipient_ids=(submission.creator_id,),
            job_id=job.id,
            brand_id=job.brand_id,
            creator_id=submission.creator_id,
            submission_id=submission.id,
            version=submission.version,
            rounds_left=rounds - used - 1,
        )
    )
    return submission


@transaction.atomic
def approve_work(job_id: Any, *, by: Any) -> Approval:
    """The work is accepted: the creator has the money less commission, the job is completed, and both parties know it.

    A job that was completed before stays as it is, and nobody is told again.
    Raises Forbidden, NotFound, WrongState, EscrowUnfunded, NothingSubmitted.
    """
    require(is_brand(by))
    job = own_jobs(by).lock(id=job_id)
    if job.status == Job.Status.COMPLETED:
        return Approval(job=job, released_before=True, creator_cents=0, commission_cents=0, currency=job.currency)
    _require_in_work(job)
    escrow = steps.lock_escrow(job)
    require(escrow.status == Escrow.Status.FUNDED, EscrowUnfunded())
    submission = _waiting_submission(job)

    _review(submission, Submission.Status.APPROVED, by=by)
    done = steps.complete(job, escrow, submission, by=by)
    return Approval(
        job=job,
        released_before=False,
        creator_cents=done.creator_cents,
        commission_cents=done.commission_cents,
        currency=escrow.currency,
    )


@transaction.atomic
def cancel_job(job_id: Any, *, by: Any, reason: str = "") -> Cancellation:
    """Nothing more happens to the job: the escrow is returned or voided, whoever waits has a no, and all concerned are told.

    A brand cancels its own job until the first delivery; after that only staff who decide for both can. A job that was
    canceled before stays as it is. Raises NotFound, Invalid, CompletedForGood, OnlyStaffOnReview, OnlyStaffAfterDelivery.
    """
    job = policies.cancelable_jobs(by).lock(id=job_id)
    said = work.read_text("reason", reason, longest=REASON_MAX)
    if job.status == Job.Status.CANCELED:
        return Cancellation(job=job, canceled_before=True, refunded_cents=0, currency=job.currency)
    _judge_cancellation(job, by=by)

    canceled_by = "STAFF" if policies.decides_for_both(by) else "BRAND"
    return steps.call_off(job, by=by, reason=said, canceled_by=canceled_by)


def _require_in_work(job: Job) -> None:
    require(job.status in IN_WORK, WrongState(status=job.status, state=str(job.get_status_display())))
    require(job.disputed_at is None, DisputeOpen())


def _next_version(job: Job, *, by: Any, note: str) -> Submission:
    """The next version of a locked job, by its creator; one that waited is replaced."""
    steps.supersede_waiting(job)
    last = job.submissions.aggregate(last=Max("version"))["last"] or 0
    return job.submissions.create(creator=by, version=last + 1, note=note)


def _waiting_submission(job: Job) -> Submission:
    """The version that waits for the brand, locked. Raises NothingSubmitted."""
    submission = job.submissions.filter(status=Submission.Status.SUBMITTED).select_for_update(no_key=True).first()
    if submission is None:
        raise errors.NothingSubmitted
    return submission


def _review(submission: Submission, status: str, *, by: Any) -> None:
    submission.move_to(status)
    submission.reviewed_at, submission.reviewed_by = clock.now(), by
    submission.store("status", "review_comment", "reviewed_at", "reviewed_by")


def _judge_cancellation(job: Job, *, by: Any) -> None:
    """Nothing happens when this person may cancel this job now."""
    require(job.status != Job.Status.COMPLETED, errors.CompletedForGood())
    require(job.disputed_at is None, DisputeOpen())
    if policies.decides_for_both(by):
        return
    require(job.status != Job.Status.IN_REVIEW, errors.OnlyStaffOnReview())
    require(not job.submissions.exists(), errors.OnlyStaffAfterDelivery())
