"""The parties agree: somebody proposes the creator's share, and with the yes of both sides it is carried out at once."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.disputes import errors, events, evidence, policies, steps
from core.disputes.judgements import judge_open, judge_proposing
from core.disputes.models import Dispute, Resolution, Role
from core.disputes.steps import Case, lock_case
from core.disputes.verdicts.models import SettlementProposal
from core.disputes.verdicts.steps import Through, Verdict, carry_out, require_money
from core.money.preview import Preview, preview
from core.notifications.steps import Notice, notify_all
from core.timers import steps as timers
from core.timers.policies import is_clock
from outbox.post import emit

Status = SettlementProposal.Status
AGREED = {Role.BRAND: "brand_accepted_at", Role.CREATOR: "creator_accepted_at"}


@transaction.atomic
def propose_settlement(dispute_id: Any, *, by: Any, creator_share_cents: int, note: str = "") -> SettlementProposal:
    """A proposal waits for the yes of the other side, or of both when staff propose, until its time runs out.

    The share is before commission, from nothing (all goes back to the brand) to everything (the creator is paid).
    Raises NotFound, Forbidden, Invalid, DisputeClosed, EscrowUnfunded, SettlementWaiting.
    """
    said = evidence.read_text("note", note, required=False)
    case = lock_case(dispute_id, by=by)
    dispute = case.dispute
    require(policies.is_party(by, dispute) or policies.can_judge(by, dispute))
    role = policies.role_of(by, dispute)
    judge_proposing(dispute, is_waiting=dispute.settlements.filter(proposer_role=role, status=Status.PENDING).exists)
    _check_share(creator_share_cents, case)

    agreed = {AGREED[Role(role)]: clock.now()} if role in AGREED else {}
    proposal = SettlementProposal.objects.create(
        dispute=dispute, proposed_by=by, proposer_role=role, creator_share_cents=creator_share_cents, note=said, **agreed
    )
    timers.start(timers.Start("ANSWER_SETTLEMENT", proposal.id, dispute.job_id))
    record("SETTLEMENT_PROPOSED", dispute, by=by, after={"role": role} | _shown(proposal, dispute), reason=said)
    _tell("SETTLEMENT_PROPOSED", events.SettlementProposed, proposal, dispute, by=by)
    return proposal


@transaction.atomic
def accept_settlement(dispute_id: Any, settlement_id: Any, *, by: Any) -> SettlementProposal:
    """A party agrees. When both have, the dispute is decided like that and carried out. Agreeing again changes nothing.

    Raises NotFound, Forbidden, DisputeClosed, SettlementClosed, EscrowUnfunded.
    """
    case = lock_case(dispute_id, by=by)
    dispute = case.dispute
    proposal = _lock_proposal(settlement_id, dispute)
    require(policies.is_party(by, dispute))
    mine = AGREED[Role(policies.role_of(by, dispute))]
    if getattr(proposal, mine) is not None and proposal.status in (Status.PENDING, Status.ACCEPTED):
        return proposal
    _require_pending(proposal, dispute)

    setattr(proposal, mine, clock.now())
    whole = proposal.brand_accepted_at is not None and proposal.creator_accepted_at is not None
    if whole:
        _close(proposal, Status.ACCEPTED, mine)
    else:
        proposal.store(mine)
    record("SETTLEMENT_ACCEPTED", dispute, by=by, after={"settlement": proposal.status} | _shown(proposal, dispute))
    if whole:
        carry_out(case, _verdict(proposal, case, by=by), by=by)
    else:
        _tell("SETTLEMENT_ACCEPTED", events.SettlementAccepted, proposal, dispute, by=by)
    return proposal


def preview_acceptance(dispute_id: Any, settlement_id: Any, *, by: Any) -> Preview:
    """What would move if this party agreed now: nothing while the other side has not. Raises what the verb raises."""
    return preview(lambda: accept_settlement(dispute_id, settlement_id, by=by), by=by)


@transaction.atomic
def decline_settlement(dispute_id: Any, settlement_id: Any, *, by: Any) -> SettlementProposal:
    """A party whose yes is needed says no; everybody knows. Raises NotFound, Forbidden, DisputeClosed, SettlementClosed."""
    dispute = steps.lock_dispute(dispute_id, by=by)
    proposal = _lock_proposal(settlement_id, dispute)
    require(policies.is_party(by, dispute) and proposal.proposed_by_id != by.pk)
    _require_pending(proposal, dispute)

    _close(proposal, Status.DECLINED)
    record("SETTLEMENT_DECLINED", dispute, by=by, before={"settlement": Status.PENDING}, after={"settlement": proposal.status})
    _tell("SETTLEMENT_DECLINED", events.SettlementDeclined, proposal, dispute, by=by)
    return proposal


@transaction.atomic
def withdraw_settlement(dispute_id: Any, settlement_id: Any, *, by: Any) -> SettlementProposal:
    """Whoever proposed it takes it back. Raises NotFound, Forbidden, DisputeClosed, SettlementClosed."""
    dispute = steps.lock_dispute(dispute_id, by=by)
    proposal = _lock_proposal(settlement_id, dispute)
    require(proposal.proposed_by_id == by.pk)
    _require_pending(proposal, dispute)

    _close(proposal, Status.WITHDRAWN)
    record("SETTLEMENT_WITHDRAWN", dispute, by=by, before={"settlement": Status.PENDING}, after={"settlement": proposal.status})
    _tell("SETTLEMENT_WITHDRAWN", events.SettlementWithdrawn, proposal, dispute, by=by)
    return proposal


@transaction.atomic
def expire_settlement_by_timer(settlement_id: Any, *, by: Any) -> SettlementProposal | None:
    """Nobody answered in time: the proposal is over, and both sides know. None when somebody acted first. Raises Forbidden."""
    require(is_clock(by))
    found = SettlementProposal.objects.find(id=settlement_id)
    dispute = Dispute.objects.lock(id=found.dispute_id)
    proposal = SettlementProposal.objects.lock(id=settlement_id)
    fired = timers.fire(proposal.id, "ANSWER_SETTLEMENT")
    if fired is None:
        return None

    _end(proposal, Status.EXPIRED)
    after = {"settlement": proposal.status, "timer": fired.kind, "dueAt": fired.due_at.isoformat()}
    record("SETTLEMENT_EXPIRED", dispute, by=by, before={"settlement": Status.PENDING}, after=after)
    _tell("SETTLEMENT_EXPIRED", events.SettlementExpired, proposal, dispute, by=by)
    return proposal


def _check_share(cents: int, case: Case) -> None:
    """Nothing happens for a part of the price, when there is money for it. Raises Invalid, EscrowUnfunded."""
    highest = case.dispute.amount_cents
    if type(cents) is not int or not 0 <= cents <= highest:
        raise Invalid({"creatorShareCents": [_("Give a number from 0 to {max}.").format(max=highest)]})
    require_money(case, _resolution(cents, case.dispute))


def _resolution(cents: int, dispute: Dispute) -> str:
    """What a share amounts to."""
    if cents == 0:
        return Resolution.REFUND
    return Resolution.RELEASE if cents == dispute.amount_cents else Resolution.SPLIT


def _verdict(proposal: SettlementProposal, case: Case, *, by: Any) -> Verdict:
    resolution = _resolution(proposal.creator_share_cents, case.dispute)
    share = proposal.creator_share_cents if resolution == Resolution.SPLIT else None
    return Verdict(resolution=resolution, creator_share_cents=share, through=Through.SETTLEMENT, note=proposal.note, decided_by_id=by.pk)


def _lock_proposal(settlement_id: Any, dispute: Dispute) -> SettlementProposal:
    """The proposal of this dispute, locked. Raises NotFound."""
    return SettlementProposal.objects.lock(id=settlement_id, dispute_id=dispute.id)


def _shown(proposal: SettlementProposal, dispute: Dispute) -> dict[str, Any]:
    """The terms, for the audit trail."""
    return {"creatorShareCents": proposal.creator_share_cents, "currency": dispute.currency}


def _require_pending(proposal: SettlementProposal, dispute: Dispute) -> None:
    """Nothing happens while the proposal waits. Raises DisputeClosed, SettlementClosed."""
    judge_open(dispute)
    require(proposal.status == Status.PENDING, errors.SettlementClosed(status=proposal.status))


def _close(proposal: SettlementProposal, status: str, *fields: str) -> None:
    """The proposal is over, and its clock stands."""
    _end(proposal, status, *fields)
    timers.stop(proposal.id)


def _end(proposal: SettlementProposal, status: str, *fields: str) -> None:
    proposal.move_to(status)
    proposal.closed_at = clock.now()
    proposal.store("status", "closed_at", *fields)


def _tell(type: str, event: type[events.SettlementProposed], proposal: SettlementProposal, dispute: Dispute, *, by: Any) -> None:
    """The other side or sides, and whoever of the staff works on it, know what became of the proposal."""
    sides = steps.parties(dispute, but=by)
    desk = [person for person in [dispute.assignee_id] if person not in (None, by.pk)]
    facts = {"amount_cents": proposal.creator_share_cents, "currency": dispute.currency}
    notices: list[Notice] = steps.party_notices(dispute, type, facts, sides=sides)
    notify_all([*notices, steps.desk_notice(dispute, "SETTLEMENT_STAFF", facts, people=desk)], job=dispute.job)
    told = event(
        by_id=by.id,
        recipient_ids=(*(person for _role, person in sides), *desk),
        settlement_id=proposal.id,
        proposer_role=proposal.proposer_role,
        creator_share_cents=proposal.creator_share_cents,
        currency=dispute.currency,
        **steps.facts_of(dispute),
    )
    emit(told)
