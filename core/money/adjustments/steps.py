"""Parts of verbs that correct a wallet by hand. Nothing moves before a second person has signed."""

import dataclasses
from datetime import timedelta
from typing import Any

from django.db.models import Sum

from core.audit.steps import record
from core.base import clock
from core.base.models import QuerySet
from core.base.policy import require
from core.money import events, ledger, selectors
from core.money.adjustments.models import Adjustment
from core.money.adjustments.terms import Terms, clean_terms
from core.money.errors import AdjustmentLimitReached, NotEnoughMoney, OwnWallet
from core.money.models import Account, LedgerEntry
from core.notifications.steps import notify
from core.people.models import User
from core.rules.limits import ADJUSTMENT_PER_DAY, limit
from core.timers import steps as timers
from outbox.post import emit

Status, Direction = Adjustment.Status, Adjustment.Direction
DAY = timedelta(days=1)


def draft_adjustment(person: User, *, terms: Terms, by) -> Adjustment:
    """A correction of this person's wallet waits for somebody else's signature, and those who may give it know.

    Nothing has moved, and whether the wallet has the money is judged when it does. Whoever drafts is locked, so that what one
    person drafts within 24 hours is counted one after the other. Raises Invalid, WrongDirection, OwnWallet, AdjustmentLimitReached.
    """
    terms = clean_terms(terms)
    require(person.id != by.id, OwnWallet())
    drafts = Adjustment.objects.filter(drafted_by=by, status__in=[Status.PENDING, Status.POSTED], created_at__gt=clock.now() - DAY)
    require_room(terms.amount_cents, terms.currency, by=by, signed=drafts)

    adjustment = Adjustment.objects.create(person=person, wallet_kind=person.role, drafted_by=by, **dataclasses.asdict(terms))
    timers.start(timers.Start("DECIDE_ADJUSTMENT", adjustment.id))
    after = {"status": adjustment.status} | told(adjustment)
    record("ADJUSTMENT_DRAFTED", adjustment, by=by, after=after, reason=terms.reason)
    signers = selectors.second_signer_ids(but=by)
    notify(signers, "ADJUSTMENT_SECOND_APPROVAL", facts=facts_for_staff(adjustment) | {"reason": terms.reason})
    tell(events.AdjustmentDrafted, adjustment, by=by, recipients=signers)
    return adjustment


def post(adjustment: Adjustment, *, by) -> LedgerEntry:
    """The money has moved, in the names of both signers, and the owner of the wallet knows why. Raises WrongState, NotEnoughMoney.

    A wallet in a currency new to its owner is opened; none falls below zero.
    """
    close(adjustment, Status.POSTED, by=by)
    wallet = ledger.lock_wallet(adjustment.wallet_kind, adjustment.person_id, adjustment.currency)
    platform = ledger.platform(Account.Kind.ADJUSTMENT, adjustment.currency)
    taken = adjustment.direction == Direction.DEBIT
    if taken and wallet.balance_cents < adjustment.amount_cents:
        raise NotEnoughMoney(required_cents=adjustment.amount_cents, available_cents=wallet.balance_cents)
    entry = ledger.move(
        type=LedgerEntry.Type.ADJUSTMENT,
        source=wallet if taken else platform,
        target=platform if taken else wallet,
        cents=adjustment.amount_cents,
        reference=f"ADJUSTMENT:{adjustment.id}",
        job_id=adjustment.job_id,
        reason=adjustment.reason,
        by=adjustment.drafted_by,
        approved_by=by,
    )
    record("BALANCE_ADJUSTED", adjustment, by=by, before={"status": "PENDING"}, after={"status": adjustment.status} | told(adjustment))
    notify([adjustment.person_id], "BALANCE_ADJUSTED", facts=amount(adjustment) | {"reason": adjustment.reason})
    tell(events.BalanceAdjusted, adjustment, by=by, recipients=[adjustment.person_id])
    return entry


def refuse(adjustment: Adjustment, *, by, reason: str) -> None:
    """The adjustment will not be posted, and whoever drafted it knows why. Raises WrongState."""
    adjustment.refusal = reason
    close(adjustment, Status.REJECTED, by=by)
    record("ADJUSTMENT_REJECTED", adjustment, by=by, before={"status": "PENDING"}, after={"status": adjustment.status}, reason=reason)
    notify([adjustment.drafted_by_id], "ADJUSTMENT_REJECTED", facts=facts_for_staff(adjustment) | {"reason": reason})
    tell(events.AdjustmentRejected, adjustment, by=by, recipients=[adjustment.drafted_by_id])


def close(adjustment: Adjustment, status: str, *, by) -> None:
    """The adjustment is decided, and its clock stands. Raises WrongState."""
    adjustment.move_to(status)
    adjustment.decided_by, adjustment.decided_at = by, clock.now()
    adjustment.store("status", "decided_by", "decided_at", "refusal")
    timers.stop(adjustment.id)


def require_room(amount_cents: int, currency: str, *, by, signed: QuerySet) -> None:
    """This person may sign for so much more, beside what was `signed` within 24 hours, in and out together.

    The person is locked: whoever else signs in this name waits. Raises AdjustmentLimitReached.
    """
    User.objects.lock(id=by.id)
    highest = limit(ADJUSTMENT_PER_DAY, currency)
    used = int(signed.filter(currency=currency).aggregate(cents=Sum("amount_cents"))["cents"] or 0)
    require(used + amount_cents <= highest, AdjustmentLimitReached(limit_cents=highest, used_cents=used))


def amount(adjustment: Adjustment) -> dict[str, Any]:
    """What the adjustment does to the wallet, with its sign, as facts of a notice."""
    return {"amount_cents": adjustment.signed_cents, "currency": adjustment.currency}


def facts_for_staff(adjustment: Adjustment) -> dict[str, Any]:
    """What a notice to staff says."""
    return amount(adjustment) | {"name": adjustment.owner_name}


def told(adjustment: Adjustment) -> dict[str, Any]:
    """What the audit trail says of it."""
    return {
        "amountCents": adjustment.signed_cents,
        "currency": adjustment.currency,
        "category": adjustment.category,
        "personId": str(adjustment.person_id),
    }


def tell(event: type[events.AdjustmentDrafted], adjustment: Adjustment, *, by, recipients) -> None:
    """The fact about the adjustment is in the outbox."""
    emit(
        event(
            by_id=by.id,
            recipient_ids=tuple(recipients),
            adjustment_id=adjustment.id,
            user_id=adjustment.person_id,
            amount_cents=adjustment.signed_cents,
            currency=adjustment.currency,
            category=adjustment.category,
        )
    )
