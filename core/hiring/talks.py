"""How a conversation begins before anybody is chosen: between a brand and somebody who wants to do its job, never with a stranger."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core.audit.steps import record
from core.base.errors import NotFound
from core.base.policy import require
from core.chat import errors as chat_errors
from core.chat.models import Conversation
from core.chat.policies import takes_part
from core.chat.steps import open_conversation
from core.hiring.models import Application, Invitation
from core.hiring.policies import is_creator
from core.jobs.models import Job
from core.jobs.policies import is_brand, own_jobs
from core.people.models import User
from core.people.policies import contact_blocked

WANTS_IT = (Application.Status.PENDING, Application.Status.ACCEPTED)


@transaction.atomic
def open_talk(job_id: UUID | str, participant_id: UUID | str, *, by: Any) -> Conversation:
    """The one conversation of the two about the job exists, whoever opens it; it says `was_open_before`.

    They are the job's brand and a creator whose application waits or won, or who accepted an invitation. `participant_id` is the
    other side's id, or that of their profile. Once open it is there for both, whatever becomes of the application.
    Raises NotFound for everybody else, also for oneself; CounterpartGone, ContactBlocked.
    """
    require(takes_part(by), NotFound())
    job = (own_jobs(by) if is_brand(by) else Job.objects).lock(id=job_id)
    other = _other_side(job, participant_id, by=by)
    creator = other if is_brand(by) else by
    before = Conversation.objects.filter(job=job, creator=creator).first()
    if before is not None:
        before.was_open_before = True
        return before
    require(_wants(job, creator), NotFound())
    require(other.is_active and other.blocked_at is None, chat_errors.CounterpartGone())
    require(not contact_blocked(by.pk, other.pk), chat_errors.ContactBlocked())

    conversation = open_conversation(job_id=job.id, brand_id=job.brand_id, creator_id=creator.pk)
    record("CONVERSATION_OPENED", conversation, by=by, after={"jobId": str(job.id), "creatorId": str(creator.pk)})
    return conversation


def _other_side(job: Job, participant_id: UUID | str, *, by: User) -> User:
    """The person with whom the caller would talk about this job. Raises NotFound."""
    if is_creator(by):
        named = Q(id=participant_id) | Q(brand_profile__id=participant_id)
        return User.objects.filter(named).find(id=job.brand_id)
    named = Q(id=participant_id) | Q(creator_profile__id=participant_id)
    return User.objects.filter(named).find(role=User.Role.CREATOR)


def _wants(job: Job, creator: User) -> bool:
    """Whether this creator's offer waits or won, or an invitation was accepted."""
    if Application.objects.filter(job=job, creator=creator, status__in=WANTS_IT).exists():
        return True
    return Invitation.objects.filter(job=job, creator=creator, status=Invitation.Status.ACCEPTED).exists()
