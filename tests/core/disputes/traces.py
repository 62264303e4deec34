"""What a dispute leaves behind, and how to see that it left nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.chat.models import Message
from core.disputes.models import Dispute, DisputeMessage, EvidenceLink, InformationRequest
from core.disputes.verdicts.models import Appeal, DisputeDecision, SettlementProposal
from core.jobs.models import Job
from core.money.adjustments.models import Adjustment
from core.money.models import Account
from core.timers.models import Timer
from tests.core.deals import traces

ROWS = (DisputeMessage, InformationRequest, SettlementProposal, DisputeDecision, Appeal)


def picture(job: Job) -> dict[str, Any]:
    """Every row that a verb of a dispute about this job may touch."""
    disputes = Dispute.objects.filter(job=job)
    return traces.picture(job) | {
        "disputes": list(disputes.order_by("id").values()),
        "timers": list(Timer.objects.filter(job=job).order_by("id").values()),
        "chat": list(Message.objects.filter(conversation__job=job).order_by("number").values()),
        "links": list(EvidenceLink.objects.filter(message__dispute__job=job).order_by("id").values()),
        "adjustments": list(Adjustment.objects.filter(job=job).order_by("id").values()),
        **{model.__name__: list(model.objects.filter(dispute__job=job).order_by("id").values()) for model in ROWS},
    }


@contextmanager
def nothing_happens(job: Job) -> Iterator[None]:
    """After the block everything about the dispute and its deal is as it was before."""
    before = picture(job)
    yield
    assert picture(job) == before


def wallet(owner: Any) -> int:
    """What this person has in roubles."""
    return Account.objects.get(owner=owner, currency="RUB").balance_cents


def clocks(job: Job) -> dict[str, bool]:
    """The running clocks that have to do with this job, and whether they stand still."""
    running = Timer.objects.filter(job=job, ended_at=None)
    return {timer.kind: timer.paused_at is not None for timer in running}
