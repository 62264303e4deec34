"""Versions of the work: delivered, sent back, accepted."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.chat.steps import say
from core.deals import events, policies, steps, work
from core.deals.judgements import judge_approval, judge_changes, judge_submission
from core.deals.models import Submission
from core.hiring.policies import is_creator
from core.jobs.models import Job
from core.jobs.policies import is_brand, own_jobs
from core.notifications.steps import notify
from core.timers.kinds import length
from core.timers.steps import Start, switch
from outbox.post import emit

COMMENT_MAX = 1_000


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
    """A new version waits for the brand, which is told, and whose time for review runs. One that still waited is replaced by it.

    `items` are `{type, url}`. Raises Forbidden, NotFound, WrongState, DisputeOpen, EscrowUnfunded, Invalid.
    """
    require(is_creator(by))
    job = policies.work_of(by).lock(id=job_id)
    judge_submission(job, escrow_status=steps.lock_escrow(job).status)
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
    switch(Start("REVIEW_WORK", job.id, job.id))

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
    say(job, "WORK_SUBMITTED", by=by, facts={"version": submission.version})
    return submission


@transaction.atomic
def request_changes(job_id: Any, *, by: Any, comment: str) -> Submission:
    """The creator knows what the brand wants different, and works on. The creator's own note stays as it was.

    The work is due again, `submission.job.due_at`: at the agreed moment, or later, so that there is time for the changes.
    Raises Forbidden, NotFound, WrongState, DisputeOpen, NothingSubmitted, RevisionsExhausted, Invalid.
    """
    require(is_brand(by))
    job = own_jobs(by).lock(id=job_id)
    said = work.read_text("comment", comment, longest=COMMENT_MAX, missing=_("Write what should be different."))
    policies.require_in_work(job)
    submission, used = steps.waiting_version(job), steps.rounds_used(job)
    judge_changes(job, waits=submission is not None, rounds_used=used)
    assert submission is not None
    rounds = job.agreed_terms["revision_rounds"]

    submission.review_comment = said
    steps.review(submission, Submission.Status.CHANGES_REQUESTED, by=by)
    job.move_to(Job.Status.IN_PROGRESS)
    _give_time(job)
    job.store("status", "due_at")

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
    say(job, "CHANGES_REQUESTED", by=by, facts={"version": submission.version})
    submission.job = job
    return submission


@transaction.atomic
def approve_work(job_id: Any, *, by: Any) -> Approval:
    """The work is accepted: the creator has the money less commission, the job is completed, and both parties know it.

    A job that was completed before stays as it is, and nobody is told again.
    Raises Forbidden, NotFound, WrongState, DisputeOpen, EscrowUnfunded, NothingSubmitted.
    """
    require(is_brand(by))
    job = own_jobs(by).lock(id=job_id)
    if job.status == Job.Status.COMPLETED:
        return Approval(job=job, released_before=True, creator_cents=0, commission_cents=0, currency=job.currency)
    policies.require_in_work(job)
    escrow, submission = steps.lock_escrow(job), steps.waiting_version(job)
    judge_approval(job, escrow_status=escrow.status, waits=submission is not None)
    assert submission is not None

    steps.review(submission, Submission.Status.APPROVED, by=by)
    done = steps.complete(job, escrow, submission, by=by)
    return Approval(
        job=job,
        released_before=False,
        creator_cents=done.creator_cents,
        commission_cents=done.commission_cents,
        currency=escrow.currency,
    )


def _next_version(job: Job, *, by: Any, note: str) -> Submission:
    """The next version of a locked job, by its creator; one that waited is replaced."""
    steps.supersede_waiting(job)
    last = job.submissions.aggregate(last=Max("version"))["last"] or 0
    return job.submissions.create(creator=by, version=last + 1, note=note)


def _give_time(job: Job) -> None:
    """The creator has at least the time that late work has: so much until it is due, and as much again until the deal ends."""
    grace = length("DELIVER_WORK")
    due_at = clock.now() + grace
    job.due_at = due_at = max(job.due_at or due_at, due_at)
    switch(Start("DELIVER_WORK", job.id, job.id, due_at=due_at + grace))
