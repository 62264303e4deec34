"""Who may see the work of a deal, who delivers it, and who may call a deal off."""

from typing import Any

from django.db.models import Q

from core.base.errors import WrongState
from core.base.models import QuerySet
from core.base.policy import require
from core.deals.models import Submission
from core.hiring.policies import is_creator
from core.jobs.models import Job
from core.jobs.policies import own_jobs
from core.money.errors import DisputeOpen
from core.people.policies import staff_can

IN_WORK = (Job.Status.IN_PROGRESS, Job.Status.IN_REVIEW)


def work_of(user: Any) -> QuerySet:
    """The jobs that this creator was chosen for; nobody else has any."""
    return Job.objects.filter(active_creator_id=user.pk) if is_creator(user) else Job.objects.none()


def decides_for_both(user: Any) -> bool:
    """Whether this person may call off a deal of other people, also after work was delivered."""
    return staff_can(user, "moderator", "finance")


def cancelable_jobs(user: Any) -> QuerySet:
    """The brand's own jobs; every job for staff who decide. For everybody else, the chosen creator too, there are none."""
    return Job.objects.all() if decides_for_both(user) else own_jobs(user)


def visible_deals(user: Any) -> QuerySet:
    """The jobs whose delivered work this person may see: the two parties, and moderators."""
    if staff_can(user, "moderator"):
        return Job.objects.all()
    return Job.objects.filter(Q(brand_id=user.pk) | Q(active_creator_id=user.pk))


def visible_submissions(user: Any) -> QuerySet:
    """The versions of those jobs."""
    if staff_can(user, "moderator"):
        return Submission.objects.all()
    return Submission.objects.filter(Q(job__brand_id=user.pk) | Q(job__active_creator_id=user.pk))


def deals_of(user: Any) -> QuerySet:
    """The jobs of which this person is one of the two parties."""
    return work_of(user) if is_creator(user) else own_jobs(user)


def require_in_work(job: Job) -> None:
    """Nothing happens when the two parties of this deal may act on it. Raises WrongState, DisputeOpen."""
    require(job.status in IN_WORK, WrongState(status=job.status, state=str(job.get_status_display())))
    require(job.disputed_at is None, DisputeOpen())
