"""Parts of the deletion that concern other people: what the person began is called off, and whoever waits for it is told."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from core.deals.steps import call_off
from core.hiring.models import Application, Invitation
from core.hiring.steps import void_invitation_of, withdraw
from core.jobs.models import Job
from core.money.models import Account
from core.people.models import User

BEFORE_HIRING = (Job.Status.DRAFT, Job.Status.PUBLISHED, Job.Status.PAUSED)


def lock_whole_of(user: User) -> list[Job]:
    """Every job that the person has begun, applied for or is invited to, then the wallets: until the end nothing there moves.

    Both in the order of their ids. Whoever decided first has decided, and is seen by what is read after this.
    """
    jobs = list(_open_jobs(user).order_by("id").select_for_update(no_key=True, of=("self",)))
    list(Account.objects.filter(owner=user).order_by("id").select_for_update(no_key=True))
    return jobs


def _open_jobs(user: User) -> Any:
    if user.role == User.Role.BRAND:
        return Job.objects.filter(brand=user, status__in=BEFORE_HIRING)
    offers = Application.objects.filter(creator=user, status=Application.Status.PENDING)
    asked = Invitation.objects.filter(creator=user, status=Invitation.Status.SENT)
    ids: set[UUID] = {*offers.values_list("job_id", flat=True), *asked.values_list("job_id", flat=True)}
    return Job.objects.filter(id__in=ids)


def call_everything_off(user: User, jobs: Iterable[Job]) -> None:
    """Of a brand, these jobs are canceled; a creator offers to do none of them any more, and is not asked to."""
    for job in jobs:
        if user.role == User.Role.BRAND:
            call_off(job, by=user, reason="", canceled_by="BRAND")
            continue
        application = Application.objects.lock_any(job_id=job.id, creator_id=user.id)
        if application and application.status == Application.Status.PENDING:
            withdraw(application, job, by=user)
        void_invitation_of(user.id, job, by=user)
