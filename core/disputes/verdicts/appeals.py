"""A party is not content with a decision, and somebody else looks at it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.deals.steps import caused_by
from core.disputes import events, evidence, policies, steps
from core.disputes.judgements import judge_appealing, judge_judging
from core.disputes.models import Dispute, Resolution
from core.disputes.verdicts.models import Appeal
from core.money.adjustments.models import Adjustment
from core.money.adjustments.steps import draft_adjustment
from core.money.adjustments.terms import Terms
from core.money.arithmetic import commission
from core.money.models import Escrow
from core.notifications.steps import notify_all
from core.people.models import User
from core.people.selectors import staff_ids
from core.timers import steps as timers
from core.timers.models import Timer
from core.timers.policies import is_clock
from outbox.post import emit

Status = Appeal.Status
OUTCOMES = (Status.UPHELD, Status.OVERTURNED)


@transaction.atomic
def appeal_decision(dispute_id: Any, *, by: Any, text: str) -> Appeal:
    """A decision that moved money is looked at once more, by somebody who had no part in it; moderators and the other side know.

    Raises NotFound, Forbidden, Invalid, NotAppealable, AppealExists, AppealTooLate.
    """
    said = evidence.read_text("text", text)
    dispute = steps.lock_dispute(dispute_id, by=by)
    require(policies.is_party(by, dispute))
    judge_appealing(dispute, has_appeal=Appeal.objects.filter(dispute_id=dispute.id).exists)

    role = policies.role_of(by, dispute)
    appeal = Appeal.objects.create(dispute=dispute, appealed_by=by, appellant_role=role, text=said)
    timers.start(timers.Start("DECIDE_APPEAL", appeal.id, dispute.job_id))
    record("DISPUTE_APPEALED", dispute, by=by, after={"role": role, "appeal": appeal.status}, reason=said)
    others = steps.parties(dispute, but=by)
    judges = [person for person in staff_ids("moderator") if person not in (dispute.decided_by_id, dispute.confirmed_by_id)]
    notices = steps.party_notices(dispute, "DISPUTE_APPEALED", sides=others)
    notify_all([*notices, steps.desk_notice(dispute, "DISPUTE_APPEALED_STAFF", people=judges)], job=dispute.job)
    _emit(events.DisputeAppealed, appeal, dispute, by=by, recipients=[*(person for _role, person in others), *judges])
    return appeal


@transaction.atomic
def decide_appeal(dispute_id: Any, *, by: Any, outcome: str, note: str, creator_share_cents: int | None = None) -> Appeal:
    """The decision stands, or the creator's share, before commission, is another one: then corrections of both wallets wait for finance.

    Money has moved already, so nothing moves here: who judges drafts the corrections, and somebody else signs each.
    Raises Forbidden, NotFound, OwnDecision, NoAppeal, AppealDecided, Invalid, AdjustmentLimitReached.
    """
    said = evidence.read_text("note", note)
    require(policies.is_judge(by))
    dispute = steps.lock_dispute(dispute_id, by=by)
    require(policies.can_judge(by, dispute))
    appeal = Appeal.objects.lock_any(dispute_id=dispute.id)
    judge_judging(appeal, by=by)
    assert appeal is not None
    _check_outcome(outcome, creator_share_cents, dispute)

    appeal.note, appeal.creator_share_cents = said, creator_share_cents
    _judge(appeal, outcome, by=by)
    timers.stop(appeal.id)
    drafts = _draft_corrections(appeal, dispute, by=by) if outcome == Status.OVERTURNED else []
    _tell(appeal, dispute, by=by, drafts=drafts)
    return appeal


@transaction.atomic
def uphold_decision_by_timer(appeal_id: Any, *, by: Any) -> Appeal | None:
    """Nobody judged in time, so the decision stands; both sides know. None when somebody acted first. Raises Forbidden."""
    require(is_clock(by))
    found = Appeal.objects.find(id=appeal_id)
    dispute = Dispute.objects.lock(id=found.dispute_id)
    appeal = Appeal.objects.lock(id=appeal_id)
    fired = timers.fire(appeal.id, "DECIDE_APPEAL")
    if fired is None:
        return None

    _judge(appeal, Status.UPHELD, by=by)
    _tell(appeal, dispute, by=by, drafts=[], fired=fired)
    return appeal


def share_of(dispute: Dispute) -> int:
    """What the creator has by the decision, before commission."""
    if dispute.resolution == Resolution.RELEASE:
        return dispute.amount_cents
    return dispute.creator_share_cents or 0


def _check_outcome(outcome: str, creator_share_cents: int | None, dispute: Dispute) -> None:
    """Nothing happens for an outcome that there is; an overturned decision names another share. Raises Invalid."""
    if outcome not in OUTCOMES:
        raise Invalid({"outcome": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(OUTCOMES))]})
    if outcome == Status.UPHELD:
        if creator_share_cents is not None:
            raise Invalid({"creatorShareCents": [_("A decision that stands has no new share.")]})
        return
    highest = dispute.amount_cents
    if type(creator_share_cents) is not int or not 0 <= creator_share_cents <= highest:
        raise Invalid({"creatorShareCents": [_("Give a number from 0 to {max}.").format(max=highest)]})
    if creator_share_cents == share_of(dispute):
        raise Invalid({"creatorShareCents": [_("This is what the creator has already.")]})


def _judge(appeal: Appeal, outcome: str, *, by: Any) -> None:
    appeal.move_to(outcome)
    appeal.judged_by, appeal.judged_at = by, clock.now()
    appeal.store("status", "judged_by", "judged_at", "note", "creator_share_cents")


def _draft_corrections(appeal: Appeal, dispute: Dispute, *, by: Any) -> list[Adjustment]:
    """What each wallet has too much or too little by the new share waits for a second signature, as an adjustment of its own.

    The difference in commission stays with the platform's adjustments. Raises AdjustmentLimitReached.
    """
    bps = Escrow.objects.values_list("commission_bps", flat=True).get(job_id=dispute.job_id)
    before, after = share_of(dispute), appeal.creator_share_cents or 0
    changes = {
        dispute.brand_id: before - after,
        dispute.creator_id: (after - commission(after, bps)) - (before - commission(before, bps)),
    }
    people = User.objects.in_bulk(list(changes))
    return [
        draft_adjustment(people[person], terms=_terms(cents, appeal, dispute), by=by) for person, cents in changes.items() if cents != 0
    ]


def _terms(cents: int, appeal: Appeal, dispute: Dispute) -> Terms:
    return Terms(
        currency=dispute.currency,
        amount_cents=abs(cents),
        direction=Adjustment.Direction.CREDIT if cents > 0 else Adjustment.Direction.DEBIT,
        category=Adjustment.Category.DISPUTE_APPEAL,
        reason=appeal.note[: steps.REASON_MAX],
        job_id=dispute.job_id,
        dispute_id=dispute.id,
    )


def _tell(appeal: Appeal, dispute: Dispute, *, by: Any, drafts: list[Adjustment], fired: Timer | None = None) -> None:
    """The audit trail, both parties and the outbox know what became of the appeal."""
    after = {
        "appeal": appeal.status,
        "creatorShareCents": appeal.creator_share_cents,
        "currency": dispute.currency,
        "adjustments": [str(draft.id) for draft in drafts],
    }
    record(f"DISPUTE_APPEAL_{appeal.status}", dispute, by=by, before={"appeal": "OPEN"}, after=after | caused_by(fired), reason=appeal.note)
    sides = steps.parties(dispute)
    notify_all(steps.party_notices(dispute, f"DISPUTE_APPEAL_{appeal.status}", {"reason": appeal.note}, sides=sides), job=dispute.job)
    event = events.DisputeAppealOverturned if appeal.status == Status.OVERTURNED else events.DisputeAppealUpheld
    _emit(event, appeal, dispute, by=by, recipients=[person for _role, person in sides])


def _emit(event: type[events.DisputeAppealed], appeal: Appeal, dispute: Dispute, *, by: Any, recipients: list[Any]) -> None:
    emit(
        event(
            by_id=by.id,
            recipient_ids=tuple(recipients),
            appeal_id=appeal.id,
            appellant_role=appeal.appellant_role,
            **steps.facts_of(dispute),
        )
    )
