"""What may be done with a job in its present state. Verbs ask under the lock of the job, screens without one.

Who asks is no question here: the verb has found the job among those that the person may change.
"""

from core.base.policy import require
from core.jobs import content as contents
from core.jobs import errors
from core.jobs.models import Job
from core.jobs.policies import editable, in_queue
from core.people.completeness import require_brand_ready
from core.people.models import BrandProfile

Status, Moderation = Job.Status, Job.Moderation
ENDED = (Status.COMPLETED, Status.CANCELED)


def judge_publishing(job: Job, *, brand: BrandProfile) -> None:
    """The brand may publish it. Raises OnlyDraft, Invalid (what it still lacks), BrandProfileIncomplete."""
    require(job.status == Status.DRAFT, errors.OnlyDraft())
    contents.judge_whole(contents.of(job))
    require_brand_ready(brand)


def judge_editing(job: Job) -> None:
    """Its text may change. Raises JobClosed, HasCreator."""
    require(job.status not in ENDED, errors.JobClosed())
    require(editable(job), errors.HasCreator())


def judge_pausing(job: Job) -> None:
    """It may be put on hold. Raises HasCreator, OnlyPublished."""
    require(job.active_creator_id is None, errors.HasCreator())
    require(job.status == Status.PUBLISHED, errors.OnlyPublished())


def judge_resuming(job: Job, *, brand: BrandProfile) -> None:
    """It may be published again. Raises HasCreator, OnlyPaused, DeadlinePassed, BrandProfileIncomplete."""
    require(job.active_creator_id is None, errors.HasCreator())
    require(job.status == Status.PAUSED, errors.OnlyPaused())
    require(not contents.deadline_passed(contents.of(job)), errors.DeadlinePassed())
    require_brand_ready(brand)


def judge_resubmitting(job: Job) -> None:
    """It may be sent in again; one that already waits does. Raises JobClosed, NotSubmitted, AlreadyApproved, DeadlinePassed."""
    require(job.status not in ENDED, errors.JobClosed())
    require(job.moderation_status != Moderation.NONE, errors.NotSubmitted())
    require(job.moderation_status != Moderation.APPROVED, errors.AlreadyApproved())
    waits = job.moderation_status == Moderation.PENDING
    require(waits or not contents.deadline_passed(contents.of(job)), errors.DeadlinePassed())


def judge_moderating(job: Job) -> None:
    """There is a text of it to decide about. Raises NothingPending."""
    require(job.has_pending_revision or in_queue(job), errors.NothingPending())


def judge_taking_down(job: Job) -> None:
    """A moderator may take it out of the feed. Raises JobClosed, HasCreator, NotApproved."""
    require(job.status not in ENDED, errors.JobClosed())
    require(job.active_creator_id is None, errors.HasCreator())
    require(job.moderation_status == Moderation.APPROVED, errors.NotApproved())
