"""Parts of verbs that move money. Each takes locked rows; none judges who asks."""

import dataclasses
from typing import Any

from core.audit.steps import record
from core.base import clock
from core.money import checks, events, ledger
from core.money.adjustments.steps import draft_adjustment
from core.money.arithmetic import commission
from core.money.models import Account, Escrow, LedgerEntry, Payout, TopUp
from core.notifications.steps import Notice
from core.people.models import SYSTEM_USER_ID, User
from core.rules.selectors import commission_rule
from outbox.events import Event
from outbox.post import emit

__all__ = [
    "Movement",
    "close",
    "draft_adjustment",
    "fund",
    "open_escrow",
    "price",
    "receive",
    "refund",
    "release",
    "settle",
    "split",
    "system",
    "tell_payout",
    "tell_top_up",
    "top_up_at_once",
    "void",
]

Type = LedgerEntry.Type
Kind = Account.Kind


# Escrow


def open_escrow(job, *, creator_id, amount_cents: int) -> Escrow:
    """An unfunded escrow stands for the deal, with the price, the parties and the commission rule frozen.

    The creator's wallet is opened too, so that the release finds it.
    """
    rule = commission_rule(brand_id=job.brand_id, niche=job.niche)
    Account.objects.bulk_create([Account(owner_id=creator_id, kind=Kind.CREATOR, currency=job.currency)], ignore_conflicts=True)
    return Escrow.objects.create(
        job=job,
        brand_id=job.brand_id,
        creator_id=creator_id,
        account=Account.objects.create(kind=Kind.ESCROW, currency=job.currency),
        amount_cents=amount_cents,
        currency=job.currency,
        commission_bps=rule.bps,
        commission_rule=rule,
    )


def fund(escrow: Escrow, *, account: Account, wallet: Account, by) -> None:
    """The whole amount is in the escrow. Raises WrongState, NotEnoughMoney."""
    escrow.move_to(Escrow.Status.FUNDED)
    escrow.funded_at = clock.now()
    escrow.store("status", "funded_at")
    ledger.move(
        type=Type.ESCROW_FUNDED,
        source=wallet,
        target=account,
        cents=escrow.amount_cents,
        reference=f"ESCROW_FUND:{escrow.id}",
        job_id=escrow.job_id,
        by=by,
    )


@dataclasses.dataclass(frozen=True)
class Movement:
    """Money that has left an escrow: how much its new owner got, and what the verb has to tell together with the rest."""

    cents: int
    notice: Notice
    event: Event


def release(escrow: Escrow, *, by, source: str = "APPROVAL") -> Movement:
    """The creator has the amount less commission, the platform has the commission.

    `source` says what caused it. Returns the creator's share and what is to be told. Raises WrongState.
    """
    close(escrow, Escrow.Status.RELEASED)
    account, wallet = ledger.lock_with_wallet(escrow.account_id, Kind.CREATOR, escrow.creator_id, escrow.currency)
    return pay_creator(escrow, escrow.amount_cents, account=account, wallet=wallet, by=by, source=source)


def refund(escrow: Escrow, *, by, reason: str = "", source: str = "CANCEL") -> Movement:
    """The whole amount is back in the brand's wallet. Returns it and what is to be told. Raises WrongState."""
    close(escrow, Escrow.Status.REFUNDED)
    account, wallet = ledger.lock_with_wallet(escrow.account_id, Kind.BRAND, escrow.brand_id, escrow.currency)
    return pay_brand(escrow, escrow.amount_cents, account=account, wallet=wallet, by=by, source=source, reason=reason)


def split(escrow: Escrow, *, creator_share_cents: int, by, source: str) -> tuple[Movement, Movement]:
    """The creator has this share less commission, the platform the commission on it, the brand has the rest.

    Both parts are more than nothing: a share of all is a release, of nothing a refund. Returns the creator's movement, then the
    brand's, with what is to be told. Raises Invalid, WrongState.
    """
    checks.check_share(creator_share_cents, escrow)
    escrow.creator_share_cents = creator_share_cents
    close(escrow, Escrow.Status.SPLIT)
    account, brand, creator = ledger.lock_parties(
        escrow.account_id, brand_id=escrow.brand_id, creator_id=escrow.creator_id, currency=escrow.currency
    )
    paid = pay_creator(escrow, creator_share_cents, account=account, wallet=creator, by=by, source=source)
    rest = escrow.amount_cents - creator_share_cents
    return paid, pay_brand(escrow, rest, account=account, wallet=brand, by=by, source=source)


def pay_creator(escrow: Escrow, cents: int, *, account: Account, wallet: Account, by, source: str) -> Movement:
    """So much of the escrow has gone to the creator's wallet and, as commission, to the platform."""
    fee = commission(cents, escrow.commission_bps)
    net = cents - fee
    shares = (
        (Type.COMMISSION_TAKEN, ledger.platform(Kind.COMMISSION, escrow.currency), fee, "ESCROW_COMMISSION"),
        (Type.ESCROW_RELEASED, wallet, net, "ESCROW_RELEASE"),
    )
    for kind, target, share, fact in shares:
        if share:
            reference = f"{fact}:{escrow.id}"
            ledger.move(type=kind, source=account, target=target, cents=share, reference=reference, job_id=escrow.job_id, by=by)
    event = events.EscrowReleased(
        by_id=by.id,
        recipient_ids=(escrow.creator_id,),
        job_id=escrow.job_id,
        escrow_id=escrow.id,
        creator_id=escrow.creator_id,
        amount_cents=net,
        commission_cents=fee,
        currency=escrow.currency,
        source=source,
    )
    return Movement(net, Notice([escrow.creator_id], "ESCROW_RELEASED", price(escrow) | {"amount_cents": net}), event)


