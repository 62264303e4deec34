"""How a creator offers to do a job, and how a brand chooses one."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid, NotFound
from core.base.policy import require
from core.base.texts import visible
from core.chat.steps import open_conversation, say
from core.hiring import events, policies, steps
from core.hiring.judgements import judge_accepting, judge_answering, judge_applying
from core.hiring.models import Application
from core.hiring.offers import put_forward, read_offer
from core.jobs import content as contents
from core.jobs import policies as job_policies
from core.jobs.models import Job, JobRevision
from core.jobs.steps import close_revision
from core.money.models import Escrow
from core.money.steps import open_escrow
from core.notifications.steps import notify
from core.people.policies import contact_blocked
from core.people.selectors import applicant
from core.timers.steps import Start, switch
from outbox.post import emit

REASON_MAX = 500
CENTS_PER_UNIT = 100
# A deal of a relative deadline is due this long after the creator was chosen.
TIME_TO_WORK = {
    Job.DeadlineType.URGENT_48H: timedelta(hours=48),
    Job.DeadlineType.DAYS_3_5: timedelta(days=5),
    Job.DeadlineType.WEEK_PLUS: timedelta(days=14),
}
Status = Application.Status


@transaction.atomic
def apply_to_job(job_id: Any, *, by: Any, message: str = "", price_quote: int | None = None) -> Application:
    """The brand has the creator's offer and is told. `price_quote` is in whole units of the job's currency, for the whole package.

    A withdrawn application is made again in the same row. Raises Forbidden, NotFound (the job is not live), JobNotAvailable (one of
    the two keeps the other away), ProfileIncomplete, Invalid, AlreadyApplied.
    """
    require(policies.is_creator(by))
    job = Job.objects.lock(id=job_id)
    require(job.is_live, NotFound())
    profile, has_works, may_meet = applicant(by=by, brand_id=job.brand_id)
    application = Application.objects.lock_any(job=job, creator=by)
    status = application.status if application else None
    judge_applying(is_live=job.is_live, may_meet=may_meet, profile=profile, has_works=has_works, status=status)
    said = read_offer(message, price_quote)
    if not said and price_quote is None:
        raise Invalid(form=[_("Write a message or name a price.")])

    application = application or Application(job=job, creator=by)
    put_forward(application, source=Application.Source.DIRECT, message=said, price_quote=price_quote)

    record("APPLICATION_CREATED", application, by=by, after={"jobId": str(job.id), "priceQuote": price_quote})
    notify([job.brand_id], "APPLICATION_CREATED", job=job, facts={"name": profile.display_name})
    emit(
        events.ApplicationCreated(
            by_id=by.id, recipient_ids=(job.brand_id,), job_id=job.id, creator_id=by.id, application_id=application.id
        )
    )
    return application


@transaction.atomic
def withdraw_application(application_id: Any, *, by: Any) -> Application:
    """The creator no longer offers, and the brand is told. Raises Forbidden, NotFound, ApplicationNotPending."""
    require(policies.is_creator(by))
    job = Job.objects.lock(id=policies.own_applications(by).find(id=application_id).job_id)
    application = policies.own_applications(by).lock(id=application_id)
    judge_answering(application.status)

    steps.withdraw(application, job, by=by)
    return application


@transaction.atomic
def reject_application(job_id: Any, application_id: Any, *, by: Any, reason: str = "") -> Application:
    """The brand has said no, and the creator is told; an open invitation of the same creator ends with it.

    Raises Forbidden, NotFound, Invalid, ApplicationNotPending.
    """
    require(job_policies.is_brand(by))
    job = job_policies.own_jobs(by).lock(id=job_id)
    application = Application.objects.filter(job=job).lock(id=application_id)
    told = visible(reason)
    if len(told) > REASON_MAX:
        raise Invalid({"reason": [_("Write at most {longest} characters.").format(longest=REASON_MAX)]})
    judge_answering(application.status)

    application.reject_reason = told
    steps.decide(application, Status.REJECTED, by=by)
    steps.void_invitation_of(application.creator_id, job, by=by)
    record(
        "APPLICATION_REJECTED",
        application,
        by=by,
        before={"status": Status.PENDING},
        after={"status": application.status},
        reason=told,
    )
    notify([application.creator_id], "APPLICATION_REJECTED", job=job, facts={"reason": told})
    emit(
        events.ApplicationRejected(
            by_id=by.id,
            recipient_ids=(application.creator_id,),
            job_id=job.id,
            creator_id=application.creator_id,
            application_id=application.id,
            automatic=False,
        )
    )
    return application


@transaction.atomic
def accept_application(job_id: Any, application_id: Any, *, by: Any) -> Application:
    """The creator is chosen: text, price and commission are frozen, escrow and conversation are open, and all others have a no.

    Nobody is invited any more. The application carries `conversation_id` and `escrow_id`.
    Raises Forbidden, NotFound, JobAlreadyTaken, JobNotAvailable, ApplicationNotPending, CreatorNotAvailable.
    """
    require(job_policies.is_brand(by))
    job = job_policies.own_jobs(by).lock(id=job_id)
    application = Application.objects.select_related("creator").filter(job=job).lock(id=application_id)
    can_work = policies.is_creator(application.creator)
    judge_accepting(
        is_taken=job.active_creator_id is not None,
        is_live=job.is_live,
        status=application.status,
        is_available=lambda: can_work and not contact_blocked(by.id, application.creator_id),
    )

    steps.decide(application, Status.ACCEPTED, by=by)
    rejected = steps.reject_waiting(job, by=by)
    close_revision(job, JobRevision.Status.SUPERSEDED, by=by)
    escrow = open_escrow(job, creator_id=application.creator_id, amount_cents=_price_cents(job, application))
    _begin(job, application, escrow)
    told = [application.creator_id, *(other.creator_id for other in rejected)]
    voided = steps.void_invitations(job, by=by, told=told)
    conversation = open_conversation(job_id=job.id, brand_id=job.brand_id, creator_id=application.creator_id)
    application.conversation_id, application.escrow_id = conversation.id, escrow.id

    record(
        "APPLICATION_ACCEPTED",
        application,
        by=by,
        before={"status": Status.PENDING},
        after={
            "status": application.status,
            "jobId": str(job.id),
            "escrowId": str(escrow.id),
            "amountCents": escrow.amount_cents,
            "rejected": [str(other.id) for other in rejected],
            "voided": [str(invitation.id) for invitation in voided],
        },
    )
    _tell_accepted(job, application, escrow, by=by)
    return application


def _price_cents(job: Job, application: Application) -> int:
    """The price of the deal in minor units: what the creator asked, else the most that the brand offered."""
    units = application.price_quote or job.budget_max
    assert units is not None, "a published job names its budget"
    return units * CENTS_PER_UNIT


def _begin(job: Job, application: Application, escrow: Escrow) -> None:
    """The creator works on the job since now, on the terms of this moment."""
    job.move_to(Job.Status.IN_PROGRESS)
    job.active_creator_id = application.creator_id
    job.agreed_terms = contents.freeze(contents.of(job)) | {
        "price_cents": escrow.amount_cents,
        "commission_bps": escrow.commission_bps,
    }
    job.started_at = clock.now()
    job.due_at = _due_at(job, job.started_at)
    job.store("status", "active_creator", "agreed_terms", "started_at", "due_at")
    switch(Start("FUND_ESCROW", job.id, job.id))


def _due_at(job: Job, started_at: datetime) -> datetime | None:
    """When the work is due: the date of the job, or the time that its deadline type gives."""
    if job.deadline_type == Job.DeadlineType.DATE:
        return contents.deadline(contents.of(job))
    return started_at + TIME_TO_WORK[Job.DeadlineType(job.deadline_type)]


def _tell_accepted(job: Job, application: Application, escrow: Escrow, *, by: Any) -> None:
    facts = {"amount_cents": escrow.amount_cents, "currency": escrow.currency}
    notify([application.creator_id], "APPLICATION_ACCEPTED", job=job, facts=facts)
    emit(
        events.ApplicationAccepted(
            by_id=by.id,
            recipient_ids=(application.creator_id,),
            job_id=job.id,
            creator_id=application.creator_id,
            application_id=application.id,
            conversation_id=application.conversation_id,
            escrow_id=escrow.id,
            amount_cents=escrow.amount_cents,
            currency=escrow.currency,
        )
    )
    say(job, "DEAL_STARTED", by=by, facts=facts)
