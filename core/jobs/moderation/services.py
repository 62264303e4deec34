"""What moderators do with jobs, with effect at once. In the backoffice a decision is held for a minute: `cases`."""

from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.desk.rulings.judgements import told_reason
from core.jobs import judgements, policies
from core.jobs.models import Job, JobRevision
from core.jobs.moderation import steps
from core.jobs.steps import close_revision

Moderation = Job.Moderation


@transaction.atomic
def approve_job(job_id: Any, *, by: Any, content_version: int) -> Job:
    """The text that the moderator read is public: the job itself, or the change of an approved one, which replaces it at once.

    The brand is told, and so is everybody who had applied to another text.
    Raises Forbidden, NotFound, NothingPending, ContentChanged, BeingDecided, CaseTaken, AnotherDecides.
    """
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    revision = steps.waiting_text(job, content_version)
    is_case = steps.judge_hands(job, by=by)
    steps.approve(job, revision, by=by)
    if is_case:
        steps.close_case(job, by=by)
    return job


@transaction.atomic
def reject_job(job_id: Any, *, by: Any, content_version: int, reason: str) -> Job:
    """The text that the moderator read stays out of the feed, and the brand knows why. A rejected change leaves the approved text public.

    Raises Forbidden, Invalid, NotFound, NothingPending, ContentChanged, BeingDecided, CaseTaken, AnotherDecides.
    """
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    revision = steps.waiting_text(job, content_version)
    told = told_reason(reason)
    is_case = steps.judge_hands(job, by=by)
    steps.refuse(job, revision, version=content_version, reason=told, by=by)
    if is_case:
        steps.close_case(job, by=by)
    return job


@transaction.atomic
def take_down_job(job_id: Any, *, by: Any, reason: str) -> Job:
    """The approved job is out of the feed, a change of it that waited is rejected with it, and the brand knows why.

    Raises Forbidden, Invalid, NotFound, HasCreator, JobClosed, NotApproved.
    """
    require(policies.is_moderator(by))
    told = told_reason(reason)
    job = Job.objects.lock(id=job_id)
    judgements.judge_taking_down(job)

    close_revision(job, JobRevision.Status.REJECTED, by=by, reason=told)
    steps.decide(job, Moderation.REJECTED, by=by, reason=told)
    before, after = {"moderationStatus": Moderation.APPROVED}, {"moderationStatus": job.moderation_status}
    record("JOB_TAKEN_DOWN", job, by=by, before=before, after=after, reason=told)
    steps.tell_refused(job, "MODERATION_REJECTED", told, by=by)
    return job
