"""More money rows than anybody reads. They are never committed, so the books need not agree."""

from typing import Any

from core.base.ids import uuid7
from core.money import ledger
from core.money.models import Account, Escrow, LedgerEntry, Payout, PayoutMethod, TopUp
from core.rules.models import CommissionRule, Limit
from tests.perf.growth import grows
from tests.perf.growth.jobs import jobs


def accounts(kind: str, count: int) -> list[Account]:
    """So many accounts for something."""
    return Account.objects.bulk_create(Account(kind=kind, currency="RUB") for _ in range(count))


@grows("GET /api/escrows", "GET /api/admin/escrows")
def voided_escrows(stage: Any, count: int) -> None:
    rule = CommissionRule.objects.earliest("created_at")
    made = jobs(stage.owner, count, status="CANCELED", moderation_status="APPROVED")
    Escrow.objects.bulk_create(
        Escrow(
            job=job,
            brand=stage.owner,
            creator=stage.chosen,
            account=account,
            amount_cents=10_000,
            currency="RUB",
            commission_bps=1_500,
            commission_rule=rule,
            status="VOIDED",
            closed_at=job.created_at,
        )
        for job, account in zip(made, accounts("ESCROW", count), strict=True)
    )


@grows("GET /api/wallet/entries", "GET /api/admin/ledger")
def movements(stage: Any, count: int) -> None:
    bank, wallet = ledger.platform("EXTERNAL", "RUB"), ledger.lock_wallet("BRAND", stage.owner.id, "RUB")
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            type="BRAND_TOPUP",
            reference=f"BRAND_TOPUP:{uuid7()}",
            from_account=bank,
            to_account=wallet,
            currency="RUB",
            amount_cents=100,
            actor=stage.finance,
        )
        for _ in range(count)
    )


@grows("GET /api/admin/accounts")
def many_accounts(stage: Any, count: int) -> None:
    accounts("ESCROW", count)


@grows("GET /api/wallet/topups", "GET /api/admin/topups")
def top_ups(stage: Any, count: int) -> None:
    TopUp.objects.bulk_create(TopUp(brand=stage.owner, amount_cents=100, currency="RUB", provider="manual") for _ in range(count))


def methods(stage: Any, count: int) -> list[PayoutMethod]:
    """So many destinations of both creators."""
    return PayoutMethod.objects.bulk_create(
        PayoutMethod(creator=creator, kind="OTHER", sealed_details="", masked="•••• 11", fingerprint=str(uuid7()))
        for creator in (stage.chosen, stage.creator)
        for _ in range(count)
    )


@grows("GET /api/payouts/methods")
def destinations(stage: Any, count: int) -> None:
    methods(stage, count)


@grows("GET /api/payouts", "GET /api/admin/payouts")
def payouts(stage: Any, count: int) -> None:
    method = methods(stage, 1)[0]
    Payout.objects.bulk_create(
        Payout(creator=stage.chosen, method=method, hold_account=account, amount_cents=100, currency="RUB", status="CANCELED")
        for account in accounts("PAYOUT_HOLD", count)
    )


@grows("GET /api/admin/commission-rules")
def commission_rules(stage: Any, count: int) -> None:
    CommissionRule.objects.bulk_create(
        CommissionRule(scope="DEFAULT", bps=place, created_by=stage.finance_approver) for place in range(count)
    )


@grows("GET /api/admin/limits")
def limits(stage: Any, count: int) -> None:
    Limit.objects.bulk_create(Limit(key="PAYOUT_MIN", value=place + 1, created_by=stage.finance_approver) for place in range(count))
