"""How staff shut a person out of the marketplace, and let them in again.

Deals that run go on by their clocks: the money of nobody hangs on one who cannot sign in. What the person offers is out of sight.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.jobs.models import Job
from core.jobs.steps import put_on_hold
from core.people import errors, events, policies
from core.people.accounts.steps import judged_reason, let_in, shut_out
from core.people.models import User
from outbox.post import emit


@transaction.atomic
def block_person(user_id: UUID | str, *, by: User, reason: str) -> User:
    """Nobody is signed in as this person any more, or can sign in, and a brand's published jobs are on hold.

    Support and moderators do it; staff is for superusers. Raises Forbidden, NotFound, NotYourself, Invalid, AlreadyBlocked.
    """
    require(policies.staff_can(by, "support", "moderator"))
    jobs = _published_jobs(user_id)
    person = _person_to_judge(user_id, by=by)
    told = judged_reason(reason)
    require(person.blocked_at is None, errors.AlreadyBlocked())

    shut_out(person, reason=told)
    put_on_hold(jobs, by=by)

    after: dict[str, Any] = {"blocked": True} | ({"jobsOnHold": [str(job.id) for job in jobs]} if jobs else {})
    record("PERSON_BLOCKED", person, by=by, after=after, reason=told)
    emit(events.PersonBlocked(by_id=by.id, user_id=person.id))
    return person


@transaction.atomic
def unblock_person(user_id: UUID | str, *, by: User) -> User:
    """The person may sign in again; a brand resumes its jobs itself. Raises Forbidden, NotFound, NotYourself, NotBlocked."""
    require(policies.staff_can(by, "support", "moderator"))
    person = _person_to_judge(user_id, by=by)
    require(person.blocked_at is not None, errors.NotBlocked())

    reason = person.block_reason
    let_in(person)

    record("PERSON_UNBLOCKED", person, by=by, before={"blocked": True, "reason": reason}, after={"blocked": False})
    emit(events.PersonUnblocked(by_id=by.id, user_id=person.id))
    return person


def _published_jobs(user_id: Any) -> list[Job]:
    """What the person looks for creators with, locked before the person: jobs come first in the order of locks."""
    published = Job.objects.filter(brand_id=user_id, status=Job.Status.PUBLISHED).defer("search")
    return list(published.order_by("id").select_for_update(no_key=True, of=("self",)))


def _person_to_judge(user_id: UUID | str, *, by: User) -> User:
    """The person, locked. Raises NotFound, NotYourself, Forbidden."""
    person = policies.visible_people(by).lock(id=user_id)
    require(person.id != by.id, errors.NotYourself())
    require(policies.can_block(by, person))
    return person
