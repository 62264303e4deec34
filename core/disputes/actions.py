"""What somebody may do now with a dispute, and why not: judged as the verbs judge it, which judge again under their locks."""

from collections.abc import Callable
from typing import Any

from core.base.policy import actions
from core.disputes import judgements, policies
from core.disputes.models import Dispute
from core.disputes.verdicts.models import Appeal, DisputeDecision

Judges = dict[str, Callable[[], object]]


def actions_of(user: Any, dispute: Dispute, *, appeal: Appeal | None, decision: DisputeDecision | None) -> list[dict[str, Any]]:
    """Every action that this kind of person can have here, as `core.base.policy.actions` tells them."""
    if policies.is_party(user, dispute):
        return actions(**_of_party(user, dispute, appeal))
    judges: Judges = {}
    if policies.can_judge(user, dispute):
        judges |= _of_judge(user, dispute, appeal, decision)
    if policies.can_confirm(user, dispute):
        judges |= dict.fromkeys(("CONFIRM", "SEND_BACK"), lambda: judgements.judge_signing(dispute, decision, by=user))
    return actions(**judges)


def _of_party(user: Any, dispute: Dispute, appeal: Appeal | None) -> Judges:
    role = policies.role_of(user, dispute)
    names = ["ADD_MESSAGE"] + (["WITHDRAW"] if user.pk == dispute.opened_by_id else [])
    judges: Judges = dict.fromkeys(names, lambda: judgements.judge_open(dispute))
    return judges | {
        "PROPOSE_SETTLEMENT": lambda: judgements.judge_proposing(dispute, is_waiting=lambda: _has_proposed(dispute, role)),
        "APPEAL": lambda: judgements.judge_appealing(dispute, has_appeal=lambda: appeal is not None),
    }


def _of_judge(user: Any, dispute: Dispute, appeal: Appeal | None, decision: DisputeDecision | None) -> Judges:
    judges: Judges = dict.fromkeys(("ADD_MESSAGE", "ASSIGN"), lambda: judgements.judge_open(dispute))
    return judges | {
        "ASK": lambda: judgements.judge_asking(dispute, is_waiting=lambda: _both_are_asked(dispute)),
        "EXTEND": lambda: judgements.judge_extending(dispute, hours=1),
        "PROPOSE_SETTLEMENT": lambda: judgements.judge_proposing(dispute, is_waiting=lambda: _has_proposed(dispute, "STAFF")),
        "RESOLVE": lambda: judgements.judge_deciding(dispute, decision),
        "DECIDE_APPEAL": lambda: judgements.judge_judging(appeal, by=user),
    }


def _has_proposed(dispute: Any, role: str) -> bool:
    """Whether a proposal of this side waits: the page has read who proposed."""
    return role in dispute.proposers


def _both_are_asked(dispute: Any) -> bool:
    """Whether neither side can be asked now: a question waits for each."""
    return len({asked.party_role for asked in dispute.asked if asked.status == "OPEN"}) == 2
