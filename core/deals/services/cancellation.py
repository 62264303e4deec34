"""How both parties agree to part: one proposes what the creator gets, the other accepts or not. Silence means that the deal goes on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.chat.steps import say
from core.deals import events, judgements, policies, steps, work
from core.deals.models import CancellationProposal
from core.deals.services.endings import REASON_MAX
from core.deals.steps import Cancellation
from core.jobs.models import Job
from core.money.models import Escrow
from core.money.preview import Preview, preview
from core.notifications.steps import notify
from core.people.models import User
from core.timers.policies import is_clock
from core.timers.steps import Start, fire, start, stop
from outbox.events import Event
from outbox.post import emit

Status = CancellationProposal.Status
Told = Callable[..., Event]


@transaction.atomic
def propose_cancellation(job_id: Any, *, by: Any, creator_share_cents: int, reason: str) -> CancellationProposal:
    """The other party is asked to cancel the deal, so that the creator gets this share of the escrow, before commission.

    The share is less than all: who means all approves the work. Of an unfunded escrow it is nothing.
    Raises NotFound, WrongState, DisputeOpen, Invalid, CancellationPending.
    """
    job = policies.deals_of(by).lock(id=job_id)
    return _propose(job, by=by, creator_share_cents=creator_share_cents, reason=reason)


def _propose(job: Job, *, by: Any, creator_share_cents: int, reason: str) -> CancellationProposal:
    policies.require_in_work(job)
    said = work.read_text("reason", reason, longest=REASON_MAX, missing=_("Write why."))
    _judge_share(creator_share_cents, steps.lock_escrow(job))
    judgements.judge_proposing(job, is_pending=job.cancellation_proposals.filter(status=Status.PENDING).exists)

    other: Any = job.active_creator_id if by.pk == job.brand_id else job.brand_id
    proposal = CancellationProposal.objects.create(
        job=job,
        proposed_by=by,
        other_party_id=other,
        creator_share_cents=creator_share_cents,
        currency=job.currency,
        reason=said,
    )
    start(Start("ANSWER_CANCELLATION", proposal.id, job.id))

    share = {"amount_cents": creator_share_cents, "currency": job.currency}
    after = {"status": proposal.status, "jobId": str(job.id), "creatorShareCents": creator_share_cents, "currency": job.currency}
    record("CANCELLATION_PROPOSED", proposal, by=by, after=after, reason=said)
    notify([proposal.other_party_id], "CANCELLATION_PROPOSED", job=job, facts=share | {"reason": said})
    _emit(
        events.CancellationProposed,
        job,
        proposal,
        by=by,
        to=(proposal.other_party_id,),
        creator_share_cents=creator_share_cents,
        currency=job.currency,
    )
    say(job, "CANCELLATION_PROPOSED", by=by, facts=share)
    return proposal


def _judge_share(cents: int, escrow: Escrow) -> None:
    """Nothing happens when the creator can have so much of this escrow. Raises Invalid."""
    highest = escrow.amount_cents - 1 if escrow.status == Escrow.Status.FUNDED else 0
    if not 0 <= cents <= highest:
        between = _("Must be between {lowest} and {highest}.").format(lowest=0, highest=highest)
        raise Invalid({"creatorShareCents": [between]})


def preview_cancellation(job_id: Any, *, by: Any, creator_share_cents: int, reason: str) -> Preview:
    """What would move if the other party accepted this proposal; nothing is changed. Refuses as `propose_cancellation` does."""

    def accepted() -> Cancellation:
        job = policies.deals_of(by).lock(id=job_id)
        return _part(job, _propose(job, by=by, creator_share_cents=creator_share_cents, reason=reason), by=by)

    return preview(accepted, by=by)


@transaction.atomic
def accept_cancellation(job_id: Any, *, by: Any, proposal_id: UUID) -> Cancellation:
    """The deal is canceled as the other party proposed, and the money has gone where both agreed.

    `proposal_id` is the one that was read. Raises NotFound, WrongState, DisputeOpen, CancellationNotPending, OwnProposal.
    """
    job, proposal = _lock_proposal(job_id, proposal_id, by=by)
    judgements.judge_accepting(job, proposal, by=by)
    done = _part(job, proposal, by=by)
    _emit(events.CancellationAccepted, job, proposal, by=by, to=(proposal.proposed_by_id,))
    return done


def _part(job: Job, proposal: CancellationProposal, *, by: Any) -> Cancellation:
    """Both agree: the proposal is accepted, and the deal called off."""
    _decide(proposal, Status.ACCEPTED, by=by)
    return steps.call_off(job, by=by, reason=proposal.reason, canceled_by="BOTH", creator_share_cents=proposal.creator_share_cents)


@transaction.atomic
def decline_cancellation(job_id: Any, *, by: Any, proposal_id: UUID) -> CancellationProposal:
    """The other party does not agree, and the deal goes on. Raises NotFound, DisputeOpen, CancellationNotPending, OwnProposal."""
    job, proposal = _lock_proposal(job_id, proposal_id, by=by)
    judgements.judge_declining(job, proposal, by=by)
    _decide(proposal, Status.DECLINED, by=by)
    stop(proposal.id)
    _tell_going_on("CANCELLATION_DECLINED", events.CancellationDeclined, job, proposal, by=by, to=(proposal.proposed_by_id,))
    return proposal


@transaction.atomic
def withdraw_cancellation(job_id: Any, *, by: Any, proposal_id: UUID) -> CancellationProposal:
    """Who proposed it no longer does, and the deal goes on. Raises NotFound, DisputeOpen, CancellationNotPending; Forbidden to others."""
    job, proposal = _lock_proposal(job_id, proposal_id, by=by)
    judgements.judge_withdrawing(job, proposal, by=by)
    _decide(proposal, Status.WITHDRAWN, by=by)
    stop(proposal.id)
    _tell_going_on("CANCELLATION_WITHDRAWN", events.CancellationWithdrawn, job, proposal, by=by, to=(proposal.other_party_id,))
    return proposal


@transaction.atomic
def expire_cancellation_by_timer(proposal_id: Any, *, by: Any) -> CancellationProposal | None:
    """Nobody answered, and the deal goes on; None when somebody did. Raises Forbidden, NotFound."""
    require(is_clock(by))
    job = Job.objects.lock(id=CancellationProposal.objects.find(id=proposal_id).job_id)
    proposal = CancellationProposal.objects.lock(id=proposal_id)
    timer = fire(proposal.id, "ANSWER_CANCELLATION")
    if timer is None:
        return None
    _decide(proposal, Status.EXPIRED, by=by, after=steps.caused_by(timer))
    parties = (job.brand_id, job.active_creator_id)
    _tell_going_on("CANCELLATION_EXPIRED", events.CancellationExpired, job, proposal, by=by, to=parties)
    return proposal


def _lock_proposal(job_id: Any, proposal_id: UUID, *, by: User) -> tuple[Job, CancellationProposal]:
    """The deal and the proposal that its party has read, both locked. Raises NotFound."""
    job = policies.deals_of(by).lock(id=job_id)
    proposal = CancellationProposal.objects.filter(job=job).lock(id=proposal_id)
    proposal.job = job
    return job, proposal


def _decide(proposal: CancellationProposal, status: str, *, by: Any, after: dict[str, Any] | None = None) -> None:
    """The proposal is decided, and the audit trail knows who did it."""
    proposal.move_to(status)
    proposal.decided_at, proposal.decided_by = clock.now(), by
    proposal.store("status", "decided_at", "decided_by")
    record(f"CANCELLATION_{status}", proposal, by=by, before={"status": Status.PENDING}, after={"status": status} | (after or {}))


def _tell_going_on(what: str, event: Told, job: Job, proposal: CancellationProposal, *, by: Any, to: tuple[Any, ...]) -> None:
    """These people, the outbox and the conversation know that the deal goes on."""
    notify(to, what, job=job)
    _emit(event, job, proposal, by=by, to=to)
    say(job, what, by=by)


def _emit(event: Told, job: Job, proposal: CancellationProposal, *, by: Any, to: tuple[Any, ...], **more: Any) -> None:
    emit(
        event(
            by_id=by.id,
            recipient_ids=to,
            job_id=job.id,
            brand_id=job.brand_id,
            creator_id=job.active_creator_id,
            proposal_id=proposal.id,
            **more,
        )
    )
