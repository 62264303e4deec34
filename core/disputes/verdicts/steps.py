"""How a dispute ends: the decision is written down, and carried out."""

import dataclasses
from collections.abc import Callable
from typing import Any
from uuid import UUID

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.chat.steps import say
from core.deals.models import Submission
from core.deals.steps import call_off, caused_by, complete
from core.disputes import events, steps
from core.disputes.models import Dispute, Resolution
from core.disputes.steps import Case
from core.money.errors import EscrowUnfunded
from core.money.models import Escrow
from core.notifications.steps import notify_all
from core.timers.models import Timer
from core.timers.steps import stop_all_of
from outbox.post import emit

Through = Dispute.Through
NEEDS_MONEY = (Resolution.RELEASE, Resolution.SPLIT)
# How a cancellation by a dispute is called, by what brought it about.
CANCELED_BY = {Through.STAFF: "STAFF", Through.SETTLEMENT: "BOTH", Through.SILENCE: "SYSTEM"}
NOT_ANSWERED = "DISPUTE_NOT_ANSWERED"  # why the clock canceled a job
RESOLVED: dict[str, type[events.DisputeResolvedRefund]] = {
    Resolution.REFUND: events.DisputeResolvedRefund,
    Resolution.RELEASE: events.DisputeResolvedRelease,
    Resolution.SPLIT: events.DisputeResolvedSplit,
    Resolution.NO_ACTION: events.DisputeResolvedNoAction,
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is decided. `creator_share_cents` is of a split alone, before commission."""

    resolution: str
    creator_share_cents: int | None = None
    through: str = Through.STAFF
    note: str = ""
    decided_by_id: UUID
    confirmed_by_id: UUID | None = None
    fired: Timer | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ruling:
    """What came of a decision. `resolved_before`: nothing was done now. `waits`: a second person has to confirm it."""

    dispute: Dispute
    resolved_before: bool = False
    waits: bool = False
    payout_cents: int = 0
    commission_cents: int = 0
    refunded_cents: int = 0


def require_money(case: Case, resolution: str) -> None:
    """Nothing happens when there is money for this resolution. Raises EscrowUnfunded."""
    funded = case.escrow.status == Escrow.Status.FUNDED
    require(funded or resolution not in NEEDS_MONEY, EscrowUnfunded())


def carry_out(case: Case, verdict: Verdict, *, by: Any) -> Ruling:
    """The dispute is over, and so is the deal, with its money where it belongs; or the deal goes on. All concerned know it.

    Raises WrongState, Invalid.
    """
    before = case.dispute.status
    steps.close_children(case.dispute)
    _write(case.dispute, verdict)
    ruling = EFFECTS[verdict.resolution](case, verdict, by=by)
    _tell(case, verdict, ruling, before=before, by=by)
    say(case.job, "DISPUTE_RESOLVED", by=by)
    return ruling


def _write(dispute: Dispute, verdict: Verdict) -> None:
    dispute.move_to(Dispute.Status.RESOLVED)
    dispute.resolved_at = clock.now()
    dispute.resolution, dispute.creator_share_cents = verdict.resolution, verdict.creator_share_cents
    dispute.resolved_through, dispute.note = verdict.through, verdict.note
    dispute.decided_by_id, dispute.confirmed_by_id = verdict.decided_by_id, verdict.confirmed_by_id
    dispute.store("status", "resolved_at", "resolution", "creator_share_cents", "resolved_through", "note", "decided_by", "confirmed_by")


# What each resolution does


def _refund(case: Case, verdict: Verdict, *, by: Any) -> Ruling:
    """The deal is called off; the brand has its money back, or less the creator's share."""
    silent = verdict.through == Through.SILENCE
    done = call_off(
        case.job,
        by=by,
        reason=NOT_ANSWERED if silent else verdict.note[: steps.REASON_MAX],
        canceled_by=CANCELED_BY[Through(verdict.through)],
        creator_share_cents=verdict.creator_share_cents or 0,
        source="DISPUTE",
        fired=verdict.fired,
    )
    fee = (verdict.creator_share_cents or 0) - done.creator_cents
    return Ruling(dispute=case.dispute, payout_cents=done.creator_cents, commission_cents=fee, refunded_cents=done.refunded_cents)


def _release(case: Case, verdict: Verdict, *, by: Any) -> Ruling:
    """The deal is completed, and the creator is paid in full."""
    return _complete(case, verdict, _newest(case.job.id), by=by)


def _complete(case: Case, verdict: Verdict, newest: Submission | None, *, by: Any) -> Ruling:
    """The creator is paid, in full or the share. A version that waited counts as accepted."""
    if newest is not None and newest.status == Submission.Status.SUBMITTED:
        newest.move_to(Submission.Status.APPROVED)
        newest.reviewed_at, newest.reviewed_by = clock.now(), by
        newest.store("status", "reviewed_at", "reviewed_by")
    stop_all_of(case.job.id, kinds=steps.CLOCKS)
    done = complete(
        case.job,
        case.escrow,
        newest,
        by=by,
        source="DISPUTE",
        creator_share_cents=verdict.creator_share_cents,
        fired=verdict.fired,
    )
    return Ruling(
        dispute=case.dispute,
        payout_cents=done.creator_cents,
        commission_cents=done.commission_cents,
        refunded_cents=done.refunded_cents,
    )


def _split(case: Case, verdict: Verdict, *, by: Any) -> Ruling:
    """The money is divided. What was delivered completes the deal; without it the deal is called off."""
    newest = _newest(case.job.id)
    return _refund(case, verdict, by=by) if newest is None else _complete(case, verdict, newest, by=by)


def _go_on(case: Case, verdict: Verdict, *, by: Any) -> Ruling:
    """The deal goes on where it stood."""
    steps.let_the_deal_go_on(case.job)
    return Ruling(dispute=case.dispute)


EFFECTS: dict[str, Callable[..., Ruling]] = {
    Resolution.REFUND: _refund,
    Resolution.RELEASE: _release,
    Resolution.SPLIT: _split,
    Resolution.NO_ACTION: _go_on,
}


def _newest(job_id: UUID) -> Submission | None:
    """The newest version of a deal, locked; None when nothing was delivered."""
    return Submission.objects.filter(job_id=job_id).order_by("-version").select_for_update(no_key=True).first()


def _tell(case: Case, verdict: Verdict, ruling: Ruling, *, before: str, by: Any) -> None:
    """The audit trail, both parties, whoever worked on it, and the outbox know how it ended."""
    dispute = case.dispute
    after = {
        "status": dispute.status,
        "resolution": verdict.resolution,
        "resolvedThrough": verdict.through,
        "creatorCents": ruling.payout_cents,
        "commissionCents": ruling.commission_cents,
        "refundedCents": ruling.refunded_cents,
        "currency": dispute.currency,
    }
    if verdict.confirmed_by_id is not None:
        after["decidedById"] = str(verdict.decided_by_id)
    record("DISPUTE_RESOLVED", dispute, by=by, before={"status": before}, after=after | caused_by(verdict.fired), reason=verdict.note)
    desk = [person for person in [dispute.assignee_id] if person not in (None, by.pk)]
    notices = steps.party_notices(dispute, f"DISPUTE_RESOLVED_{verdict.resolution}", {"reason": verdict.note}, sides=steps.parties(dispute))
    notify_all([*notices, steps.desk_notice(dispute, "DISPUTE_ENDED_STAFF", people=desk)], job=case.job)
    resolved = RESOLVED[verdict.resolution](
        by_id=by.id,
        recipient_ids=(dispute.brand_id, dispute.creator_id, *desk),
        escrow_id=case.escrow.id,
        resolved_by=by.id,
        resolved_through=verdict.through,
        refunded=ruling.refunded_cents > 0,
        refunded_cents=ruling.refunded_cents,
        payout_cents=ruling.payout_cents,
        commission_cents=ruling.commission_cents,
        currency=dispute.currency,
        **steps.facts_of(dispute),
    )
    emit(resolved)
