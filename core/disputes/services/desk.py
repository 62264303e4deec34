"""What staff do with a dispute before it is decided: take it, ask, and give more time."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.disputes import events, evidence, policies, steps
from core.disputes.judgements import judge_asking, judge_extending, judge_open
from core.disputes.models import Dispute, InformationRequest, Role
from core.notifications.steps import Notice, notify, notify_all
from core.people.models import User
from core.timers import steps as timers
from core.timers.kinds import length
from outbox.post import emit

HOURS_MAX = 168  # of one extension, and of one question


@transaction.atomic
def assign_dispute(dispute_id: Any, *, by: Any, assignee_id: Any = None) -> Dispute:
    """The moderator who calls, or the one who is named, works on the dispute, and knows it. Whoever had it before has it no more.

    Raises NotFound, Forbidden, DisputeClosed, Invalid.
    """
    dispute = steps.lock_dispute(dispute_id, by=by)
    require(policies.can_judge(by, dispute))
    judge_open(dispute)
    assignee = by if assignee_id in (None, by.pk) else _moderator(assignee_id)
    if dispute.assignee_id == assignee.pk:
        return dispute

    before = {"status": dispute.status, "assigneeId": str(dispute.assignee_id) if dispute.assignee_id else None}
    dispute.assignee = assignee
    if dispute.status == Dispute.Status.OPEN:
        dispute.move_to(Dispute.Status.UNDER_REVIEW)
    dispute.store("status", "assignee")

    record("DISPUTE_ASSIGNED", dispute, by=by, before=before, after={"status": dispute.status, "assigneeId": str(assignee.pk)})
    if assignee.pk != by.pk:
        notice = steps.desk_notice(dispute, "DISPUTE_ASSIGNED", people=[assignee.pk])
        notify(notice.people, notice.type, job=dispute.job, facts=notice.facts)
    emit(events.DisputeAssigned(by_id=by.id, recipient_ids=(assignee.pk,), assignee_id=assignee.pk, **steps.facts_of(dispute)))
    return dispute


@transaction.atomic
def ask_for_information(dispute_id: Any, *, by: Any, party: str, wants: str, question: str, hours: int | None = None) -> InformationRequest:
    """One side has a question to answer until a moment that both see: `hours` from now, or as long as the setting says.

    Raises NotFound, Forbidden, Invalid, DisputeClosed, RequestWaiting.
    """
    said = _read_question(party, wants, question, hours)
    dispute = steps.lock_dispute(dispute_id, by=by)
    require(policies.can_judge(by, dispute))
    waiting = dispute.requests.filter(party_role=party, status=InformationRequest.Status.OPEN)
    judge_asking(dispute, is_waiting=waiting.exists)

    due_at = clock.now() + (timedelta(hours=hours) if hours else length("ANSWER_REQUEST"))
    asked = InformationRequest.objects.create(
        dispute=dispute,
        asked_by=by,
        party_id=dispute.brand_id if party == Role.BRAND else dispute.creator_id,
        party_role=party,
        wants=wants,
        question=said,
        due_at=due_at,
    )
    timers.start(timers.Start("ANSWER_REQUEST", asked.id, dispute.job_id, due_at))
    record("DISPUTE_INFORMATION_REQUESTED", dispute, by=by, after={"party": party, "wants": wants, "dueAt": due_at.isoformat()})
    sides = [(role, person) for role, person in steps.parties(dispute) if role == party]
    facts = {"due_at": due_at.isoformat()}
    notify_all(steps.party_notices(dispute, "DISPUTE_INFORMATION_REQUESTED", facts, sides=sides), job=dispute.job)
    requested = events.DisputeInformationRequested(
        by_id=by.id, recipient_ids=(asked.party_id,), request_id=asked.id, party_role=party, due_at=due_at, **steps.facts_of(dispute)
    )
    emit(requested)
    return asked


@transaction.atomic
def extend_dispute(dispute_id: Any, *, by: Any, hours: int, reason: str) -> Dispute:
    """Every clock of the dispute runs so much longer, for both sides alike, and both know why.

    Raises NotFound, Forbidden, Invalid, DisputeClosed, ExtensionTooLong.
    """
    said = evidence.read_text("reason", reason)
    _check_hours("hours", hours)
    dispute = steps.lock_dispute(dispute_id, by=by)
    require(policies.can_judge(by, dispute))
    judge_extending(dispute, hours=hours)

    longer = timedelta(hours=hours)
    before = dispute.extended_hours
    dispute.extended_hours += hours
    dispute.store("extended_hours")
    asked = InformationRequest.objects.filter(dispute_id=dispute.id, status=InformationRequest.Status.OPEN)
    asked.update(due_at=F("due_at") + longer, updated_at=clock.now())
    timers.postpone(dispute.job_id, kinds=steps.CLOCKS, by=longer)

    after = {"extendedHours": dispute.extended_hours}
    record("DISPUTE_EXTENDED", dispute, by=by, before={"extendedHours": before}, after=after, reason=said)
    sides = steps.parties(dispute)
    notices: list[Notice] = steps.party_notices(dispute, "DISPUTE_EXTENDED", {"hours": hours, "reason": said}, sides=sides)
    notify_all(notices, job=dispute.job)
    people = tuple(person for _role, person in sides)
    emit(events.DisputeExtended(by_id=by.id, recipient_ids=people, hours=hours, **steps.facts_of(dispute)))
    return dispute


def _moderator(person_id: Any) -> User:
    """The moderator on duty with this id. Raises Invalid."""
    found = User.objects.on_duty("moderator").filter(id=person_id).first()
    if found is None:
        raise Invalid({"assigneeId": [_("There is no such moderator on duty.")]})
    return found


def _read_question(party: str, wants: str, question: str, hours: int | None) -> str:
    """The question, trimmed. Raises Invalid."""
    if party not in (Role.BRAND, Role.CREATOR):
        raise Invalid({"party": [_("Unknown value. Choose one of: {allowed}.").format(allowed="BRAND, CREATOR")]})
    if wants not in InformationRequest.Wants.values:
        allowed = ", ".join(InformationRequest.Wants.values)
        raise Invalid({"wants": [_("Unknown value. Choose one of: {allowed}.").format(allowed=allowed)]})
    if hours is not None:
        _check_hours("hours", hours)
    return evidence.read_text("question", question)


def _check_hours(name: str, hours: int) -> None:
    if type(hours) is not int or not 1 <= hours <= HOURS_MAX:
        raise Invalid({name: [_("Give a number from 1 to {max}.").format(max=HOURS_MAX)]})
