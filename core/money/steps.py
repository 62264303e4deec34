"""Parts of verbs that move a deal's money. Each takes a locked escrow; none judges who asks."""

from core.base import clock
from core.money import ledger
from core.money.models import Account, Escrow, LedgerEntry
from core.rules.selectors import commission_rule

Type = LedgerEntry.Type


def open_escrow(job, *, creator_id, amount_cents: int) -> Escrow:
    """An unfunded escrow stands for the deal, with the price, the parties and the commission rule frozen."""
    rule = commission_rule(brand_id=job.brand_id, niche=job.niche)
    return Escrow.objects.create(
        job=job,
        brand_id=job.brand_id,
        creator_id=creator_id,
        account=Account.objects.create(kind=Account.Kind.ESCROW, currency=job.currency),
        amount_cents=amount_cents,
        currency=job.currency,
        commission_bps=rule.bps,
        commission_rule=rule,
    )


def release(escrow: Escrow, *, by) -> int:
    """The creator has the amount less commission, the platform has the commission. Returns the creator's share. Raises WrongState."""
    close(escrow, Escrow.Status.RELEASED)
    fee = ledger.commission(escrow.amount_cents, escrow.commission_bps)
    wallet = ledger.wallet(escrow.creator, escrow.currency)
    ledger.lock_accounts(escrow.account, wallet)
    if fee:
        ledger.move(
            type=Type.COMMISSION_TAKEN,
            source=escrow.account,
            target=ledger.platform(Account.Kind.COMMISSION, escrow.currency),
            cents=fee,
            reference=f"ESCROW_COMMISSION:{escrow.id}",
            job_id=escrow.job_id,
            by=by,
        )
    if escrow.amount_cents > fee:
        ledger.move(
            type=Type.ESCROW_RELEASED,
            source=escrow.account,
            target=wallet,
            cents=escrow.amount_cents - fee,
            reference=f"ESCROW_RELEASE:{escrow.id}",
            job_id=escrow.job_id,
            by=by,
        )
    return escrow.amount_cents - fee


def refund(escrow: Escrow, *, by, reason: str = "") -> None:
    """The whole amount is back in the brand's wallet. Raises WrongState."""
    close(escrow, Escrow.Status.REFUNDED)
    ledger.move(
        type=Type.ESCROW_REFUNDED,
        source=escrow.account,
        target=ledger.wallet(escrow.brand, escrow.currency),
        cents=escrow.amount_cents,
        reference=f"ESCROW_REFUND:{escrow.id}",
        job_id=escrow.job_id,
        reason=reason,
        by=by,
    )


def void(escrow: Escrow) -> None:
    """The escrow was never funded and never will be. Raises WrongState."""
    close(escrow, Escrow.Status.VOIDED)


def close(escrow: Escrow, status: str) -> None:
    """The escrow is in a terminal state since now. Raises WrongState."""
    escrow.move_to(status)
    escrow.closed_at = clock.now()
    escrow.store("status", "closed_at")
