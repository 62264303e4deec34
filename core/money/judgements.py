"""What may be done with an escrow or a payout in its present state. Verbs ask under its lock, screens without one."""

from typing import Any

from core.base.policy import require
from core.money import policies, providers
from core.money.errors import (
    DealNotInWork,
    DisputeOpen,
    EscrowMissing,
    EscrowRefunded,
    EscrowReleased,
    EscrowVoided,
    NotEnoughMoney,
    OwnPayout,
    PayoutWrongState,
    SecondPersonRequired,
)
from core.money.models import Payout

IN_WORK = ("IN_PROGRESS", "IN_REVIEW")
CLOSED = {"RELEASED": EscrowReleased, "SPLIT": EscrowReleased, "REFUNDED": EscrowRefunded, "VOIDED": EscrowVoided}
# In which states finance may take each step.
STEPS: dict[str, tuple[str, ...]] = {
    "REJECT": ("PENDING",),
    "SEND": ("APPROVED",),
    "MARK_PAID": ("SENT",),
    "MARK_FAILED": ("APPROVED", "SENT"),
    "MARK_RETURNED": ("PAID",),
}


def judge_funding(job: Any, *, escrow_status: str | None) -> None:
    """The brand may fund the escrow, if that has not been done. Raises EscrowMissing, EscrowReleased, EscrowRefunded, EscrowVoided,
    DealNotInWork, DisputeOpen.
    """
    require(escrow_status is not None, EscrowMissing())
    if refusal := CLOSED.get(escrow_status or ""):
        raise refusal
    require(job.status in IN_WORK, DealNotInWork(status=job.status))
    require(job.disputed_at is None, DisputeOpen())


def judge_means(*, required_cents: int, available_cents: int) -> None:
    """There is as much in the wallet, or the provider brings the rest at once. Raises NotEnoughMoney."""
    enough = available_cents >= required_cents or providers.current().confirms_at_once
    require(enough, NotEnoughMoney(required_cents=required_cents, available_cents=available_cents))


def judge_calling_back(payout: Payout) -> None:
    """Its creator may cancel it. Raises PayoutWrongState."""
    require(payout.status == Payout.Status.PENDING, PayoutWrongState(status=payout.status))


def judge_signing(payout: Payout, *, by: Any) -> None:
    """This person may approve it, as the first or as the second. Raises OwnPayout, PayoutWrongState, Forbidden, SecondPersonRequired."""
    require(payout.creator_id != by.pk, OwnPayout())
    require(payout.status == Payout.Status.PENDING, PayoutWrongState(status=payout.status))
    if payout.approved_by_id is None:
        require(policies.is_finance(by))
    require(payout.approved_by_id != by.pk, SecondPersonRequired())


def judge_step(payout: Payout, step: str, *, by: Any) -> None:
    """This person may take this step of STEPS with it. Raises Forbidden, OwnPayout, PayoutWrongState."""
    require(policies.is_finance(by))
    require(payout.creator_id != by.pk, OwnPayout())
    require(payout.status in STEPS[step], PayoutWrongState(status=payout.status))
