"""Disputes upon disputes, and one of them without end."""

from typing import Any

from core.base import clock
from core.disputes.models import Dispute, DisputeMessage, EvidenceLink
from core.disputes.verdicts.models import SettlementProposal
from tests.api.matrix.disputes import long_dispute
from tests.perf.growth import grows


@grows("GET /api/disputes", "GET /api/admin/disputes")
def withdrawn_disputes(stage: Any, count: int) -> None:
    """Disputes that were opened and withdrawn, again and again."""
    first = Dispute.objects.get(id=long_dispute(stage))
    same = ("job_id", "opened_by_id", "opener_role", "respondent_id", "reason", "amount_cents", "frozen_cents", "currency", "on_silence")
    terms = {name: getattr(first, name) for name in same}
    Dispute.objects.bulk_create(Dispute(**terms, status="WITHDRAWN", withdrawn_at=clock.now()) for _ in range(count))


@grows("GET /api/disputes/{pk}/messages")
def a_long_thread(stage: Any, count: int) -> None:
    dispute_id = long_dispute(stage)
    said = DisputeMessage.objects.bulk_create(
        DisputeMessage(dispute_id=dispute_id, author=stage.owner, author_role="BRAND", kind="EVIDENCE_LINK") for _ in range(count)
    )
    EvidenceLink.objects.bulk_create(
        EvidenceLink(message=message, position=0, url="https://yadi.sk/i/1", host="yadi.sk") for message in said
    )


@grows("GET /api/disputes/{pk}/settlements")
def many_proposals(stage: Any, count: int) -> None:
    dispute_id = long_dispute(stage)
    SettlementProposal.objects.bulk_create(
        SettlementProposal(
            dispute_id=dispute_id,
            proposed_by=stage.owner,
            proposer_role="BRAND",
            creator_share_cents=1_000,
            status="WITHDRAWN",
            closed_at=clock.now(),
        )
        for _ in range(count)
    )
