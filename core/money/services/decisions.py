"""What finance staff do with a payout: approve by one or two people, reject, and follow it through the bank."""

from django.db import transaction

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.money import checks, events, ledger, policies, selectors, steps
from core.money.judgements import judge_signing, judge_step
from core.money.models import Account, LedgerEntry, Payout
from core.notifications.steps import notify
from core.timers import steps as timers

Status = Payout.Status


@transaction.atomic
def approve_payout(payout_id, *, by) -> Payout:
    """The payout may be sent. Above the limit the first of two people only signs, and the payout waits on.

    Raises Forbidden, NotFound, OwnPayout, PayoutWrongState, SecondPersonRequired.
    """
    require(policies.can_sign_second(by))
    payout = policies.visible_payouts(by).lock(id=payout_id)
    judge_signing(payout, by=by)

    if payout.approved_by_id is None:
        payout.approved_by, payout.approved_at = by, clock.now()
        if payout.needs_second:
            ask_second(payout, by=by)
            return payout
    else:
        payout.second_approved_by, payout.second_approved_at = by, clock.now()

    payout.move_to(Status.APPROVED)
    payout.store("status", "approved_by", "approved_at", "second_approved_by", "second_approved_at")
    timers.switch(timers.Start("SEND_PAYOUT", payout.id))
    record("PAYOUT_APPROVED", payout, by=by, before={"status": "PENDING"}, after={"status": payout.status})
    tell_creator(events.PayoutApproved, payout, by=by, method=payout.method.masked)
    return payout


@transaction.atomic
def reject_payout(payout_id, *, by, reason: str) -> Payout:
    """The money is back in the creator's wallet, and the creator knows why.

    Raises Forbidden, NotFound, OwnPayout, PayoutWrongState, Invalid.
    """
    payout = lock_for_step(payout_id, "REJECT", by=by)
    timers.stop(payout.id)
    return give_back(payout, Status.REJECTED, events.PayoutRejected, by=by, reason=reason)


@transaction.atomic
def send_payout(payout_id, *, by) -> Payout:
    """The bank has the order. Raises Forbidden, NotFound, OwnPayout, PayoutWrongState."""
    payout = lock_for_step(payout_id, "SEND", by=by)

    payout.move_to(Status.SENT)
    payout.sent_at = clock.now()
    payout.store("status", "sent_at")
    timers.stop(payout.id)
    record("PAYOUT_SENT", payout, by=by, before={"status": "APPROVED"}, after={"status": payout.status})
    tell_creator(events.PayoutSent, payout, by=by, method=payout.method.masked)
    return payout


@transaction.atomic
def mark_payout_paid(payout_id, *, by, bank_reference: str) -> Payout:
    """The money has left the marketplace, and the bank's document is named.

    Raises Forbidden, NotFound, OwnPayout, PayoutWrongState, Invalid.
    """
    payout = lock_for_step(payout_id, "MARK_PAID", by=by)

    payout.bank_reference = checks.clean_bank_reference(bank_reference)
    steps.settle(payout, Status.PAID, by=by)
    after = {"status": payout.status, "bankReference": payout.bank_reference}
    record("PAYOUT_PAID", payout, by=by, before={"status": "SENT"}, after=after)
    tell_creator(events.PayoutPaid, payout, by=by, method=payout.method.masked)
    return payout


@transaction.atomic
def fail_payout(payout_id, *, by, reason: str) -> Payout:
    """The bank refused; the money is back in the creator's wallet.

    Raises Forbidden, NotFound, OwnPayout, PayoutWrongState, Invalid.
    """
    payout = lock_for_step(payout_id, "MARK_FAILED", by=by)
    timers.stop(payout.id)
    return give_back(payout, Status.FAILED, events.PayoutFailed, by=by, reason=reason)


@transaction.atomic
def return_payout(payout_id, *, by, reason: str) -> Payout:
    """The bank sent a paid payout back: the money is in the creator's wallet again.

    Raises Forbidden, NotFound, OwnPayout, PayoutWrongState, Invalid.
    """
    payout = lock_for_step(payout_id, "MARK_RETURNED", by=by)

    payout.reason = checks.clean_reason(reason)
    payout.move_to(Status.RETURNED)
    payout.store("status", "reason")
    ledger.move(
        type=LedgerEntry.Type.PAYOUT_RETURNED,
        source=ledger.platform(Account.Kind.EXTERNAL, payout.currency),
        target=ledger.lock_wallet(Account.Kind.CREATOR, payout.creator_id, payout.currency),
        cents=payout.amount_cents,
        reference=f"PAYOUT_RETURN:{payout.id}",
        payout_id=payout.id,
        reason=payout.reason,
        by=by,
    )
    record("PAYOUT_RETURNED", payout, by=by, before={"status": "PAID"}, after={"status": payout.status}, reason=payout.reason)
    tell_creator(events.PayoutReturned, payout, by=by, reason=payout.reason)
    return payout


def lock_for_step(payout_id, step: str, *, by) -> Payout:
    """The payout, locked, with which this step may be taken. Raises Forbidden, NotFound, OwnPayout, PayoutWrongState."""
    require(policies.is_finance(by))
    payout = policies.visible_payouts(by).lock(id=payout_id)
    judge_step(payout, step, by=by)
    return payout


def ask_second(payout: Payout, *, by) -> None:
    """The first signature stands, and those who may give the second know that they are needed."""
    payout.store("approved_by", "approved_at")
    record("PAYOUT_FIRST_APPROVED", payout, by=by, after={"status": payout.status})
    signers = selectors.second_signer_ids(but=by)
    notify(signers, "PAYOUT_SECOND_APPROVAL", facts=steps.price(payout) | {"name": selectors.creator_name(payout.creator_id)})
    steps.tell_payout(events.PayoutFirstApproved, payout, by=by, recipients=signers)


def give_back(payout: Payout, status: str, event: type[events.PayoutRequested], *, by, reason: str) -> Payout:
    """The money is back in the wallet for this reason, and the creator knows it."""
    before = {"status": payout.status}
    payout.reason = checks.clean_reason(reason)
    steps.settle(payout, status, by=by, reason=payout.reason)
    record(event.type_name(), payout, by=by, before=before, after={"status": payout.status}, reason=payout.reason)
    tell_creator(event, payout, by=by, reason=payout.reason)
    return payout


def tell_creator(event: type[events.PayoutRequested], payout: Payout, *, by, **facts: str) -> None:
    """The creator has a notice named like the event, and the event."""
    notify([payout.creator_id], event.type_name(), facts=steps.price(payout) | facts)
    steps.tell_payout(event, payout, by=by, recipients=[payout.creator_id])
