"""A creator asks for money, and may call it off."""

from django.db import IntegrityError, transaction

from core.audit.steps import record
from core.base.constraints import broken_constraint
from core.base.errors import NotFound
from core.base.policy import require
from core.money import checks, events, ledger, policies, selectors, steps
from core.money.errors import NotEnoughMoney, PayoutMethodMissing, PayoutPending
from core.money.judgements import judge_calling_back
from core.money.models import Account, LedgerEntry, Payout, PayoutMethod
from core.money.readiness import readiness
from core.notifications.steps import notify
from core.timers import steps as timers

Status = Payout.Status


@transaction.atomic
def request_payout(*, by, amount_cents: int, currency: str, method_id) -> Payout:
    """The money has left the wallet and waits on an account of its own; finance staff know.

    It is possible exactly when nothing stands in its way (`readiness`). Whether a second person has to approve is settled now, by the
    limit of this moment.
    Raises Forbidden, Invalid, AccountBlocked, EmailNotVerified, PayoutMethodMissing, PayoutTooSmall, PayoutPending, NotEnoughMoney.
    """
    require(policies.is_creator(by))
    checks.check_amount(amount_cents, currency)
    judged = readiness(by=by, currency=currency, amount_cents=amount_cents)
    for blocker in judged.blockers:
        raise blocker.refusal
    method = lock_method(method_id, by=by)

    payout = open_payout(method, by=by, amount_cents=amount_cents, currency=currency, needs_second=judged.needs_second)
    hold(payout, by=by)
    timers.start(timers.Start("DECIDE_PAYOUT", payout.id))
    after = {"status": payout.status, "amountCents": amount_cents, "currency": currency, "method": method.masked}
    record("PAYOUT_REQUESTED", payout, by=by, after=after)
    tell_finance(events.PayoutRequested, payout, by=by, name=str(method.creator.creator_profile))
    return payout


@transaction.atomic
def cancel_payout(payout_id, *, by) -> Payout:
    """The money is back in the wallet; also after the first of two approvals. Raises Forbidden, NotFound, PayoutWrongState."""
    require(policies.is_creator(by))
    payout = policies.visible_payouts(by).lock(id=payout_id)
    judge_calling_back(payout)

    timers.stop(payout.id)
    steps.settle(payout, Status.CANCELED, by=by)
    record("PAYOUT_CANCELED", payout, by=by, before={"status": "PENDING"}, after={"status": payout.status})
    tell_finance(events.PayoutCanceled, payout, by=by, name=selectors.creator_name(payout.creator_id))
    return payout


def lock_method(method_id, *, by) -> PayoutMethod:
    """One of the creator's own destinations, which nobody can remove meanwhile. Raises PayoutMethodMissing."""
    try:
        return policies.visible_methods(by).select_related("creator__creator_profile").lock(id=method_id)
    except NotFound as missing:
        raise PayoutMethodMissing from missing


def open_payout(method: PayoutMethod, *, by, amount_cents: int, currency: str, needs_second: bool) -> Payout:
    """The payout waits, still empty. Raises PayoutPending when another one was quicker."""
    account = Account.objects.create(kind=Account.Kind.PAYOUT_HOLD, currency=currency)
    try:
        with transaction.atomic():
            return Payout.objects.create(
                creator=by,
                method=method,
                hold_account=account,
                amount_cents=amount_cents,
                currency=currency,
                needs_second=needs_second,
            )
    except IntegrityError as refused:
        if broken_constraint(refused) != "payout_one_pending":
            raise
        raise PayoutPending from refused


def hold(payout: Payout, *, by) -> None:
    """The amount has moved from the wallet to the payout's own account. Raises NotEnoughMoney."""
    account, wallet = ledger.lock_with_wallet(payout.hold_account_id, Account.Kind.CREATOR, payout.creator_id, payout.currency)
    if wallet.balance_cents < payout.amount_cents:
        raise NotEnoughMoney(required_cents=payout.amount_cents, available_cents=wallet.balance_cents)
    ledger.move(
        type=LedgerEntry.Type.PAYOUT_HELD,
        source=wallet,
        target=account,
        cents=payout.amount_cents,
        reference=f"PAYOUT_HOLD:{payout.id}",
        payout_id=payout.id,
        by=by,
    )


def tell_finance(event: type[events.PayoutRequested], payout: Payout, *, by, name: str) -> None:
    """Finance staff have a notice named like the event, and the event."""
    finance = selectors.finance_ids()
    notify(finance, event.type_name(), facts=steps.price(payout) | {"name": name})
    steps.tell_payout(event, payout, by=by, recipients=finance)
