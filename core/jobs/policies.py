"""Who may see a job, and who may change it."""

from typing import Any

from django.db.models import Q

from core.base.models import QuerySet
from core.jobs.models import Job
from core.people.models import User
from core.people.policies import staff_can


def is_brand(user: Any) -> bool:
    """Whether this is a brand that may act at all."""
    return isinstance(user, User) and user.role == User.Role.BRAND and user.is_active and user.blocked_at is None


def is_moderator(user: Any) -> bool:
    """Whether this person decides what may be shown."""
    return staff_can(user, "moderator")


def is_onlooker(user: Any) -> bool:
    """Whether this person, or guest, can have no part in any job, and sees of each what everybody sees."""
    takes_part = isinstance(user, User) and user.role in (User.Role.BRAND, User.Role.CREATOR)
    return not takes_part and not is_moderator(user)


def own_jobs(user: Any) -> QuerySet:
    """The jobs that this brand runs; nobody else has any."""
    return Job.objects.filter(brand_id=user.pk) if is_brand(user) else Job.objects.none()


def visible_jobs(user: Any) -> QuerySet:
    """Live jobs for everybody; one's own, in every state; the deals one works in; an approved job one waits for, or is invited to.

    Whoever was rejected, withdrew or declined sees what is public, no more.
    """
    if is_moderator(user):
        return Job.objects.all()
    live = Q(is_live=True)
    if not isinstance(user, User):
        return Job.objects.filter(live)
    if user.role == User.Role.BRAND:
        return Job.objects.filter(live | Q(brand_id=user.pk))
    if user.role == User.Role.CREATOR:
        approved = Job.objects.filter(moderation_status=Job.Moderation.APPROVED)
        waiting = approved.filter(applications__creator_id=user.pk, applications__status="PENDING")
        invited = approved.filter(invitations__creator_id=user.pk, invitations__status="SENT")
        mine = Q(active_creator_id=user.pk) | Q(id__in=waiting.values("id")) | Q(id__in=invited.values("id"))
        return Job.objects.filter(live | mine)
    return Job.objects.filter(live)


def moderated_jobs(user: Any) -> QuerySet:
    """The jobs that were ever submitted, for moderators."""
    submitted = Job.objects.exclude(moderation_status=Job.Moderation.NONE)
    return submitted if is_moderator(user) else submitted.none()


def editable(job: Job) -> bool:
    """Whether the brand may still change the text."""
    return job.status in (Job.Status.DRAFT, Job.Status.PUBLISHED, Job.Status.PAUSED)


def live(job: Job) -> bool:
    """Whether the job is in the feed, by what the row says in memory: `is_live` is what the database last said."""
    return job.status == Job.Status.PUBLISHED and job.moderation_status == Job.Moderation.APPROVED


def in_queue(job: Job) -> bool:
    """Whether the job itself waits for a moderator; one on hold has left the queue until it is resumed."""
    return job.status == Job.Status.PUBLISHED and job.moderation_status == Job.Moderation.PENDING
