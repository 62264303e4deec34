"""Parts of verbs that concern jobs. Each takes a locked job; none judges who asks."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core.base import clock
from core.jobs import content, events, policies
from core.jobs.alerts import tasks
from core.jobs.alerts.models import AlertRun
from core.jobs.models import Job, JobRevision
from core.notifications.steps import notify
from core.people.selectors import staff_ids
from core.timers import steps as timers
from outbox.post import emit, emit_all


def submit(job: Job) -> None:
    """The job waits for a moderator, from now on in line, in memory; the verb stores `SUBMIT_FIELDS`."""
    job.moderation_status = Job.Moderation.PENDING
    job.submitted_at = clock.now()
    job.moderated_at = job.moderated_by = None
    job.moderation_reason = ""


def keep_draft(job: Job) -> None:
    """The draft is kept for so long, from now on."""
    timers.switch(timers.Start("PUBLISH_DRAFT", job.id, job.id))


def look_for_creator(job: Job) -> None:
    """The job is open for so long, from now on, and at most until the moment by which the work has to be done."""
    timers.switch(timers.Start("HIRE_CREATOR", job.id, job.id), not_after=content.deadline(content.of(job)))


def follow_date(job: Job, before: content.Content) -> None:
    """The job is open until its new date; a draft that is worked on is kept."""
    if job.status == Job.Status.DRAFT:
        keep_draft(job)
    elif job.deadline_date != before["deadline_date"]:
        look_for_creator(job)


SUBMIT_FIELDS = ("moderation_status", "submitted_at", "moderated_at", "moderated_by", "moderation_reason")


def announce_published(job: Job, *, by: Any) -> None:
    """The moderators and the outbox know that a job waits."""
    moderators = staff_ids("moderator")
    notify(moderators, "JOB_PUBLISHED", job=job)
    emit(events.JobPublished(by_id=by.id, recipient_ids=tuple(moderators), job_id=job.id, brand_id=job.brand_id))


def announce_resubmitted(job: Job, *, by: Any) -> None:
    """The moderators and the outbox know that a changed text waits."""
    moderators = staff_ids("moderator")
    notify(moderators, "MODERATION_RESUBMITTED", job=job)
    emit(
        events.JobModerationResubmitted(
            by_id=by.id, recipient_ids=tuple(moderators), job_id=job.id, brand_id=job.brand_id, by_user_id=by.id
        )
    )


def announce_new_terms(job: Job, *, by: Any) -> None:
    """Everybody who waits for the brand's answer, or is invited, knows that the terms are new ones."""
    waiting = job.applications.filter(status="PENDING").values_list("creator_id")
    invited = job.invitations.filter(status="SENT").values_list("creator_id")
    concerned = [creator for (creator,) in waiting.union(invited)]
    if concerned:
        notify(concerned, "JOB_TERMS_CHANGED", job=job)
        emit(events.JobTermsChanged(by_id=by.id, recipient_ids=tuple(concerned), job_id=job.id, brand_id=job.brand_id))


def wake_alerts(job: Job) -> None:
    """Whoever waits for such a job will hear of it soon after the commit. Nothing happens when the job is not live.

    To be called by every verb that may have made the job live.
    """
    if policies.live(job):
        AlertRun.objects.create(job=job)
        # Robust: the row is committed by then, and the tick of every minute finds what the wake-up missed.
        transaction.on_commit(tasks.wake, robust=True)


def pending_revision(job: Job) -> JobRevision | None:
    """The change of this job that waits for a moderator, locked, if there is one."""
    if not job.has_pending_revision:
        return None
    return JobRevision.objects.lock(job=job, status=JobRevision.Status.PENDING)


def close_revision(job: Job, status: str, *, by: Any, reason: str = "") -> JobRevision | None:
    """The pending change, if there was one, is decided: approved, rejected or superseded."""
    revision = pending_revision(job)
    if revision is not None:
        revision.move_to(status)
        revision.decided_at, revision.decided_by, revision.reason = clock.now(), by, reason
        revision.store("status", "decided_at", "decided_by", "reason")
        job.has_pending_revision = False
        job.store("has_pending_revision")
    return revision


def last_version(job: Job) -> int:
    """The number of the newest text of this job, live or not."""
    newest = job.revisions.order_by("-version").values_list("version", flat=True).first()
    return max(job.content_version, newest or 0)


def open_revision(job: Job, wanted: content.Content) -> JobRevision:
    """The changed text waits for a moderator, last in line; the approved one stays public."""
    revision = JobRevision.objects.create(job=job, version=last_version(job) + 1, content=content.freeze(wanted))
    job.has_pending_revision, job.submitted_at = True, revision.submitted_at
    job.store("has_pending_revision", "submitted_at")
    return revision


def put_on_hold(jobs: Sequence[Job], *, by: Any) -> None:
    """These published jobs are out of the feed until their brand resumes them; applications stand. Two statements for any number."""
    if not jobs:
        return
    for job in jobs:
        job.move_to(Job.Status.PAUSED)
    Job.objects.filter(id__in=[job.id for job in jobs]).update(status=Job.Status.PAUSED, updated_at=clock.now())
    emit_all(events.JobPaused(by_id=by.id, job_id=job.id, brand_id=job.brand_id) for job in jobs)
