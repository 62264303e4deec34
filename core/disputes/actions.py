"""What somebody may do now with a dispute, and why not: what a client draws its buttons from. The verbs judge again."""

from collections.abc import Callable
from typing import Any

from core.base import clock
from core.disputes import policies
from core.disputes.errors import AppealDecided, AppealExists, AppealTooLate, DisputeClosed, NoAppeal, NoDecisionWaiting, NotAppealable
from core.disputes.errors import DecisionWaiting as Waiting
from core.disputes.errors import OwnDecision as Own
from core.disputes.models import Dispute
from core.disputes.verdicts.appeals import appeal_until, moved_money
from core.disputes.verdicts.models import Appeal, DisputeDecision
from core.money.errors import SecondPersonRequired

# The reason why an action is not possible now, or None when it is.
Why = Callable[[Any, Dispute, Appeal | None, DisputeDecision | None], str | None]


def actions_of(user: Any, dispute: Dispute, *, appeal: Appeal | None, decision: DisputeDecision | None) -> list[dict[str, Any]]:
    """Every action that this kind of person can have here: `{name, allowed, reason_code}`."""
    names: list[str] = []
    if policies.is_party(user, dispute):
        names = ["ADD_MESSAGE", "PROPOSE_SETTLEMENT", "APPEAL"]
        if user.pk == dispute.opened_by_id:
            names.insert(1, "WITHDRAW")
    elif policies.can_judge(user, dispute):
        names = ["ADD_MESSAGE", "ASSIGN", "ASK", "EXTEND", "PROPOSE_SETTLEMENT", "RESOLVE", "CONFIRM", "SEND_BACK", "DECIDE_APPEAL"]
    elif policies.can_confirm(user, dispute):
        names = ["CONFIRM", "SEND_BACK"]
    whys = {name: WHY.get(name, _closed)(user, dispute, appeal, decision) for name in names}
    return [{"name": name, "allowed": why is None, "reason_code": why} for name, why in whys.items()]


def _closed(user: Any, dispute: Dispute, appeal: Appeal | None, decision: DisputeDecision | None) -> str | None:
    return None if dispute.is_open else DisputeClosed.reason


def _resolve(user: Any, dispute: Dispute, appeal: Appeal | None, decision: DisputeDecision | None) -> str | None:
    return Waiting.reason if decision is not None else _closed(user, dispute, appeal, decision)


def _confirm(user: Any, dispute: Dispute, appeal: Appeal | None, decision: DisputeDecision | None) -> str | None:
    if not dispute.is_open:
        return DisputeClosed.reason
    if decision is None:
        return NoDecisionWaiting.reason
    return SecondPersonRequired.reason if decision.decided_by_id == user.pk else None


def _appeal(user: Any, dispute: Dispute, appeal: Appeal | None, decision: DisputeDecision | None) -> str | None:
    if not moved_money(dispute):
        return NotAppealable.reason
    if appeal is not None:
        return AppealExists.reason
    return AppealTooLate.reason if clock.now() > appeal_until(dispute) else None


def _decide_appeal(user: Any, dispute: Dispute, appeal: Appeal | None, decision: DisputeDecision | None) -> str | None:
    if appeal is None:
        return NoAppeal.reason
    if appeal.status != Appeal.Status.OPEN:
        return AppealDecided.reason
    return Own.reason if user.pk in (appeal.decided_by_id, appeal.confirmed_by_id) else None


WHY: dict[str, Why] = {
    "RESOLVE": _resolve,
    "CONFIRM": _confirm,
    "SEND_BACK": _confirm,
    "APPEAL": _appeal,
    "DECIDE_APPEAL": _decide_appeal,
}
