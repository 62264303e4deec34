"""Who is reminded, before a clock of a deal runs out, and where they can act."""

from core.deals.models import CancellationProposal
from core.jobs.models import Job
from core.timers.models import Timer
from core.timers.reminders import Reminder


def hire_creator(timer: Timer) -> Reminder:
    """The brand, before its job is closed: it looks at who has applied."""
    job = _job(timer)
    return Reminder((job.brand_id,), f"dashboard/jobs/{job.id}/applications", job.title)


def fund_escrow(timer: Timer) -> Reminder:
    """The brand, before its unfunded deal is canceled."""
    job = _job(timer)
    return Reminder((job.brand_id,), f"jobs/{job.id}", job.title)


def deliver_work(timer: Timer) -> Reminder:
    """The creator, before the deal is canceled for want of work."""
    job = _job(timer)
    return Reminder((job.active_creator_id,), f"dashboard/work/{job.id}", job.title)


def review_work(timer: Timer) -> Reminder:
    """The brand, before the work counts as accepted."""
    job = _job(timer)
    return Reminder((job.brand_id,), f"dashboard/jobs/{job.id}/review", job.title)


def answer_cancellation(timer: Timer) -> Reminder:
    """The party that was asked to part, before the proposal expires."""
    proposal = CancellationProposal.objects.select_related("job").get(id=timer.subject_id)
    return Reminder((proposal.other_party_id,), f"jobs/{proposal.job_id}", proposal.job.title)


def _job(timer: Timer) -> Job:
    return Job.objects.only("id", "brand_id", "active_creator_id", "title").get(id=timer.subject_id)
