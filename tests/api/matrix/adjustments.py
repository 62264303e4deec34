"""Who may correct a wallet, and who reads how money adds up."""

from typing import Any

from core.money import services
from core.money.adjustments.models import Adjustment
from core.money.adjustments.terms import Terms
from tests.api.matrix import Stage, line, thing

REASON = {"reason": "The deal was another one."}
FINANCE = {"people": 403, "finance": 200, "finance_approver": 200}


def adjustment(stage: Stage, by: Any) -> Adjustment:
    """A present for the owner, drafted by this member of staff."""
    stage.world.wallet_money(stage.owner, 10_000)
    terms = Terms(currency="RUB", amount_cents=5_000, direction="CREDIT", category="GOODWILL", reason="A present")
    return services.draft_adjustment(stage.owner.id, terms=terms, by=by)


@thing
def waiting_adjustment(stage: Stage) -> object:
    """An adjustment that somebody else than the people of the matrix has drafted."""
    return adjustment(stage, stage.world.staff("finance")).id


@thing
def own_adjustment(stage: Stage) -> object:
    """An adjustment that `finance` has drafted."""
    return adjustment(stage, stage.callers["finance"].user).id


def present(stage: Stage) -> dict[str, Any]:
    """What finance may draft."""
    stage.world.wallet_money(stage.owner, 10_000)
    return {"userId": str(stage.owner.id), "amountCents": 5_000, "currency": "RUB", "category": "GOODWILL", "reason": "A present"}


LINES = [
    line("POST /api/admin/finance/adjust", body=present, people=403, finance=201),
    line("GET /api/admin/adjustments", **FINANCE),
    line("GET /api/admin/adjustments/{waiting_adjustment}", **FINANCE),
    line("POST /api/admin/adjustments/{waiting_adjustment}/approve", **FINANCE),
    line("POST /api/admin/adjustments/{waiting_adjustment}/reject", body=REASON, **FINANCE),
    line("POST /api/admin/adjustments/{own_adjustment}/cancel", people=403, finance=200),
    line("GET /api/jobs/{funded_deal}/money", owner=200, brand=404, chosen=200, creator=404, staff=404, finance=200, finance_approver=200),
    line("GET /api/wallet/explain?currency=RUB", brands=200, creators=200, staff=403),
    line("GET /api/payouts/readiness?currency=RUB", creators=200, brands=403, staff=403),
]
