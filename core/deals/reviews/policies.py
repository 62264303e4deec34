"""Who may write and read reviews, and who may hide them."""

from collections.abc import Callable
from typing import Any

from core.base.models import QuerySet
from core.base.policy import require
from core.deals.reviews import errors
from core.deals.reviews.models import Review
from core.jobs.models import Job
from core.people.models import User
from core.people.policies import is_contact, staff_can


def own_deals(user: Any) -> QuerySet:
    """The jobs of a brand, and those that a creator was chosen for."""
    if not is_contact(user):
        return Job.objects.none()
    return Job.objects.filter(brand_id=user.pk) if user.role == User.Role.BRAND else Job.objects.filter(active_creator_id=user.pk)


def is_moderator(user: Any) -> bool:
    """Whether this person reads what is still blind, and decides what stays in sight."""
    return staff_can(user, "moderator")


def shown_reviews() -> QuerySet:
    """What everybody may read: published, and not hidden."""
    return Review.objects.filter(is_shown=True)


def own_reviews(user: Any) -> QuerySet:
    """What this person wrote, also while nobody else may read it."""
    return Review.objects.filter(author_id=user.pk)


def moderated_reviews(user: Any) -> QuerySet:
    """Every review, for moderators."""
    return Review.objects.all() if is_moderator(user) else Review.objects.none()


def judge_writing(job: Job, *, has_written: bool, is_open: Callable[[], bool]) -> None:
    """A party of the deal may write about the other one. Raises JobNotCompleted, AlreadyReviewed, ReviewsClosed."""
    require(job.status == Job.Status.COMPLETED, errors.JobNotCompleted())
    require(not has_written, errors.AlreadyReviewed())
    require(is_open(), errors.ReviewsClosed())