def pay_brand(escrow: Escrow, cents: int, *, account: Account, wallet: Account, by, source: str, reason: str = "") -> Movement:
    """So much of the escrow is back in the brand's wallet."""
    ledger.move(
        type=Type.ESCROW_REFUNDED,
        source=account,
        target=wallet,
        cents=cents,
        reference=f"ESCROW_REFUND:{escrow.id}",
        job_id=escrow.job_id,
        reason=reason,
        by=by,
    )
    event = events.EscrowRefunded(
        by_id=by.id,
        recipient_ids=(escrow.brand_id,),
        job_id=escrow.job_id,
        escrow_id=escrow.id,
        brand_id=escrow.brand_id,
        amount_cents=cents,
        currency=escrow.currency,
        source=source,
    )
    return Movement(cents, Notice([escrow.brand_id], "ESCROW_REFUNDED", price(escrow) | {"amount_cents": cents}), event)


def void(escrow: Escrow) -> None:
    """The escrow was never funded and never will be. Raises WrongState."""
    close(escrow, Escrow.Status.VOIDED)


def close(escrow: Escrow, status: str) -> None:
    """The escrow is in a terminal state since now. Raises WrongState."""
    escrow.move_to(status)
    escrow.closed_at = clock.now()
    escrow.store("status", "closed_at", "creator_share_cents")


# Top-ups


def system() -> User:
    """The clock's own account, as far as a row that points to it needs it. It is read nowhere."""
    return User(id=SYSTEM_USER_ID, role=User.Role.SYSTEM)


def top_up_at_once(*, brand_id, cents: int, wallet: Account, provider: str) -> TopUp:
    """The money is in the wallet, confirmed in the name of the system: a provider that does not keep anybody waiting."""
    top_up = TopUp.objects.create(
        brand_id=brand_id,
        amount_cents=cents,
        currency=wallet.currency,
        provider=provider,
        status=TopUp.Status.CONFIRMED,
        confirmed_by_id=SYSTEM_USER_ID,
        closed_at=clock.now(),
    )
    receive(top_up, wallet=wallet, by=system())
    return top_up


def receive(top_up: TopUp, *, wallet: Account, by) -> None:
    """The confirmed amount is in the brand's wallet; the audit trail and an event tell it."""
    ledger.move(
        type=Type.BRAND_TOPUP,
        source=ledger.platform(Kind.EXTERNAL, top_up.currency),
        target=wallet,
        cents=top_up.amount_cents,
        reference=f"BRAND_TOPUP:{top_up.id}",
        by=by,
    )
    record("TOP_UP_CONFIRMED", top_up, by=by, after={"status": top_up.status, "amountCents": top_up.amount_cents})
    tell_top_up(events.TopUpConfirmed, top_up, by=by, recipients=[top_up.brand_id])


def tell_top_up(event: type[events.TopUpRequested], top_up: TopUp, *, by, recipients) -> None:
    """The fact about the top-up is in the outbox."""
    emit(
        event(
            by_id=by.id,
            recipient_ids=tuple(recipients),
            top_up_id=top_up.id,
            brand_id=top_up.brand_id,
            amount_cents=top_up.amount_cents,
            currency=top_up.currency,
        )
    )


# Payouts


def settle(payout: Payout, status: str, *, by, reason: str = "") -> None:
    """The payout is over, and its money has left its account: to the bank when PAID, otherwise back to the creator's wallet.

    Both go under one reference, so that only one of them can ever happen. The verb has judged the state.
    """
    payout.move_to(status)
    payout.closed_at = clock.now()
    payout.store("status", "closed_at", "reason", "bank_reference")
    hold, wallet = ledger.lock_with_wallet(payout.hold_account_id, Kind.CREATOR, payout.creator_id, payout.currency)
    paid = status == Payout.Status.PAID
    ledger.move(
        type=Type.PAYOUT_PAID if paid else Type.PAYOUT_RELEASED,
        source=hold,
        target=ledger.platform(Kind.EXTERNAL, payout.currency) if paid else wallet,
        cents=payout.amount_cents,
        reference=f"PAYOUT_SETTLE:{payout.id}",
        payout_id=payout.id,
        reason=reason,
        by=by,
    )


def tell_payout(event: type[events.PayoutRequested], payout: Payout, *, by, recipients) -> None:
    """The fact about the payout is in the outbox."""
    emit(
        event(
            by_id=by.id,
            recipient_ids=tuple(recipients),
            payout_request_id=payout.id,
            creator_id=payout.creator_id,
            amount_cents=payout.amount_cents,
            currency=payout.currency,
        )
    )


def price(row: Any) -> dict[str, Any]:
    """The amount of an escrow, a top-up or a payout, as facts of a notice."""
    return {"amount_cents": row.amount_cents, "currency": row.currency}
