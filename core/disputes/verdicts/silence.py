"""Nobody acts, and time decides."""

from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.deals.steps import caused_by
from core.disputes import steps
from core.disputes.models import Dispute, InformationRequest, Resolution
from core.disputes.verdicts.steps import Ruling, Through, Verdict, carry_out
from core.timers.policies import is_clock
from core.timers.steps import fire


@transaction.atomic
def decide_unanswered_by_timer(dispute_id: Any, *, by: Any) -> Ruling | None:
    """The respondent said nothing: the dispute is decided as was stated when it opened. None when somebody acted first."""
    return _decide(dispute_id, "ANSWER_DISPUTE", Through.SILENCE, by=by)


@transaction.atomic
def lapse_dispute_by_timer(dispute_id: Any, *, by: Any) -> Ruling | None:
    """Nobody decided: the dispute is over without a decision, and the deal goes on. None when somebody acted first."""
    return _decide(dispute_id, "DECIDE_DISPUTE", Through.LAPSE, by=by)


@transaction.atomic
def lapse_request_by_timer(request_id: Any, *, by: Any) -> InformationRequest | None:
    """A question of staff was not answered in time, which everybody sees. None when somebody acted first. Raises Forbidden."""
    require(is_clock(by))
    found = InformationRequest.objects.find(id=request_id)
    dispute = Dispute.objects.lock(id=found.dispute_id)
    asked = InformationRequest.objects.lock(id=request_id)
    fired = fire(asked.id, "ANSWER_REQUEST")
    if fired is None:
        return None
    asked.move_to(InformationRequest.Status.OVERDUE)
    asked.store("status")
    before, after = {"request": "OPEN"}, {"request": asked.status, "party": asked.party_role}
    record("DISPUTE_REQUEST_OVERDUE", dispute, by=by, before=before, after=after | caused_by(fired))
    return asked


def _decide(dispute_id: Any, clock: str, through: str, *, by: Any) -> Ruling | None:
    require(is_clock(by))
    found = Dispute.objects.find(id=dispute_id)
    case = steps.lock_whole(found.id, found.job_id)
    fired = fire(case.dispute.id, clock)
    if fired is None:
        return None
    resolution = case.dispute.on_silence if through == Through.SILENCE else Resolution.NO_ACTION
    return carry_out(case, Verdict(resolution=resolution, through=through, decided_by_id=by.pk, fired=fired), by=by)
