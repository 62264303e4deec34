"""A party stops the deal, or takes that back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import visible
from core.chat.steps import say
from core.deals.policies import work_of
from core.deals.steps import lock_escrow
from core.disputes import events, policies, steps
from core.disputes.judgements import judge_open, judge_opening
from core.disputes.models import OPEN_STATUSES, TEXT_MAX, Dispute, Resolution, Role
from core.hiring.policies import is_creator
from core.jobs.models import Job
from core.jobs.policies import is_brand, own_jobs
from core.money.models import Escrow
from core.notifications.steps import notify_all
from core.people.selectors import staff_ids
from core.timers import steps as timers
from outbox.post import emit


@transaction.atomic
def open_dispute(job_id: Any, *, by: Any, reason: str, statement: str = "") -> Dispute:
    """Money and work of the deal stand still, the other party and moderators know, and two clocks run: for the answer, and for us.

    What will be decided unless the other party answers is settled now. One's own open dispute comes back as it is and says
    `was_open_before`. Raises Forbidden, NotFound, Invalid, JobAlreadyFinished, NoActiveCreator, DisputeOpen.
    """
    require(is_brand(by) or is_creator(by))
    said = read_statement(reason, statement)
    job = (own_jobs(by) if is_brand(by) else work_of(by)).lock(id=job_id)
    opened_before = _open_dispute_of(job) if job.disputed_at is not None else None
    judge_opening(job, opener_id=opened_before.opened_by_id if opened_before else None, by=by)
    if opened_before is not None:
        opened_before.was_open_before = True
        return opened_before
    escrow = lock_escrow(job)

    dispute = _create(job, escrow, by=by, reason=reason, statement=said)
    job.disputed_at = dispute.created_at
    job.store("disputed_at")
    timers.pause(job.id)
    timers.start(timers.Start("ANSWER_DISPUTE", dispute.id, job.id), timers.Start("DECIDE_DISPUTE", dispute.id, job.id))

    after = {"status": dispute.status, "jobId": str(job.id), "role": dispute.opener_role, "reason": reason, "onSilence": dispute.on_silence}
    record("DISPUTE_OPENED", dispute, by=by, after=after)
    _tell_opened(dispute, job, by=by)
    say(job, "DISPUTE_OPENED", by=by)
    return dispute


@transaction.atomic
def withdraw_dispute(dispute_id: Any, *, by: Any) -> Dispute:
    """Its opener takes the dispute back: the deal goes on where it stood, with as much time as it had left.

    Raises NotFound, Forbidden, DisputeClosed.
    """
    case = steps.lock_case(dispute_id, by=by)
    dispute, job = case.dispute, case.job
    require(by.pk == dispute.opened_by_id)
    judge_open(dispute)

    before = dispute.status
    steps.close_children(dispute)
    dispute.move_to(Dispute.Status.WITHDRAWN)
    dispute.withdrawn_at = clock.now()
    dispute.store("status", "withdrawn_at")
    steps.let_the_deal_go_on(job)

    record("DISPUTE_WITHDRAWN", dispute, by=by, before={"status": before}, after={"status": dispute.status})
    others, desk = steps.parties(dispute, but=by), steps.desk(dispute)
    notices = steps.party_notices(dispute, "DISPUTE_WITHDRAWN", sides=others)
    notify_all([*notices, steps.desk_notice(dispute, "DISPUTE_ENDED_STAFF", people=desk)], job=job)
    recipients = (*(person for _role, person in others), *desk)
    emit(events.DisputeWithdrawn(by_id=by.id, recipient_ids=recipients, **steps.facts_of(dispute)))
    say(job, "DISPUTE_WITHDRAWN", by=by)
    return dispute


def read_statement(reason: str, statement: str) -> str:
    """What the opener says, trimmed. Raises Invalid."""
    if reason not in Dispute.Reason.values:
        raise Invalid({"reason": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(Dispute.Reason.values))]})
    trimmed = visible(statement)
    if len(trimmed) > TEXT_MAX:
        raise Invalid({"message": [_("Write at most {longest} characters.").format(longest=TEXT_MAX)]})
    return trimmed


def outcome_on_silence(job: Job, escrow: Escrow, *, opener_role: str) -> str:
    """What its opener asks for, as far as it can be: a brand its money, a creator the pay for what was delivered.

    Nothing of it changes while the dispute is open, so what is said at the beginning holds.
    """
    if opener_role == Role.BRAND:
        return Resolution.REFUND
    paid_for = escrow.status == Escrow.Status.FUNDED and job.submissions.exists()
    return Resolution.RELEASE if paid_for else Resolution.NO_ACTION


def _open_dispute_of(job: Job) -> Dispute:
    """The open dispute of a locked job."""
    return Dispute.objects.filter(job_id=job.id, status__in=OPEN_STATUSES).find()


def _create(job: Job, escrow: Escrow, *, by: Any, reason: str, statement: str) -> Dispute:
    role = Role.BRAND if is_brand(by) else Role.CREATOR
    return Dispute.objects.create(
        job=job,
        opened_by=by,
        opener_role=role,
        respondent_id=escrow.creator_id if role == Role.BRAND else escrow.brand_id,
        reason=reason,
        statement=statement,
        amount_cents=escrow.amount_cents,
        frozen_cents=escrow.amount_cents if escrow.status == Escrow.Status.FUNDED else 0,
        currency=escrow.currency,
        on_silence=outcome_on_silence(job, escrow, opener_role=role),
    )


def _tell_opened(dispute: Dispute, job: Job, *, by: Any) -> None:
    """The other party and moderators know."""
    moderators = staff_ids(*policies.JUDGES)
    notices = steps.party_notices(dispute, "DISPUTE_OPENED", sides=steps.parties(dispute, but=by))
    notify_all([*notices, steps.desk_notice(dispute, "DISPUTE_OPENED_STAFF", people=moderators)], job=job)
    opened = events.DisputeOpened(
        by_id=by.id,
        recipient_ids=(dispute.respondent_id, *moderators),
        opener_user_id=by.id,
        opener_role=dispute.opener_role,
        reason=dispute.reason,
        **steps.facts_of(dispute),
    )
    emit(opened)
