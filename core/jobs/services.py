"""What brands and moderators do with jobs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.desk.rulings.judgements import REASON_MAX, REASON_MIN
from core.jobs import content as contents
from core.jobs import events, judgements, policies, steps
from core.jobs.models import Job, JobRevision
from core.jobs.moderation.services import approve_job, reject_job, take_down_job
from outbox.post import emit

__all__ = [
    "REASON_MAX",
    "REASON_MIN",
    "approve_job",
    "create_job",
    "duplicate_job",
    "edit_job",
    "pause_job",
    "publish_job",
    "reject_job",
    "resubmit_job",
    "rewrite_job",
    "take_down_job",
    "unpause_job",
]

Moderation = Job.Moderation


@transaction.atomic
def create_job(*, by: Any, content: Mapping[str, Any], publish: bool) -> Job:
    """The brand has a new job: a draft, which may be incomplete, or a published one, which waits for a moderator.

    Raises Forbidden, Invalid; to publish also BrandProfileIncomplete.
    """
    require(policies.is_brand(by))
    wanted = contents.merged(contents.blank(), content)
    judge = contents.judge_whole if publish else contents.judge_draft
    judge(wanted)

    job = Job(brand=by)
    contents.put(job, wanted)
    job.save(force_insert=True)
    record("JOB_CREATED", job, by=by, after={"status": job.status})
    if publish:
        judgements.judge_publishing(job, brand=by.brand_profile)
        _publish(job, by=by)
    else:
        steps.keep_draft(job)
    return job


@transaction.atomic
def publish_job(job_id: Any, *, by: Any) -> Job:
    """The draft is published and waits for a moderator, who is told.

    Raises Forbidden, NotFound, OnlyDraft, Invalid (what the draft still lacks), BrandProfileIncomplete.
    """
    require(policies.is_brand(by))
    job = policies.own_jobs(by).lock(id=job_id)
    judgements.judge_publishing(job, brand=by.brand_profile)
    _publish(job, by=by)
    return job


def _publish(job: Job, *, by: Any) -> None:
    job.move_to(Job.Status.PUBLISHED)
    steps.submit(job)
    job.store("status", *steps.SUBMIT_FIELDS)

    steps.look_for_creator(job)
    record("JOB_PUBLISHED", job, by=by, before={"status": Job.Status.DRAFT}, after={"status": job.status})
    steps.announce_published(job, by=by)


@transaction.atomic
def edit_job(job_id: Any, *, by: Any, content: Mapping[str, Any]) -> Job:
    """The brand's text has these changes. Of an approved job they wait in a revision, and the approved text stays public.

    A change that changes nothing leaves everything as it is. Raises Forbidden, NotFound, HasCreator, JobClosed, Invalid.
    """
    job = _open_text(job_id, by=by)
    _change(job, content, by=by)
    return job


@transaction.atomic
def rewrite_job(job_id: Any, *, by: Any, content: Mapping[str, Any]) -> Job:
    """The brand's text is this, and what is not said has its default; only a brief that is not named stays.

    Otherwise the same as `edit_job`.
    """
    job = _open_text(job_id, by=by)
    defaults = {name: value for name, value in contents.blank().items() if name != "brief"}
    _change(job, defaults | dict(content), by=by)
    return job


def _open_text(job_id: Any, *, by: Any) -> Job:
    """The brand's own job, locked, whose text may still change. Raises Forbidden, NotFound, HasCreator, JobClosed."""
    require(policies.is_brand(by))
    job = policies.own_jobs(by).lock(id=job_id)
    judgements.judge_editing(job)
    return job


def _change(job: Job, changes: Mapping[str, Any], *, by: Any) -> None:
    """The newest text of the job has these changes, where it is kept in this state of the job. Raises Invalid."""
    pending = steps.pending_revision(job)
    present = contents.thaw(pending.content) if pending else contents.of(job)
    wanted = contents.merged(present, changes)
    if wanted == present:
        return
    if job.status == Job.Status.DRAFT:
        contents.judge_draft(wanted)
    else:
        contents.judge_whole(wanted)

    if job.moderation_status == Moderation.APPROVED:
        _revise(job, wanted, by=by)
    else:
        contents.put(job, wanted)
        job.content_version = steps.last_version(job) + 1
        job.store(*Job.CONTENT_FIELDS, "content_version")
        steps.follow_date(job, present)
    _tell_edited(job, contents.difference(present, wanted), by=by)


