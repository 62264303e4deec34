"""Parts of decisions about jobs. The job is locked, its text is the one that was read."""

from typing import Any

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.base.vocabulary import Queue
from core.desk.claims import steps as claims
from core.jobs import content as contents
from core.jobs import errors, events, judgements, steps
from core.jobs.models import Job, JobRevision
from core.notifications.steps import notify
from outbox.post import emit

Moderation = Job.Moderation


def judge_hands(job: Job, *, by: Any) -> bool:
    """Nobody else is at the locked job. Whether the desk knows the case. Raises BeingDecided, CaseTaken, AnotherDecides."""
    return claims.judge_hands(Queue.JOBS, job.id, by=by)


def close_case(job: Job, *, by: Any) -> None:
    """The locked job is in nobody's hands, and what was handed on is settled."""
    claims.give_back(Queue.JOBS, job.id)
    claims.settle(Queue.JOBS, job.id, by=by)


def waiting_text(job: Job, read: int) -> JobRevision | None:
    """What waits for the moderator: the change of an approved job, or (None) the job itself. Raises NothingPending, ContentChanged."""
    judgements.judge_moderating(job)
    revision = steps.pending_revision(job)
    version = revision.version if revision else job.content_version
    require(version == read, errors.ContentChanged(content_version=version))
    return revision


def approve(job: Job, revision: JobRevision | None, *, by: Any) -> None:
    """The text is public. The brand is told, and so is everybody who had applied to another text."""
    was_live = job.live_at is not None
    before = {"moderationStatus": job.moderation_status, "contentVersion": job.content_version}
    if revision:
        _adopt(job, by=by)
    decide(job, Moderation.APPROVED, by=by)

    after = {"moderationStatus": job.moderation_status, "contentVersion": job.content_version}
    record("JOB_APPROVED", job, by=by, before=before, after=after)
    notify([job.brand_id], "MODERATION_APPROVED", job=job)
    emit(events.JobModerationApproved(by_id=by.id, recipient_ids=(job.brand_id,), job_id=job.id, brand_id=job.brand_id, moderated_by=by.id))
    if was_live:
        steps.announce_new_terms(job, by=by)
    if revision is None:
        steps.wake_alerts(job)


def _adopt(job: Job, *, by: Any) -> None:
    """The pending change is what the job says."""
    revision = steps.close_revision(job, JobRevision.Status.APPROVED, by=by)
    assert revision is not None
    before = contents.of(job)
    contents.put(job, contents.thaw(revision.content))
    job.content_version = revision.version
    job.store(*Job.CONTENT_FIELDS, "content_version")
    steps.follow_date(job, before)


def refuse(job: Job, revision: JobRevision | None, *, version: int, reason: str, by: Any) -> None:
    """The text stays out of the feed, and the brand knows why. A refused change leaves the approved text public."""
    _refuse(job, revision, version=version, reason=reason, by=by, action="JOB_REJECTED")
    tell_refused(job, "MODERATION_REJECTED", reason, by=by)


def ask_for_changes(job: Job, revision: JobRevision | None, *, version: int, reason: str, by: Any) -> None:
    """The text stays out of the feed until the brand has changed what the reason says, and sent it in again."""
    _refuse(job, revision, version=version, reason=reason, by=by, action="JOB_CHANGES_REQUESTED")
    tell_refused(job, "MODERATION_CHANGES_REQUESTED", reason, by=by)


def _refuse(job: Job, revision: JobRevision | None, *, version: int, reason: str, by: Any, action: str) -> None:
    before = {"moderationStatus": job.moderation_status}
    if revision:
        steps.close_revision(job, JobRevision.Status.REJECTED, by=by, reason=reason)
    else:
        decide(job, Moderation.REJECTED, by=by, reason=reason)
    after = {"moderationStatus": job.moderation_status, "version": version}
    record(action, job, by=by, before=before, after=after, reason=reason)


def decide(job: Job, decision: str, *, by: Any, reason: str = "") -> None:
    """A moderator has spoken about the job."""
    job.moderation_status, job.moderation_reason = decision, reason
    job.moderated_at, job.moderated_by = clock.now(), by
    if decision == Moderation.APPROVED:
        job.live_at = job.live_at or job.moderated_at
    job.store("moderation_status", "moderation_reason", "moderated_at", "moderated_by", "live_at")


def tell_refused(job: Job, type: str, reason: str, *, by: Any) -> None:
    """The brand knows why, and the outbox that."""
    notify([job.brand_id], type, job=job, facts={"reason": reason})
    emit(events.JobModerationRejected(by_id=by.id, recipient_ids=(job.brand_id,), job_id=job.id, brand_id=job.brand_id, moderated_by=by.id))
