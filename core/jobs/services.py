"""What brands and moderators do with jobs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import visible
from core.jobs import content as contents
from core.jobs import errors, events, judgements, policies, steps
from core.jobs.models import Job, JobRevision
from core.notifications.steps import notify
from outbox.post import emit

REASON_MIN, REASON_MAX = 10, 1_000
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
        _follow_date(job, present)
    _tell_edited(job, contents.difference(present, wanted), by=by)


def _follow_date(job: Job, before: contents.Content) -> None:
    """The job is open until its new date; a draft that is worked on is kept."""
    if job.status == Job.Status.DRAFT:
        steps.keep_draft(job)
    elif job.deadline_date != before["deadline_date"]:
        steps.look_for_creator(job)


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
    job.store(*steps.SUBMIT_FIELDS)
    steps.look_for_creator(job)
    record("JOB_RESUBMITTED", job, by=by, before=before, after={"moderationStatus": job.moderation_status})
    steps.announce_resubmitted(job, by=by)
    return job


@transaction.atomic
def approve_job(job_id: Any, *, by: Any, content_version: int) -> Job:
    """The text that the moderator read is public: the job itself, or the change of an approved one, which replaces it at once.

    The brand is told, and so is everybody who had applied to another text.
    Raises Forbidden, NotFound, NothingPending, ContentChanged.
    """
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    revision = _waiting_text(job, content_version)
    was_live = job.live_at is not None
    before = {"moderationStatus": job.moderation_status, "contentVersion": job.content_version}
    if revision:
        _adopt(job, by=by)
    _decide(job, Moderation.APPROVED, by=by)

    after = {"moderationStatus": job.moderation_status, "contentVersion": job.content_version}
    record("JOB_APPROVED", job, by=by, before=before, after=after)
    notify([job.brand_id], "MODERATION_APPROVED", job=job)
    emit(events.JobModerationApproved(by_id=by.id, recipient_ids=(job.brand_id,), job_id=job.id, brand_id=job.brand_id, moderated_by=by.id))
    if was_live:
        steps.announce_new_terms(job, by=by)
    if revision is None:
        steps.wake_alerts(job)
    return job


def _adopt(job: Job, *, by: Any) -> None:
    """The pending change is what the job says."""
    revision = steps.close_revision(job, JobRevision.Status.APPROVED, by=by)
    assert revision is not None
    before = contents.of(job)
    contents.put(job, contents.thaw(revision.content))
    job.content_version = revision.version
    job.store(*Job.CONTENT_FIELDS, "content_version")
    _follow_date(job, before)


@transaction.atomic
def reject_job(job_id: Any, *, by: Any, content_version: int, reason: str) -> Job:
    """The text that the moderator read stays out of the feed, and the brand knows why. A rejected change leaves the approved text public.

    Raises Forbidden, Invalid, NotFound, NothingPending, ContentChanged.
    """
    require(policies.is_moderator(by))
    job = Job.objects.lock(id=job_id)
    revision = _waiting_text(job, content_version)
    told = _reason(reason)
    before = {"moderationStatus": job.moderation_status}
    if revision:
        steps.close_revision(job, JobRevision.Status.REJECTED, by=by, reason=told)
    else:
        _decide(job, Moderation.REJECTED, by=by, reason=told)
    after = {"moderationStatus": job.moderation_status, "version": content_version}
    record("JOB_REJECTED", job, by=by, before=before, after=after, reason=told)
    _tell_rejected(job, told, by=by)
    return job


@transaction.atomic
def take_down_job(job_id: Any, *, by: Any, reason: str) -> Job:
    """The approved job is out of the feed, a change of it that waited is rejected with it, and the brand knows why.

    Raises Forbidden, Invalid, NotFound, HasCreator, JobClosed, NotApproved.
    """
    require(policies.is_moderator(by))
    told = _reason(reason)
    job = Job.objects.lock(id=job_id)
    judgements.judge_taking_down(job)

    steps.close_revision(job, JobRevision.Status.REJECTED, by=by, reason=told)
    _decide(job, Moderation.REJECTED, by=by, reason=told)
    record(
        "JOB_TAKEN_DOWN",
        job,
        by=by,
        before={"moderationStatus": Moderation.APPROVED},
        after={"moderationStatus": job.moderation_status},
        reason=told,
    )
    _tell_rejected(job, told, by=by)
    return job


def _waiting_text(job: Job, read: int) -> JobRevision | None:
    """What waits for the moderator: the change of an approved job, or (None) the job itself. Raises NothingPending, ContentChanged."""
    judgements.judge_moderating(job)
    revision = steps.pending_revision(job)
    version = revision.version if revision else job.content_version
    require(version == read, errors.ContentChanged(content_version=version))
    return revision


def _decide(job: Job, decision: str, *, by: Any, reason: str = "") -> None:
    """A moderator has spoken about the job."""
    job.moderation_status, job.moderation_reason = decision, reason
    job.moderated_at, job.moderated_by = clock.now(), by
    if decision == Moderation.APPROVED:
        job.live_at = job.live_at or job.moderated_at
    job.store("moderation_status", "moderation_reason", "moderated_at", "moderated_by", "live_at")


def _reason(reason: str) -> str:
    """The reason, trimmed. Raises Invalid."""
    told = visible(reason)
    if not REASON_MIN <= len(told) <= REASON_MAX:
        message = _("Write between {lowest} and {highest} characters.").format(lowest=REASON_MIN, highest=REASON_MAX)
        raise Invalid({"reason": [message]})
    return told


def _tell_rejected(job: Job, reason: str, *, by: Any) -> None:
    notify([job.brand_id], "MODERATION_REJECTED", job=job, facts={"reason": reason})
    emit(events.JobModerationRejected(by_id=by.id, recipient_ids=(job.brand_id,), job_id=job.id, brand_id=job.brand_id, moderated_by=by.id))
