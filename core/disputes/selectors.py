"""Reads of disputes, shaped for lists and for the page of one case."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject, NullIf

from core.base.models import QuerySet
from core.base.policy import require
from core.disputes import policies
from core.disputes.actions import actions_of
from core.disputes.models import OPEN_STATUSES, Dispute, DisputeMessage, EvidenceLink, InformationRequest
from core.disputes.steps import CLOCKS
from core.disputes.verdicts.models import Appeal, DisputeDecision, SettlementProposal
from core.timers.models import Timer
from core.timers.selectors import shown

SHOWN_CLOCKS = (*CLOCKS, "DECIDE_APPEAL")
IS_OPEN = Q(status__in=OPEN_STATUSES)


def dispute_list(*, by: Any) -> QuerySet:
    """The disputes that this person sees, each with `waiting_on`, with what stands still as `frozen_now`, and with `decided`."""
    frozen = Case(When(IS_OPEN, then=F("frozen_cents")), default=Value(0))
    decided = NullIf(F("resolution"), Value(""), output_field=CharField())
    return policies.visible_disputes(by).annotate(waiting_on=waiting_on(), frozen_now=frozen, decided=decided)


def desk_list(*, by: Any) -> QuerySet:
    """The same for the desk: with the next moment when something happens by itself, how much was shown and proposed, and the appeal."""
    clocks = Timer.objects.filter(job_id=OuterRef("job_id"), kind__in=SHOWN_CLOCKS, ended_at=None).order_by("due_at")
    return dispute_list(by=by).annotate(
        next_due_at=Subquery(clocks.values("due_at")[:1]),
        evidence_count=_count(DisputeMessage.objects.filter(kind="EVIDENCE_LINK")),
        settlement_count=_count(SettlementProposal.objects.all()),
        appeal_status=Subquery(Appeal.objects.filter(dispute_id=OuterRef("id")).values("status")),
    )


def waiting_for(disputes: QuerySet, who: str) -> QuerySet:
    """Those of these disputes in which it is this side's turn. Only what is open, or appealed, is looked at more closely."""
    appealed = Appeal.objects.filter(status="OPEN").values("dispute_id")
    return disputes.filter(IS_OPEN | Q(id__in=appealed)).filter(waiting_on=who)


def _count(rows: QuerySet) -> Coalesce:
    """How many of these rows belong to the dispute."""
    counted = rows.filter(dispute_id=OuterRef("id")).order_by().values("dispute_id").annotate(count=Count("id")).values("count")
    return Coalesce(Subquery(counted), 0)


def dispute_page(dispute_id: UUID | str, *, by: Any) -> Any:
    """One of them, with its `timers`, the `asked` questions, its appeal as `appealed`, the `actions` of this person, and for staff
    the decision that waits for a second person as `proposed`. Raises NotFound.
    """
    waiting = SettlementProposal.objects.filter(dispute_id=OuterRef("id"), status="PENDING")
    proposers = ArraySubquery(waiting.values("proposer_role"))
    dispute = dispute_list(by=by).select_related("job", "appeal").annotate(proposers=proposers).find(id=dispute_id)
    dispute.appealed = getattr(dispute, "appeal", None)
    staff = policies.reads_all(by)
    dispute.proposed = dispute.decisions.filter(status=DisputeDecision.Status.PROPOSED).first() if staff and dispute.is_open else None
    dispute.timers = timers_of(dispute)
    dispute.asked = list(dispute.requests.order_by("created_at", "id"))
    dispute.actions = actions_of(by, dispute, appeal=dispute.appealed, decision=dispute.proposed)
    return dispute


def timers_of(dispute: Dispute) -> list[dict[str, Any]]:
    """The running clocks of the dispute, the next one first. Those of its deal stand on the job."""
    running = Timer.objects.filter(job_id=dispute.job_id, kind__in=SHOWN_CLOCKS, ended_at=None)
    return [shown(timer) for timer in running.order_by("due_at", "id")]


def message_list(dispute_id: UUID | str, *, by: Any) -> QuerySet:
    """What was said, each message with its `files`; internal notes for staff alone. Raises NotFound, Forbidden."""
    dispute = policies.visible_disputes(by).only("id", "opened_by_id", "respondent_id").find(id=dispute_id)
    require(policies.can_read_thread(by, dispute))
    links = EvidenceLink.objects.filter(message_id=OuterRef("id")).order_by("position")
    return policies.visible_messages(by, dispute).annotate(files=ArraySubquery(links.values(file=JSONObject(url="url", host="host"))))


def settlement_list(dispute_id: UUID | str, *, by: Any) -> QuerySet:
    """Every proposal that was made in the dispute. Raises NotFound."""
    dispute = policies.visible_disputes(by).only("id").find(id=dispute_id)
    return policies.visible_settlements(by).filter(dispute_id=dispute.id)


def waiting_on() -> Case:
    """Who has to act: BRAND, CREATOR, BOTH or STAFF; nobody when the dispute is over.

    A side has to act while it has not answered the dispute, a question or a proposal. A decision that waits for its second
    person, and whatever waits for none of the sides, is ours.
    """
    decided = Exists(DisputeDecision.objects.filter(dispute_id=OuterRef("id"), status="PROPOSED"))
    appealed = Exists(Appeal.objects.filter(dispute_id=OuterRef("id"), status="OPEN"))
    brand, creator = _waits_for("BRAND"), _waits_for("CREATOR")
    return Case(
        When(appealed, then=Value("STAFF")),
        When(~IS_OPEN, then=Value(None)),
        When(decided, then=Value("STAFF")),
        When(brand & creator, then=Value("BOTH")),
        When(brand, then=Value("BRAND")),
        When(creator, then=Value("CREATOR")),
        default=Value("STAFF"),
        output_field=CharField(null=True),
    )


def _waits_for(role: str) -> Q:
    """Whether an open dispute waits for this side."""
    agreed = {"BRAND": "brand_accepted_at", "CREATOR": "creator_accepted_at"}[role]
    asked = InformationRequest.objects.filter(dispute_id=OuterRef("id"), party_role=role, status="OPEN")
    proposed = SettlementProposal.objects.filter(dispute_id=OuterRef("id"), status="PENDING", **{agreed: None})
    return Q(Q(answered_at=None) & ~Q(opener_role=role)) | Q(Exists(asked)) | Q(Exists(proposed))
