"""Who is reminded, before a clock of a dispute runs out, and where they can act."""

from uuid import UUID

from core.disputes.models import Dispute, InformationRequest, Role
from core.disputes.steps import desk, place_of
from core.disputes.verdicts.models import Appeal, SettlementProposal
from core.people.selectors import staff_ids
from core.timers.models import Timer
from core.timers.reminders import Reminder

DESK = "backoffice/core/dispute/"


def answer_dispute(timer: Timer) -> Reminder:
    """The respondent, before the dispute is decided as its opener asks."""
    dispute = _dispute(timer.subject_id)
    return _to_party(dispute, dispute.respondent_role, dispute.respondent_id)


def decide_dispute(timer: Timer) -> Reminder:
    """Whoever works on the dispute, before it lapses."""
    dispute = _dispute(timer.subject_id)
    return Reminder(tuple(desk(dispute)), DESK, dispute.job.title)


def answer_request(timer: Timer) -> Reminder:
    """The party that was asked, before its answer counts as late."""
    asked = InformationRequest.objects.get(id=timer.subject_id)
    return _to_party(_dispute(asked.dispute_id), asked.party_role, asked.party_id)


def answer_settlement(timer: Timer) -> Reminder:
    """Whoever has not agreed yet, before the proposal expires."""
    proposal = SettlementProposal.objects.get(id=timer.subject_id)
    dispute = _dispute(proposal.dispute_id)
    if proposal.brand_accepted_at is None and proposal.creator_accepted_at is None:
        return Reminder((dispute.brand_id, dispute.creator_id), f"jobs/{dispute.job_id}", dispute.job.title)
    if proposal.brand_accepted_at is None:
        return _to_party(dispute, Role.BRAND, dispute.brand_id)
    return _to_party(dispute, Role.CREATOR, dispute.creator_id)


def decide_appeal(timer: Timer) -> Reminder:
    """The moderators who had no part in the decision, before it stands for good."""
    appeal = Appeal.objects.get(id=timer.subject_id)
    judges = tuple(person for person in staff_ids("moderator") if person not in (appeal.decided_by_id, appeal.confirmed_by_id))
    return Reminder(judges, DESK, _dispute(appeal.dispute_id).job.title)


def _dispute(dispute_id: UUID) -> Dispute:
    return Dispute.objects.select_related("job").get(id=dispute_id)


def _to_party(dispute: Dispute, role: str, person: UUID) -> Reminder:
    return Reminder((person,), place_of(dispute, role), dispute.job.title)
