"""Staff decide: one person, or two where much money is at stake."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.disputes import events, evidence, policies, steps
from core.disputes.judgements import judge_deciding, judge_signing
from core.disputes.models import Dispute, Resolution
from core.disputes.steps import Case, lock_case
from core.disputes.verdicts.models import DisputeDecision
from core.disputes.verdicts.steps import Ruling, Verdict, carry_out, require_money
from core.money.preview import Preview, preview
from core.notifications.steps import notify
from core.people.selectors import staff_ids
from core.rules.limits import DISPUTE_SECOND_PERSON, limit
from outbox.post import emit

Status = DisputeDecision.Status


@transaction.atomic
def resolve_dispute(dispute_id: Any, *, by: Any, resolution: str, note: str, creator_share_cents: int | None = None) -> Ruling:
    """The dispute is decided and the decision carried out; above the limit it waits for a second person, who is told.

    The same decision once more changes nothing and says `resolved_before`. Raises NotFound, Forbidden, Invalid, DisputeClosed,
    DisputeAlreadyResolved, DecisionWaiting, EscrowUnfunded.
    """
    said = evidence.read_text("note", note)
    case = _lock_for_decision(dispute_id, by=by)
    if repeated := _as_before(case.dispute, resolution, creator_share_cents, by=by):
        return repeated
    verdict = _judge(case, Verdict(resolution=resolution, creator_share_cents=creator_share_cents, note=said, decided_by_id=by.pk))
    if needs_second(case.dispute, resolution):
        return _propose(case.dispute, verdict, by=by)
    return carry_out(case, verdict, by=by)


def preview_resolution(dispute_id: Any, *, by: Any, resolution: str, note: str, creator_share_cents: int | None = None) -> Preview:
    """What this decision would move once everybody who has to has signed. Nothing is changed. Raises what the verb raises."""

    def all_signatures() -> Ruling:
        said = evidence.read_text("note", note)
        case = _lock_for_decision(dispute_id, by=by)
        if repeated := _as_before(case.dispute, resolution, creator_share_cents, by=by):
            return repeated
        verdict = Verdict(resolution=resolution, creator_share_cents=creator_share_cents, note=said, decided_by_id=by.pk)
        return carry_out(case, _judge(case, verdict), by=by)

    return preview(all_signatures, by=by)


@transaction.atomic
def confirm_decision(dispute_id: Any, *, by: Any) -> Ruling:
    """The second person signs the terms that wait, and they are carried out. Signing again changes nothing.

    Raises NotFound, Forbidden, DisputeClosed, NoDecisionWaiting, SecondPersonRequired.
    """
    case = lock_case(dispute_id, by=by)
    if case.dispute.confirmed_by_id == by.pk:
        return Ruling(dispute=case.dispute, resolved_before=True)
    decision = _lock_waiting(case.dispute, by=by)

    _sign(decision, Status.CONFIRMED, by=by)
    verdict = Verdict(
        resolution=decision.resolution,
        creator_share_cents=decision.creator_share_cents,
        note=decision.note,
        decided_by_id=decision.decided_by_id,
        confirmed_by_id=by.pk,
    )
    return carry_out(case, _judge(case, verdict), by=by)


@transaction.atomic
def send_decision_back(dispute_id: Any, *, by: Any, comment: str) -> DisputeDecision:
    """The second person does not agree; the first one knows why, and the dispute is as open as before.

    Raises NotFound, Forbidden, Invalid, DisputeClosed, NoDecisionWaiting, SecondPersonRequired.
    """
    said = evidence.read_text("comment", comment)
    dispute = steps.lock_dispute(dispute_id, by=by)
    decision = _lock_waiting(dispute, by=by)

    decision.comment = said
    _sign(decision, Status.SENT_BACK, by=by)
    before, after = {"decision": Status.PROPOSED}, {"decision": decision.status, "resolution": decision.resolution}
    record("DISPUTE_DECISION_SENT_BACK", dispute, by=by, before=before, after=after, reason=said)
    notice = steps.desk_notice(dispute, "DISPUTE_SENT_BACK", {"reason": said}, people=[decision.decided_by_id])
    notify(notice.people, notice.type, job=dispute.job, facts=notice.facts)
    emit(
        events.DisputeDecisionSentBack(
            by_id=by.id, recipient_ids=(decision.decided_by_id,), resolution=decision.resolution, **steps.facts_of(dispute)
        )
    )
    return decision


def needs_second(dispute: Dispute, resolution: str) -> bool:
    """Whether two people decide: where money moves, and more of it than the limit of this moment."""
    if resolution == Resolution.NO_ACTION or not dispute.frozen_cents:
        return False
    return dispute.frozen_cents > limit(DISPUTE_SECOND_PERSON, dispute.currency)


def check_terms(resolution: str, creator_share_cents: int | None, dispute: Dispute) -> None:
    """Nothing happens for a resolution that there is; a split gives something to both sides. Raises Invalid."""
    if resolution not in Resolution.values:
        raise Invalid({"resolution": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(Resolution.values))]})
    if resolution != Resolution.SPLIT:
        if creator_share_cents is not None:
            raise Invalid({"creatorShareCents": [_("Only a split has a share.")]})
        return
    highest = dispute.amount_cents - 1
    if type(creator_share_cents) is not int or not 1 <= creator_share_cents <= highest:
        raise Invalid({"creatorShareCents": [_("Give a number from 1 to {max}.").format(max=highest)]})


def _lock_for_decision(dispute_id: Any, *, by: Any) -> Case:
    """The case, locked, for somebody who may decide it. Raises NotFound, Forbidden."""
    require(policies.is_judge(by))
    case = lock_case(dispute_id, by=by)
    require(policies.can_judge(by, case.dispute))
    return case


def _as_before(dispute: Dispute, resolution: str, creator_share_cents: int | None, *, by: Any) -> Ruling | None:
    """The answer to somebody who decides once more what is decided already, or proposed by the same person; None when nothing is.

    Raises DisputeAlreadyResolved, DisputeClosed, DecisionWaiting.
    """
    terms = (resolution, creator_share_cents)
    if dispute.status == Dispute.Status.RESOLVED:
        judge_deciding(dispute, None, is_repeated=terms == (dispute.resolution, dispute.creator_share_cents))
        return Ruling(dispute=dispute, resolved_before=True)
    waiting = dispute.decisions.filter(status=Status.PROPOSED).first()
    own = waiting is not None and waiting.decided_by_id == by.pk and terms == (waiting.resolution, waiting.creator_share_cents)
    judge_deciding(dispute, waiting, is_repeated=own)
    return Ruling(dispute=dispute, waits=True) if waiting else None


def _judge(case: Case, verdict: Verdict) -> Verdict:
    """The verdict, when it can be carried out. Raises Invalid, EscrowUnfunded."""
    require_money(case, verdict.resolution)
    check_terms(verdict.resolution, verdict.creator_share_cents, case.dispute)
    return verdict


def _propose(dispute: Dispute, verdict: Verdict, *, by: Any) -> Ruling:
    """The terms wait for a second person; those who may be it know."""
    DisputeDecision.objects.create(
        dispute=dispute,
        resolution=verdict.resolution,
        creator_share_cents=verdict.creator_share_cents,
        note=verdict.note,
        decided_by=by,
    )
    after = {
        "decision": Status.PROPOSED,
        "resolution": verdict.resolution,
        "creatorShareCents": verdict.creator_share_cents,
        "currency": dispute.currency,
    }
    record("DISPUTE_DECISION_PROPOSED", dispute, by=by, after=after, reason=verdict.note)
    seconds = sorted({person for capability in policies.CONFIRMERS for person in staff_ids(capability)} - {by.pk})
    facts = {"amount_cents": dispute.frozen_cents, "currency": dispute.currency}
    notice = steps.desk_notice(dispute, "DISPUTE_SECOND_APPROVAL", facts, people=seconds)
    notify(notice.people, notice.type, job=dispute.job, facts=notice.facts)
    emit(
        events.DisputeDecisionProposed(by_id=by.id, recipient_ids=tuple(seconds), resolution=verdict.resolution, **steps.facts_of(dispute))
    )
    return Ruling(dispute=dispute, waits=True)


def _lock_waiting(dispute: Dispute, *, by: Any) -> DisputeDecision:
    """The decision that waits for a second person, locked, for somebody who may be it.

    Raises Forbidden, DisputeClosed, NoDecisionWaiting, SecondPersonRequired.
    """
    require(policies.can_confirm(by, dispute))
    decision = dispute.decisions.filter(status=Status.PROPOSED).select_for_update(no_key=True).first()
    judge_signing(dispute, decision, by=by)
    assert decision is not None
    return decision


def _sign(decision: DisputeDecision, status: str, *, by: Any) -> None:
    decision.move_to(status)
    decision.judged_by, decision.judged_at = by, clock.now()
    decision.store("status", "judged_by", "judged_at", "comment")
