"""What finance staff do with a payout, and what becomes of the money."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.money.errors import PayoutWrongState, SecondPersonRequired
from core.money.models import Account, LedgerEntry, Payout
from core.money.selectors import ledger_faults
from core.money.services import (
    approve_payout,
    cancel_payout,
    fail_payout,
    mark_payout_paid,
    reject_payout,
    return_payout,
    send_payout,
)
from core.notifications.models import Notification
from core.rules.services import set_limit
from outbox.models import Event
from tests.core.money.traces import nothing_happened

WHY = "The account holder is somebody else."


@pytest.fixture
def finance(world):
    return world.finance


@pytest.fixture
def payout(world, finance):
    """A payout of 10,000 out of 85,000 that waits."""
    return world.payout()


@pytest.fixture
def big(world, finance):
    """A payout that takes two people."""
    set_limit(by=world.approver, key="PAYOUT_SECOND_PERSON", value=9_999, note="Careful days.")
    return world.payout()


def balance(payout):
    return Account.objects.get(owner=payout.creator, currency="RUB").balance_cents


def held(payout):
    return Account.objects.get(payout=payout).balance_cents


def said(type):
    """Who was told of this, in a notice and in an event."""
    return [notice.user_id for notice in Notification.objects.filter(type=type)], Event.objects.get(type=type).recipient_ids


def test_an_approval_moves_no_money_and_the_creator_knows(payout, finance):
    approved = approve_payout(payout.id, by=finance)

    assert (approved.status, approved.approved_by, approved.second_approved_by) == ("APPROVED", finance, None)
    assert approved.approved_at is not None
    assert (balance(payout), held(payout)) == (75_000, 10_000)
    assert said("PAYOUT_APPROVED") == ([payout.creator_id], [payout.creator_id])
    assert AuditEntry.objects.get(action="PAYOUT_APPROVED").actor == finance
    payload = Event.objects.get(type="PAYOUT_APPROVED").payload
    assert (payload["payoutRequestId"], payload["amountCents"], payload["currency"]) == (str(payout.id), 10_000, "RUB")
    assert payout.method.masked not in str(payload)
    assert Notification.objects.get(type="PAYOUT_APPROVED").facts["method"] == payout.method.masked


def test_the_whole_way_to_the_bank(payout, finance):
    approve_payout(payout.id, by=finance)
    sent = send_payout(payout.id, by=finance)
    assert (sent.status, held(payout)) == ("SENT", 10_000)

    paid = mark_payout_paid(payout.id, by=finance, bank_reference=" PP-1 ")

    assert (paid.status, paid.bank_reference, held(payout), balance(payout)) == ("PAID", "PP-1", 0, 75_000)
    entry = LedgerEntry.objects.get(reference=f"PAYOUT_SETTLE:{payout.id}")
    assert (entry.type, entry.to_account.kind) == ("PAYOUT_PAID", "EXTERNAL")
    assert said("PAYOUT_SENT") == said("PAYOUT_PAID") == ([payout.creator_id], [payout.creator_id])
    assert list(AuditEntry.objects.filter(subject_id=str(payout.id)).order_by("id").values_list("action", flat=True)) == [
        "PAYOUT_REQUESTED",
        "PAYOUT_APPROVED",
        "PAYOUT_SENT",
        "PAYOUT_PAID",
    ]
    assert ledger_faults() == []


def test_above_the_limit_the_first_signature_does_not_approve(world, big, finance):
    first = approve_payout(big.id, by=finance)

    assert (first.status, first.approved_by) == ("PENDING", finance)
    assert Notification.objects.get(type="PAYOUT_SECOND_APPROVAL").user == world.approver
    assert Event.objects.get(type="PAYOUT_FIRST_APPROVED").recipient_ids == [world.approver.id]
    assert not Notification.objects.filter(type="PAYOUT_APPROVED").exists()

    second = approve_payout(big.id, by=world.approver)

    assert (second.status, second.approved_by, second.second_approved_by) == ("APPROVED", finance, world.approver)


def test_the_second_person_may_be_of_finance_too(world, big, finance):
    approve_payout(big.id, by=finance)

    assert approve_payout(big.id, by=world.staff("finance")).status == "APPROVED"


def test_one_person_cannot_sign_twice(big, finance):
    approve_payout(big.id, by=finance)

    with nothing_happened(), pytest.raises(SecondPersonRequired):
        approve_payout(big.id, by=finance)


def test_an_approver_alone_does_not_begin(world, big):
    with nothing_happened(), pytest.raises(Forbidden):
        approve_payout(big.id, by=world.approver)


def test_a_half_approved_payout_is_not_sent(big, finance):
    approve_payout(big.id, by=finance)

    with nothing_happened(), pytest.raises(PayoutWrongState):
        send_payout(big.id, by=finance)


def test_the_creator_may_still_call_it_off_after_the_first_signature(big, finance):
    approve_payout(big.id, by=finance)

    assert cancel_payout(big.id, by=big.creator).status == "CANCELED"
    assert balance(big) == 85_000


def test_a_rejected_payout_is_back_in_the_wallet_with_its_reason(payout, finance):
    rejected = reject_payout(payout.id, by=finance, reason=f"  {WHY} ")

    assert (rejected.status, rejected.reason, balance(payout), held(payout)) == ("REJECTED", WHY, 85_000, 0)
    assert said("PAYOUT_REJECTED") == ([payout.creator_id], [payout.creator_id])
    assert Notification.objects.get(type="PAYOUT_REJECTED").facts["reason"] == WHY
    assert AuditEntry.objects.get(action="PAYOUT_REJECTED").reason == WHY
    assert WHY not in str(Event.objects.get(type="PAYOUT_REJECTED").payload)
    assert ledger_faults() == []


@pytest.mark.parametrize("ready", ["approved_payout", "sent_payout"])
def test_a_payout_that_the_bank_refused_is_back_in_the_wallet(world, finance, ready):
    payout = getattr(world, ready)()

    failed = fail_payout(payout.id, by=finance, reason="The account is closed.")

    assert (failed.status, balance(payout), held(payout)) == ("FAILED", 85_000, 0)
    assert LedgerEntry.objects.get(reference=f"PAYOUT_SETTLE:{payout.id}").type == "PAYOUT_RELEASED"
    assert said("PAYOUT_FAILED") == ([payout.creator_id], [payout.creator_id])
    assert ledger_faults() == []


def test_a_paid_payout_that_came_back_is_in_the_wallet_again(world, finance):
    payout = world.paid_payout()

    returned = return_payout(payout.id, by=finance, reason="The recipient's bank sent it back.")

    assert (returned.status, balance(payout)) == ("RETURNED", 85_000)
    entry = LedgerEntry.objects.get(reference=f"PAYOUT_RETURN:{payout.id}")
    assert (entry.type, entry.from_account.kind) == ("PAYOUT_RETURNED", "EXTERNAL")
    assert said("PAYOUT_RETURNED") == ([payout.creator_id], [payout.creator_id])
    assert ledger_faults() == []


def canceled(payout):
    return cancel_payout(payout.id, by=payout.creator)


STEPS = {
    "approve": lambda payout, by: approve_payout(payout.id, by=by),
    "reject": lambda payout, by: reject_payout(payout.id, by=by, reason=WHY),
    "send": lambda payout, by: send_payout(payout.id, by=by),
    "paid": lambda payout, by: mark_payout_paid(payout.id, by=by, bank_reference="PP-1"),
    "failed": lambda payout, by: fail_payout(payout.id, by=by, reason=WHY),
    "returned": lambda payout, by: return_payout(payout.id, by=by, reason=WHY),
}
POSSIBLE = {
    "PENDING": {"approve", "reject"},
    "APPROVED": {"send", "failed"},
    "SENT": {"paid", "failed"},
    "PAID": {"returned"},
    "REJECTED": set(),
    "CANCELED": set(),
    "FAILED": set(),
    "RETURNED": set(),
}
WAYS = {
    "PENDING": lambda world: world.payout(),
    "APPROVED": lambda world: world.approved_payout(),
    "SENT": lambda world: world.sent_payout(),
    "PAID": lambda world: world.paid_payout(),
    "REJECTED": lambda world: STEPS["reject"](world.payout(), world.finance),
    "CANCELED": lambda world: canceled(world.payout()),
    "FAILED": lambda world: STEPS["failed"](world.approved_payout(), world.finance),
    "RETURNED": lambda world: STEPS["returned"](world.paid_payout(), world.finance),
}


@pytest.mark.parametrize("status", Payout.Status.values)
def test_no_step_is_taken_out_of_its_turn(world, finance, status):
    payout = WAYS[status](world)
    assert payout.status == status

    for step in STEPS.keys() - POSSIBLE[status]:
        with nothing_happened(), pytest.raises(PayoutWrongState) as refused:
            STEPS[step](payout, finance)
        assert refused.value.details == {"status": status}


@pytest.mark.parametrize("step", STEPS)
def test_only_finance_decides(world, payout, step):
    people = [payout.creator, world.brand(), world.staff("moderator"), world.staff("support"), world.staff("engineer")]

    for person in people:
        with nothing_happened(), pytest.raises(Forbidden):
            STEPS[step](payout, person)


@pytest.mark.parametrize("step", STEPS)
def test_a_payout_that_is_not_there_is_not_found(world, finance, payout, step):
    payout.id = "0199f0c0-0000-7000-8000-00000000dead"

    with nothing_happened(), pytest.raises(NotFound):
        STEPS[step](payout, finance)


@pytest.mark.parametrize("reason", ["", " ", "x", "x" * 501])
def test_a_reason_is_no_formality(payout, finance, reason):
    with nothing_happened(), pytest.raises(Invalid):
        reject_payout(payout.id, by=finance, reason=reason)


def test_a_payment_names_its_bank_document(world, finance):
    payout = world.sent_payout()

    with nothing_happened(), pytest.raises(Invalid):
        mark_payout_paid(payout.id, by=finance, bank_reference="  ")
