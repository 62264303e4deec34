"""A brand's money comes in: the brand asks for an invoice, finance staff confirm what they see in the bank statement."""

from django.db import IntegrityError, connection, transaction

from core.audit.steps import record
from core.base import clock
from core.base.constraints import broken_constraint
from core.base.policy import require
from core.money import checks, events, ledger, policies, providers, selectors, steps
from core.money.errors import BankReferenceDiffers, BankReferenceUsed, SecondPersonRequired, TopUpBeingConfirmed, TopUpWrongState
from core.money.models import Account, TopUp
from core.notifications.steps import notify
from core.rules.limits import TOPUP_SECOND_PERSON, limit
from core.timers import steps as timers

Status = TopUp.Status


@transaction.atomic
def request_top_up(*, by, amount_cents: int, currency: str) -> TopUp:
    """The brand's wish to pay in is known to finance staff, under a number for the bank transfer.

    A provider that confirms at once has put the money into the wallet. Raises Forbidden, Invalid.
    """
    require(policies.is_brand(by))
    checks.check_amount(amount_cents, currency)

    provider = providers.current()
    if provider.confirms_at_once:
        wallet = ledger.lock_wallet(Account.Kind.BRAND, by.id, currency)
        top_up = steps.top_up_at_once(brand_id=by.id, cents=amount_cents, wallet=wallet, provider=provider.name)
        notify([by.id], "TOP_UP_CONFIRMED", facts=steps.price(top_up))
        return top_up

    top_up = TopUp.objects.create(
        number=next_number(),
        brand=by,
        amount_cents=amount_cents,
        currency=currency,
        provider=provider.name,
        needs_second=amount_cents > limit(TOPUP_SECOND_PERSON, currency),
    )
    timers.start(timers.Start("RECEIVE_TOP_UP", top_up.id))
    record("TOP_UP_REQUESTED", top_up, by=by, after={"status": top_up.status, "amountCents": amount_cents, "currency": currency})
    finance = selectors.finance_ids()
    notify(finance, "TOP_UP_REQUESTED", facts=facts_for_staff(top_up))
    steps.tell_top_up(events.TopUpRequested, top_up, by=by, recipients=finance)
    return top_up


@transaction.atomic
def cancel_top_up(top_up_id, *, by) -> TopUp:
    """The brand will not send the money. Raises Forbidden, NotFound, TopUpWrongState, TopUpBeingConfirmed."""
    require(policies.is_brand(by))
    top_up = policies.visible_top_ups(by).lock(id=top_up_id)
    require_pending(top_up)
    require(top_up.confirmed_by_id is None, TopUpBeingConfirmed())

    close(top_up, Status.CANCELED)
    record("TOP_UP_CANCELED", top_up, by=by, before={"status": "PENDING"}, after={"status": top_up.status})
    finance = selectors.finance_ids()
    notify(finance, "TOP_UP_CANCELED", facts=facts_for_staff(top_up))
    steps.tell_top_up(events.TopUpCanceled, top_up, by=by, recipients=finance)
    return top_up


@transaction.atomic
def confirm_top_up(top_up_id, *, by, bank_reference: str = "") -> TopUp:
    """The transfer has arrived, and the money is in the brand's wallet. Above the limit the first of two people only signs.

    The first person gives the number of the bank's document; the second may repeat it.
    Raises Forbidden, NotFound, TopUpWrongState, SecondPersonRequired, Invalid, BankReferenceUsed, BankReferenceDiffers.
    """
    require(policies.can_sign_second(by))
    top_up = policies.visible_top_ups(by).lock(id=top_up_id)
    require_pending(top_up)

    if top_up.confirmed_by_id is None:
        require(policies.is_finance(by))
        sign_first(top_up, by=by, bank_reference=checks.clean_bank_reference(bank_reference))
        if top_up.needs_second:
            ask_second(top_up, by=by)
            return top_up
    else:
        sign_second(top_up, by=by, bank_reference=bank_reference.strip())

    close(top_up, Status.CONFIRMED)
    wallet = ledger.lock_wallet(Account.Kind.BRAND, top_up.brand_id, top_up.currency)
    steps.receive(top_up, wallet=wallet, by=by)
    notify([top_up.brand_id], "TOP_UP_CONFIRMED", facts=steps.price(top_up))
    return top_up


@transaction.atomic
def reject_top_up(top_up_id, *, by, reason: str) -> TopUp:
    """The money did not come; the brand knows why. Raises Forbidden, NotFound, TopUpWrongState, Invalid."""
    require(policies.is_finance(by))
    top_up = policies.visible_top_ups(by).lock(id=top_up_id)
    require_pending(top_up)

    top_up.reason = checks.clean_reason(reason)
    close(top_up, Status.REJECTED, "reason")
    record("TOP_UP_REJECTED", top_up, by=by, before={"status": "PENDING"}, after={"status": top_up.status}, reason=top_up.reason)
    notify([top_up.brand_id], "TOP_UP_REJECTED", facts=steps.price(top_up) | {"reason": top_up.reason})
    steps.tell_top_up(events.TopUpRejected, top_up, by=by, recipients=[top_up.brand_id])
    return top_up


def sign_first(top_up: TopUp, *, by, bank_reference: str) -> None:
    """The first signature and the bank's number are stored. Raises BankReferenceUsed."""
    top_up.confirmed_by, top_up.bank_reference = by, bank_reference
    try:
        with transaction.atomic():
            top_up.store("confirmed_by", "bank_reference")
    except IntegrityError as refused:
        if broken_constraint(refused) != "topup_bank_reference_once":
            raise
        raise BankReferenceUsed from refused


def sign_second(top_up: TopUp, *, by, bank_reference: str) -> None:
    """The second signature stands on the row, in memory. Raises SecondPersonRequired, BankReferenceDiffers."""
    require(top_up.confirmed_by_id != by.id, SecondPersonRequired())
    require(bank_reference in ("", top_up.bank_reference), BankReferenceDiffers())
    top_up.second_confirmed_by = by


def ask_second(top_up: TopUp, *, by) -> None:
    """Those who may be the second of two know that they are needed."""
    record("TOP_UP_FIRST_CONFIRMED", top_up, by=by, after={"bankReference": top_up.bank_reference})
    signers = selectors.second_signer_ids(but=by)
    notify(signers, "TOP_UP_SECOND_APPROVAL", facts=facts_for_staff(top_up))
    steps.tell_top_up(events.TopUpFirstConfirmed, top_up, by=by, recipients=signers)


def close(top_up: TopUp, status: str, *fields: str) -> None:
    """The top-up is in a terminal state since now, and its clock stands."""
    top_up.move_to(status)
    top_up.closed_at = clock.now()
    top_up.store("status", "closed_at", "second_confirmed_by", *fields)
    timers.stop(top_up.id)


def require_pending(top_up: TopUp) -> None:
    """Nothing happens while the top-up waits. Raises TopUpWrongState."""
    require(top_up.status == Status.PENDING, TopUpWrongState(status=top_up.status))


def facts_for_staff(top_up: TopUp) -> dict:
    """What a notice to finance staff says."""
    return steps.price(top_up) | {"name": selectors.brand_name(top_up.brand_id)}


def next_number() -> int:
    """A number that a person can write on a bank transfer. Numbers grow; one may be missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('core_topup_number')")
        return cursor.fetchone()[0]