def _revise(job: Job, wanted: contents.Content, *, by: Any) -> None:
    """The changed text of an approved job waits for a moderator, unless it is the approved text again."""
    steps.close_revision(job, JobRevision.Status.SUPERSEDED, by=by)
    if wanted != contents.of(job):
        steps.open_revision(job, wanted)
        steps.announce_resubmitted(job, by=by)


def _tell_edited(job: Job, changes: Mapping[str, Any], *, by: Any) -> None:
    before = {name: change["from"] for name, change in changes.items()}
    after = {name: change["to"] for name, change in changes.items()}
    record("JOB_EDITED", job, by=by, before=before, after=after)
    if job.status != Job.Status.DRAFT:
        emit(events.JobUpdated(by_id=by.id, job_id=job.id, brand_id=job.brand_id))


@transaction.atomic
def pause_job(job_id: Any, *, by: Any) -> Job:
    """The job is out of the feed until the brand resumes it; applications stand. Raises Forbidden, NotFound, HasCreator, OnlyPublished."""
    require(policies.is_brand(by))
    job = policies.own_jobs(by).lock(id=job_id)
    judgements.judge_pausing(job)

    job.move_to(Job.Status.PAUSED)
    job.store("status")
    record("JOB_PAUSED", job, by=by, before={"status": Job.Status.PUBLISHED}, after={"status": job.status})
    emit(events.JobPaused(by_id=by.id, job_id=job.id, brand_id=job.brand_id))
    return job


@transaction.atomic
def unpause_job(job_id: Any, *, by: Any) -> Job:
    """The job is published again, with the moderation it had.

    Raises Forbidden, NotFound, HasCreator, OnlyPaused, DeadlinePassed, BrandProfileIncomplete.
    """
    require(policies.is_brand(by))
    job = policies.own_jobs(by).lock(id=job_id)
    judgements.judge_resuming(job, brand=by.brand_profile)

    job.move_to(Job.Status.PUBLISHED)
    job.store("status")
    steps.look_for_creator(job)
    record("JOB_RESUMED", job, by=by, before={"status": Job.Status.PAUSED}, after={"status": job.status})
    emit(events.JobResumed(by_id=by.id, job_id=job.id, brand_id=job.brand_id))
    steps.wake_alerts(job)
    return job


@transaction.atomic
def duplicate_job(job_id: Any, *, by: Any) -> Job:
    """A new draft says what the job says, without a date that has passed. Raises Forbidden, NotFound."""
    require(policies.is_brand(by))
    source = policies.own_jobs(by).find(id=job_id)
    copied = contents.of(source)
    if contents.deadline_passed(copied):
        copied["deadline_date"] = None

    copy = Job(brand=by)
    contents.put(copy, copied)
    copy.save(force_insert=True)
    steps.keep_draft(copy)
    record("JOB_DUPLICATED", copy, by=by, after={"sourceId": str(source.id)})
    return copy


@transaction.atomic
def resubmit_job(job_id: Any, *, by: Any) -> Job:
    """The rejected job waits for a moderator again, who is told; one that already waits is left as it is.

    Moderators may do it too. Raises Forbidden, NotFound, JobClosed, NotSubmitted, AlreadyApproved, DeadlinePassed.
    """
    require(policies.is_brand(by) or policies.is_moderator(by))
    job = (Job.objects if policies.is_moderator(by) else policies.own_jobs(by)).lock(id=job_id)
    judgements.judge_resubmitting(job)
    if job.moderation_status == Moderation.PENDING:
        return job

    before = {"moderationStatus": job.moderation_status, "reason": job.moderation_reason}
    steps.submit(job)
    job.moderation_attempt += 1
    job.store(*steps.SUBMIT_FIELDS, "moderation_attempt")
    steps.look_for_creator(job)
    record("JOB_RESUBMITTED", job, by=by, before=before, after={"moderationStatus": job.moderation_status})
    steps.announce_resubmitted(job, by=by)
    return job
