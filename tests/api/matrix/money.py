"""Who may do what with money."""

from typing import Any

from django.test import override_settings

from core.jobs.models import Job
from core.money import services
from core.money.models import Payout
from tests.api.matrix import Stage, line, thing

AMOUNT = {"amountCents": 50_000, "currency": "RUB"}
REASON = {"reason": "The account holder is somebody else."}
PAYOUT_CENTS = 20_000


def deal(stage: Stage) -> Job:
    """A deal of the owner with `chosen`, its money in the escrow."""
    return stage.world.deal(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen)


def earned(stage: Stage) -> None:
    """`chosen` has a confirmed address, and has been paid for a deal."""
    stage.world.confirmed(stage.chosen)
    stage.world.completed_deal(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen)


@thing
def unfunded_deal(stage: Stage) -> object:
    """A deal whose escrow is not funded."""
    return stage.world.accepted_job(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen).id


@thing
def funded_deal(stage: Stage) -> object:
    """A deal whose escrow is funded."""
    return deal(stage).id


@thing
def waiting_top_up(stage: Stage) -> object:
    """A top-up of the owner that waits for a bank transfer."""
    with override_settings(PAYMENT_PROVIDER="manual"):
        return services.request_top_up(by=stage.owner, amount_cents=50_000, currency="RUB").id


@thing
def payout_method(stage: Stage) -> object:
    """A destination of `chosen`."""
    return stage.world.payout_method(stage.chosen).id


def asked(stage: Stage) -> dict[str, Any]:
    """What `chosen` may ask for."""
    earned(stage)
    return {"amountCents": PAYOUT_CENTS, "currency": "RUB", "payoutMethodId": str(stage.world.payout_method(stage.chosen).id)}


def payout(stage: Stage) -> dict[str, Any]:
    """What the world needs to know to make a payout of `chosen`."""
    earned(stage)
    return {"creator": stage.chosen, "amount_cents": PAYOUT_CENTS}


@thing
def pending_payout(stage: Stage) -> object:
    """A payout that waits for finance."""
    return stage.world.payout(**payout(stage)).id


@thing
def approved_payout(stage: Stage) -> object:
    """A payout that may be sent."""
    return stage.world.approved_payout(**payout(stage)).id


@thing
def sent_payout(stage: Stage) -> object:
    """A payout whose order the bank has."""
    return stage.world.sent_payout(**payout(stage)).id


@thing
def paid_payout(stage: Stage) -> object:
    """A payout that was paid."""
    paid: Payout = stage.world.paid_payout(**payout(stage))
    return paid.id


BRAND_ONLY = {"creators": 403, "staff": 403}
CREATOR_ONLY = {"brands": 403, "staff": 403}
FINANCE_ONLY = {"people": 403, "finance": 200}
FINANCE_READS = {"people": 403, "finance": 200, "finance_approver": 200}
APPROVER_CHANGES = {"people": 403, "finance_approver": 201}
RULE = {"scope": "NICHE", "niche": "FOOD", "bps": 1200, "note": "Spring campaign."}
LIMIT = {"key": "PAYOUT_MIN", "currency": "RUB", "value": 50_000, "note": "The bank's fee has risen."}

LINES = [
    line("POST /api/escrow/{unfunded_deal}/fund", owner=200, brand=404, **BRAND_ONLY),
    line("GET /api/escrow/{funded_deal}", owner=200, brand=404, chosen=200, creator=404, staff=404, finance=200, finance_approver=200),
    line("GET /api/escrows", brands=200, creators=200, staff=403),
    line("GET /api/wallet", brands=200, creators=200, staff=403),
    line("GET /api/wallet/entries", brands=200, creators=200, staff=403),
    line("GET /api/wallet/topups", brands=200, **BRAND_ONLY),
    line("POST /api/wallet/topups", body=AMOUNT, brands=201, **BRAND_ONLY),
    line("POST /api/wallet/topups/{waiting_top_up}/cancel", owner=200, brand=404, **BRAND_ONLY),
    line("GET /api/payouts", creators=200, **CREATOR_ONLY),
    line("POST /api/payouts/request", body=asked, chosen=201, creator=409, **CREATOR_ONLY),
    line("GET /api/payouts/{pending_payout}", chosen=200, creator=404, **CREATOR_ONLY),
    line("POST /api/payouts/{pending_payout}/cancel", chosen=200, creator=404, **CREATOR_ONLY),
    line("GET /api/payouts/methods", creators=200, **CREATOR_ONLY),
    line("POST /api/payouts/methods", body={"kind": "SBP", "details": "+79990001122"}, creators=201, **CREATOR_ONLY),
    line("DELETE /api/payouts/methods/{payout_method}", chosen=200, creator=404, **CREATOR_ONLY),
    line("GET /api/admin/topups", **FINANCE_READS),
    # The first signature is finance's; an approver alone gives only the second.
    line("POST /api/admin/topups/{waiting_top_up}/confirm", body={"bankReference": "PP-2031"}, **FINANCE_ONLY),
    line("POST /api/admin/topups/{waiting_top_up}/reject", body=REASON, **FINANCE_ONLY),
    line("GET /api/admin/payouts", **FINANCE_READS),
    line("GET /api/admin/payouts/{pending_payout}", **FINANCE_READS),
    line("POST /api/admin/payouts/{pending_payout}/approve", **FINANCE_ONLY),
    line("POST /api/admin/payouts/{pending_payout}/reject", body=REASON, **FINANCE_ONLY),
    line("POST /api/admin/payouts/{approved_payout}/send", **FINANCE_ONLY),
    line("POST /api/admin/payouts/{sent_payout}/paid", body={"bankReference": "PP-2031"}, **FINANCE_ONLY),
    line("POST /api/admin/payouts/{sent_payout}/failed", body=REASON, **FINANCE_ONLY),
    line("POST /api/admin/payouts/{paid_payout}/returned", body=REASON, **FINANCE_ONLY),
    line("GET /api/admin/ledger?from=2020-01-01T00:00:00Z", **FINANCE_READS),
    line("GET /api/admin/escrows", **FINANCE_READS),
    line("GET /api/admin/accounts", **FINANCE_READS),
    line("GET /api/admin/commission-rules", **FINANCE_READS),
    line("POST /api/admin/commission-rules", body=RULE, **APPROVER_CHANGES),
    line("GET /api/admin/limits", **FINANCE_READS),
    line("POST /api/admin/limits", body=LIMIT, **APPROVER_CHANGES),
]
