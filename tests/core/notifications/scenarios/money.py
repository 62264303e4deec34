"""Escrows, top-ups, payouts, and corrections by hand."""

import pytest

from core.money import services as money
from core.money.models import Payout
from core.people.models import User
from tests.core.notifications.scenarios import Reminded, Scene, reminder, scenario
from tests.core.notifications.scenarios.deals import out_of_time
from tests.world import unique

REASON = "The details were wrong."
MUCH = 10_000_000


def signers(first: User) -> set:
    """Everybody who may be the second of two after this one."""
    staff = User.objects.on_duty("finance") | User.objects.on_duty("finance_approver")
    return set(staff.values_list("id", flat=True)) - {first.id}


def slowly(world) -> pytest.MonkeyPatch:
    """Top-ups come by bank: somebody has to confirm them."""
    world.settings.PAYMENT_PROVIDER = "manual"


def top_up(world, cents: int = 100_000):
    slowly(world)
    assert world.finance
    assert world.approver
    return money.request_top_up(by=world.brand(), amount_cents=cents, currency="RUB")


def big_payout(world) -> Payout:
    """A payout for which two people sign."""
    assert world.approver
    creator = world.paid_creator(price_quote=MUCH // 100)
    return world.payout(creator=creator, amount_cents=MUCH // 2 + 500_000)


@scenario("ESCROW_FUNDED")
def a_brand_funds(world):
    job = world.deal(funded=False)
    return Scene(lambda: money.fund_escrow(job.id, by=job.brand), job=job)


@scenario("TOP_UP_REQUESTED")
def a_brand_wants_to_pay_in(world):
    slowly(world)
    brand = world.brand()
    assert world.finance
    return Scene(lambda: money.request_top_up(by=brand, amount_cents=100_000, currency="RUB"))


@scenario("TOP_UP_CANCELED")
def a_brand_calls_a_top_up_off(world):
    asked = top_up(world)
    return Scene(lambda: money.cancel_top_up(asked.id, by=asked.brand))


@scenario("TOP_UP_CONFIRMED")
def a_transfer_has_come(world):
    asked = top_up(world)
    return Scene(
        lambda: money.confirm_top_up(asked.id, by=world.finance, bank_reference=unique("bank")), people={"BRAND": [asked.brand_id]}
    )


@scenario("TOP_UP_CONFIRMED")
def a_transfer_comes_at_once(world):
    brand = world.brand()
    return Scene(lambda: money.request_top_up(by=brand, amount_cents=100_000, currency="RUB"), people={"BRAND": [brand.id]})


@scenario("TOP_UP_REJECTED")
def a_top_up_is_refused(world):
    asked = top_up(world)
    return Scene(lambda: money.reject_top_up(asked.id, by=world.finance, reason=REASON), people={"BRAND": [asked.brand_id]})


@scenario("TOP_UP_SECOND_APPROVAL")
def a_large_transfer_has_come(world):
    asked = top_up(world, cents=60_000_000)
    return Scene(
        lambda: money.confirm_top_up(asked.id, by=world.finance, bank_reference=unique("bank")),
        people={"SECOND_SIGNERS": signers(world.finance)},
    )


@scenario("TOP_UP_EXPIRED")
def a_transfer_does_not_come(world):
    asked = top_up(world)
    return Scene(out_of_time(world, asked.id, "RECEIVE_TOP_UP"), people={"BRAND": [asked.brand_id]})


@scenario("PAYOUT_REQUESTED")
def a_creator_wants_the_money(world):
    assert world.finance
    creator = world.paid_creator()
    method = world.payout_method(creator)
    return Scene(lambda: money.request_payout(by=creator, amount_cents=10_000, currency="RUB", method_id=method.id))


@scenario("PAYOUT_CANCELED")
def a_creator_calls_a_payout_off(world):
    assert world.finance
    payout = world.payout()
    return Scene(lambda: money.cancel_payout(payout.id, by=payout.creator))


@scenario("PAYOUT_SECOND_APPROVAL")
def a_large_payout_has_one_signature(world):
    payout = big_payout(world)
    return Scene(lambda: money.approve_payout(payout.id, by=world.finance), people={"SECOND_SIGNERS": signers(world.finance)})


@scenario("PAYOUT_APPROVED")
def a_payout_is_approved(world):
    payout = world.payout()
    return Scene(lambda: money.approve_payout(payout.id, by=world.finance), people={"CREATOR": [payout.creator_id]})


@scenario("PAYOUT_SENT")
def a_payout_goes_to_the_bank(world):
    payout = world.approved_payout()
    return Scene(lambda: money.send_payout(payout.id, by=world.finance), people={"CREATOR": [payout.creator_id]})


@scenario("PAYOUT_PAID")
def a_payout_arrives(world):
    payout = world.sent_payout()
    return Scene(
        lambda: money.mark_payout_paid(payout.id, by=world.finance, bank_reference=unique("bank")), people={"CREATOR": [payout.creator_id]}
    )


@scenario("PAYOUT_REJECTED")
def a_payout_is_refused(world):
    payout = world.payout()
    return Scene(lambda: money.reject_payout(payout.id, by=world.finance, reason=REASON), people={"CREATOR": [payout.creator_id]})


@scenario("PAYOUT_FAILED")
def the_bank_refuses_a_payout(world):
    payout = world.sent_payout()
    return Scene(lambda: money.fail_payout(payout.id, by=world.finance, reason=REASON), people={"CREATOR": [payout.creator_id]})


@scenario("PAYOUT_RETURNED")
def the_bank_returns_a_payout(world):
    payout = world.paid_payout()
    return Scene(lambda: money.return_payout(payout.id, by=world.finance, reason=REASON), people={"CREATOR": [payout.creator_id]})


@scenario("PAYOUT_EXPIRED")
def nobody_decides_about_a_payout(world):
    payout = world.payout()
    return Scene(out_of_time(world, payout.id, "DECIDE_PAYOUT"), people={"CREATOR": [payout.creator_id]})


@scenario("PAYOUT_EXPIRED")
def nobody_sends_a_payout(world):
    payout = world.approved_payout()
    return Scene(out_of_time(world, payout.id, "SEND_PAYOUT"), people={"CREATOR": [payout.creator_id]})


@scenario("ADJUSTMENT_SECOND_APPROVAL")
def somebody_drafts_a_correction(world):
    assert world.approver
    creator = world.paid_creator()
    return Scene(
        lambda: money.draft_adjustment(creator.id, terms=world.terms(), by=world.finance), people={"SECOND_SIGNERS": signers(world.finance)}
    )


@scenario("BALANCE_ADJUSTED")
def a_correction_is_signed(world):
    adjustment = world.adjustment(world.paid_creator())
    return Scene(lambda: money.approve_adjustment(adjustment.id, by=world.approver), people={"OWNER": [adjustment.person_id]})


@scenario("ADJUSTMENT_REJECTED")
def a_correction_is_refused(world):
    adjustment = world.adjustment(world.paid_creator())
    return Scene(
        lambda: money.reject_adjustment(adjustment.id, by=world.approver, reason=REASON), people={"DRAFTER": [adjustment.drafted_by_id]}
    )


@scenario("ADJUSTMENT_REJECTED")
def nobody_signs_a_correction(world):
    adjustment = world.adjustment(world.paid_creator())
    return Scene(out_of_time(world, adjustment.id, "DECIDE_ADJUSTMENT"), people={"DRAFTER": [adjustment.drafted_by_id]})


@reminder("DECIDE_PAYOUT")
def a_payout_waits(world):
    payout, finance = world.payout(), world.finance
    return Reminded(payout.id, [finance.id])


@reminder("SEND_PAYOUT")
def an_approved_payout_waits(world):
    payout = world.approved_payout()
    return Reminded(payout.id, [world.finance.id])


@reminder("DECIDE_ADJUSTMENT")
def a_correction_waits(world):
    adjustment = world.adjustment(world.paid_creator())
    return Reminded(adjustment.id, {world.approver.id} | signers(world.finance))
