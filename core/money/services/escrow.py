"""Funding. Releases, refunds and voids belong to the verbs of deals, which use `core.money.steps`."""

from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.chat.steps import say
from core.money import events, ledger, policies, providers, steps
from core.money.errors import EscrowMissing
from core.money.judgements import judge_funding, judge_means
from core.money.models import Account, Escrow
from core.notifications.steps import notify
from core.timers.kinds import length
from core.timers.steps import Start, switch
from outbox.post import emit


@transaction.atomic
def fund_escrow(job_id, *, by) -> Escrow:
    """The deal's whole amount waits in its escrow, and the creator knows that work can start.

    An escrow that is funded already stays as it is, nobody is told again, and the row says `was_funded_before`.
    Raises Forbidden, NotFound, EscrowMissing, EscrowReleased, EscrowRefunded, EscrowVoided, DealNotInWork, DisputeOpen,
    NotEnoughMoney.
    """
    require(policies.is_brand(by))
    job = policies.own_jobs(by).lock(id=job_id)
    escrow = lock_escrow(job)
    if escrow.status == Escrow.Status.FUNDED:
        escrow.was_funded_before = True
        return escrow
    judge_funding(job, escrow_status=escrow.status)

    account, wallet = ledger.lock_with_wallet(escrow.account_id, Account.Kind.BRAND, by.id, escrow.currency)
    missing = escrow.amount_cents - wallet.balance_cents
    if missing > 0:
        bring(missing, escrow=escrow, wallet=wallet)
    steps.fund(escrow, account=account, wallet=wallet, by=by)
    wait_for_work(job)
    record(
        "ESCROW_FUNDED",
        escrow,
        by=by,
        before={"status": "UNFUNDED"},
        after={"status": escrow.status, "amountCents": escrow.amount_cents, "currency": escrow.currency},
    )
    notify([escrow.creator_id], "ESCROW_FUNDED", job=job, facts=steps.price(escrow))
    emit(
        events.EscrowFunded(
            by_id=by.id,
            recipient_ids=(escrow.creator_id,),
            job_id=job.id,
            escrow_id=escrow.id,
            creator_id=escrow.creator_id,
            amount_cents=escrow.amount_cents,
            currency=escrow.currency,
        )
    )
    say(job, "ESCROW_FUNDED", by=by, facts=steps.price(escrow))
    return escrow


def wait_for_work(job: Any) -> None:
    """The creator has until the work is due, and some more, before the deal ends without it."""
    grace = length("DELIVER_WORK")
    switch(Start("DELIVER_WORK", job.id, job.id, due_at=max(job.due_at, clock.now()) + grace))


def lock_escrow(job: Any) -> Escrow:
    """The escrow of a locked job, locked. Raises EscrowMissing."""
    escrow = Escrow.objects.lock_any(job_id=job.id)
    if escrow is None:
        raise EscrowMissing
    escrow.job = job
    return escrow


def bring(missing: int, *, escrow: Escrow, wallet: Account) -> None:
    """What is missing in the wallet has arrived, where the provider gives it at once. Raises NotEnoughMoney."""
    judge_means(required_cents=escrow.amount_cents, available_cents=wallet.balance_cents)
    steps.top_up_at_once(brand_id=escrow.brand_id, cents=missing, wallet=wallet, provider=providers.current().name)
