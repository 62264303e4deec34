"""What the clocks of money do when their time has come. Late is safe, and money never waits for ever on the way out."""

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.money import events, selectors, steps
from core.money.models import Payout, TopUp
from core.money.services import top_ups
from core.notifications.steps import notify
from core.timers import steps as timers
from core.timers.policies import is_clock


@transaction.atomic
def cancel_payout_by_timer(payout_id, *, by) -> Payout | None:
    """Finance did not decide in time: the money is back in the wallet, and the creator knows.

    None when somebody acted first. Raises Forbidden, NotFound.
    """
    require(is_clock(by))
    payout = Payout.objects.lock(id=payout_id)
    if timers.fire(payout.id, "DECIDE_PAYOUT") is None:
        return None
    return lapse(payout, Payout.Status.CANCELED, events.PayoutCanceled, by=by)


@transaction.atomic
def fail_payout_by_timer(payout_id, *, by) -> Payout | None:
    """An approved payout was not sent in time: the money is back in the wallet, and the creator knows.

    One that the bank has is never called off by the clock. None when somebody acted first. Raises Forbidden, NotFound.
    """
    require(is_clock(by))
    payout = Payout.objects.lock(id=payout_id)
    if timers.fire(payout.id, "SEND_PAYOUT") is None:
        return None
    return lapse(payout, Payout.Status.FAILED, events.PayoutFailed, by=by)


@transaction.atomic
def cancel_top_up_by_timer(top_up_id, *, by) -> TopUp | None:
    """The transfer did not come: the invoice is no longer valid, and the brand knows.

    A transfer that the first of two people has seen is not forgotten: the second is asked again, and the clock runs anew.
    None when somebody acted first. Raises Forbidden, NotFound.
    """
    require(is_clock(by))
    top_up = TopUp.objects.lock(id=top_up_id)
    if timers.fire(top_up.id, "RECEIVE_TOP_UP") is None:
        return None
    if top_up.confirmed_by_id is not None:
        timers.start(timers.Start("RECEIVE_TOP_UP", top_up.id))
        signers = selectors.second_signer_ids(but=top_up.confirmed_by)
        notify(signers, "TOP_UP_SECOND_APPROVAL", facts=top_ups.facts_for_staff(top_up))
        return top_up

    top_ups.close(top_up, TopUp.Status.CANCELED)
    record("TOP_UP_CANCELED", top_up, by=by, before={"status": "PENDING"}, after={"status": top_up.status})
    notify([top_up.brand_id], "TOP_UP_EXPIRED", facts=steps.price(top_up))
    steps.tell_top_up(events.TopUpCanceled, top_up, by=by, recipients=[top_up.brand_id])
    return top_up


def lapse(payout: Payout, status: str, event: type[events.PayoutRequested], *, by) -> Payout:
    """The money is back in the wallet, because nobody handled the payout in time."""
    before = {"status": payout.status}
    steps.settle(payout, status, by=by)
    record(event.type_name(), payout, by=by, before=before, after={"status": payout.status})
    notify([payout.creator_id], "PAYOUT_EXPIRED", facts=steps.price(payout))
    steps.tell_payout(event, payout, by=by, recipients=[payout.creator_id])
    return payout
