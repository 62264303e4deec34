"""The platform's share, to the minor unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money.arithmetic import commission
from core.money.models import CENTS_MAX, Account, LedgerEntry
from core.rules.services import add_commission_rule

AMOUNTS = st.integers(min_value=1, max_value=CENTS_MAX)
BPS = st.integers(min_value=0, max_value=10_000)


@pytest.mark.parametrize(
    ("amount", "bps", "fee", "net"),
    [(10_000, 1_500, 1_500, 8_500), (1, 1_500, 0, 1), (3, 1_667, 1, 2), (450_000, 1_500, 67_500, 382_500), (1, 10_000, 1, 0)],
)
def test_the_check_values_are_exact(amount, bps, fee, net):
    assert (commission(amount, bps), amount - commission(amount, bps)) == (fee, net)


@given(amount=AMOUNTS, bps=BPS)
def test_the_share_is_the_nearest_whole_one_and_never_more_than_the_amount(amount, bps):
    fee = commission(amount, bps)

    assert 0 <= fee <= amount
    assert abs(fee * 10_000 - amount * bps) <= 5_000


def test_a_completed_deal_pays_the_creator_and_the_platform_to_the_minor_unit(world):
    job = world.completed_deal(price_quote=4_500)

    escrow = job.escrow
    entries = dict(LedgerEntry.objects.filter(job=job).values_list("reference", "amount_cents"))
    assert entries == {
        f"ESCROW_FUND:{escrow.id}": 450_000,
        f"ESCROW_COMMISSION:{escrow.id}": 67_500,
        f"ESCROW_RELEASE:{escrow.id}": 382_500,
    }
    assert Account.objects.get(owner=job.active_creator).balance_cents == 382_500
    assert Account.objects.get(escrow=escrow).balance_cents == 0


def test_a_deal_without_commission_has_no_entry_for_it(world):
    job = world.live_job()
    add_commission_rule(by=world.approver, scope="BRAND", brand_id=job.brand_id, bps=0, note="A friend of the house.")

    job = world.completed_deal(job=job, price_quote=100)

    assert set(LedgerEntry.objects.filter(job=job).values_list("type", "amount_cents")) == {
        ("ESCROW_FUNDED", 10_000),
        ("ESCROW_RELEASED", 10_000),
    }


def test_a_deal_whose_whole_price_is_commission_pays_the_creator_nothing(world):
    job = world.live_job()
    add_commission_rule(by=world.approver, scope="BRAND", brand_id=job.brand_id, bps=10_000, note="A campaign of our own.")

    job = world.completed_deal(job=job, price_quote=100)

    assert set(LedgerEntry.objects.filter(job=job).values_list("type", "amount_cents")) == {
        ("ESCROW_FUNDED", 10_000),
        ("COMMISSION_TAKEN", 10_000),
    }


def test_a_new_rule_does_not_touch_a_deal_that_began(world):
    job = world.funded_job(price_quote=100)
    add_commission_rule(by=world.approver, scope="DEFAULT", bps=5_000, note="Everything costs more.")

    world.submission(job=job)
    completed = world.approve(job)

    assert LedgerEntry.objects.get(job=completed, type="COMMISSION_TAKEN").amount_cents == 1_500


def test_a_canceled_deal_returns_the_whole_amount_to_the_brand(world):
    job = world.canceled_deal(price_quote=100)

    entry = LedgerEntry.objects.get(reference=f"ESCROW_REFUND:{job.escrow.id}")
    assert (entry.type, entry.amount_cents, entry.to_account.owner_id) == ("ESCROW_REFUNDED", 10_000, job.brand_id)
    assert Account.objects.get(owner=job.brand).balance_cents == 10_000
