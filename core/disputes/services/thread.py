"""What is said in a dispute: by the parties, by staff to both, and by staff among themselves."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.disputes import events, evidence, policies, steps
from core.disputes.judgements import judge_open
from core.disputes.models import Dispute, DisputeMessage, EvidenceLink, InformationRequest, Role
from core.notifications.steps import notify_all
from core.timers import steps as timers
from outbox.post import emit

Kind = DisputeMessage.Kind
Status, Wants = InformationRequest.Status, InformationRequest.Wants
# What answers a question of staff.
ANSWERED_BY = {Kind.MESSAGE: Wants.EXPLANATION, Kind.EVIDENCE_LINK: Wants.EVIDENCE}


@transaction.atomic
def add_message(dispute_id: Any, *, by: Any, kind: str, text: str = "", links: Sequence[str] = ()) -> DisputeMessage:
    """The message, or the evidence, stands in the thread, and whom it is meant for knows. Nothing in the thread ever changes.

    The respondent's first word is the answer to the dispute. A party's message answers the question that staff asked it; one that
    comes too late says so. Staff write ADMIN_NOTE, which both parties read, and INTERNAL_NOTE, which no party does.
    Raises NotFound, Forbidden, Invalid, DisputeClosed.
    """
    _require_kind(kind, by=by)
    said, files = _read(kind, text, links)
    dispute = steps.lock_dispute(dispute_id, by=by)
    require(policies.can_speak(by, dispute, kind=kind))
    judge_open(dispute)

    message = _write(dispute, by=by, kind=kind, text=said, files=files)
    _answer_dispute(dispute, by=by)
    if kind == Kind.INTERNAL_NOTE:
        record("DISPUTE_NOTE_ADDED", dispute, by=by, after={"said": kind})
        return message
    after = {"said": kind, "links": len(files)} | ({"late": True} if message.is_late else {})
    record("DISPUTE_MESSAGE_ADDED", dispute, by=by, after=after)
    _tell(dispute, message, by=by)
    return message


def _require_kind(kind: str, *, by: Any) -> None:
    """Nothing happens for a kind that there is, and that people like this one may write. Raises Invalid, Forbidden."""
    if kind not in Kind.values:
        raise Invalid({"kind": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(Kind.values))]})
    require(kind not in DisputeMessage.STAFF_KINDS or policies.is_desk(by))


def _read(kind: str, text: str, links: Sequence[str]) -> tuple[str, list[EvidenceLink]]:
    """What is to be stored. Raises Invalid."""
    if kind == Kind.EVIDENCE_LINK:
        if text:
            raise Invalid({"text": [_("Evidence has links and no text.")]})
        return "", evidence.read_links(links)
    if links:
        raise Invalid({"links": [_("A message has text and no links.")]})
    return evidence.read_text("text", text), []


def _write(dispute: Dispute, *, by: Any, kind: str, text: str, files: list[EvidenceLink]) -> DisputeMessage:
    """The message with its links; the question that it answers, if there is one, is answered."""
    role = policies.role_of(by, dispute)
    question = None if role == Role.STAFF else _question(dispute, by=by, kind=kind)
    message = DisputeMessage.objects.create(
        dispute=dispute,
        author=by,
        author_role=role,
        kind=kind,
        text=text,
        answers=question,
        is_late=question is not None and _is_late(question),
    )
    if question is not None:
        _close_question(question, late=message.is_late)
    for file in files:
        file.message = message
    EvidenceLink.objects.bulk_create(files)
    return message


def _question(dispute: Dispute, *, by: Any, kind: str) -> InformationRequest | None:
    """The newest question to this party that a message of this kind answers, locked; None when none is left."""
    asked = dispute.requests.filter(party_id=by.pk, wants=ANSWERED_BY[Kind(kind)], status__in=[Status.OPEN, Status.OVERDUE])
    return asked.select_for_update(no_key=True).order_by("-created_at", "-id").first()


def _is_late(question: InformationRequest) -> bool:
    """Whether its time has run out, also when the clock has not come round yet."""
    return question.status == Status.OVERDUE or question.due_at < clock.now()


def _close_question(question: InformationRequest, *, late: bool) -> None:
    """The question has its answer, and its clock stands."""
    question.move_to(Status.ANSWERED_LATE if late else Status.ANSWERED)
    question.answered_at = clock.now()
    question.store("status", "answered_at")
    timers.stop(question.id)


def _answer_dispute(dispute: Dispute, *, by: Any) -> None:
    """With the respondent's first word the dispute is answered."""
    if by.pk != dispute.respondent_id or dispute.answered_at is not None:
        return
    dispute.answered_at = clock.now()
    dispute.store("answered_at")
    timers.stop(dispute.id, kinds=["ANSWER_DISPUTE"])


def _tell(dispute: Dispute, message: DisputeMessage, *, by: Any) -> None:
    """The other side or sides know, and of a party's message also whoever works on the dispute."""
    others = steps.parties(dispute, but=by)
    desk = [] if message.author_role == Role.STAFF else steps.desk(dispute)
    notices = steps.party_notices(dispute, "DISPUTE_MESSAGE_ADDED", sides=others)
    notify_all([*notices, steps.desk_notice(dispute, "DISPUTE_MESSAGE_ADDED_STAFF", people=desk)], job=dispute.job)
    added = events.DisputeMessageAdded(
        by_id=by.id,
        recipient_ids=(*(person for _role, person in others), *desk),
        kind=message.kind,
        author_role=message.author_role,
        **steps.facts_of(dispute),
    )
    emit(added)
