"""The escrow of a deal that ends with a part for each side."""

import pytest
from django.db import DatabaseError, transaction

from core.base.errors import Invalid, WrongState
from core.money import steps
from core.money.models import Account, Escrow, LedgerEntry
from core.money.selectors import ledger_faults
from tests.core.money.traces import nothing_happened

PRICE = 450_000


@pytest.fixture
def escrow(world):
    """A funded escrow of 450,000 at 15 %."""
    return world.funded_job(price_quote=4_500).escrow


def split(escrow, cents, by=None):
    with transaction.atomic():
        return steps.split(escrow, creator_share_cents=cents, by=by or escrow.brand, source="DISPUTE")


def balance(person, kind):
    return Account.objects.get(owner=person, kind=kind, currency="RUB").balance_cents


@pytest.mark.parametrize(("share", "fee"), [(100_000, 15_000), (1, 0), (3, 0), (4, 1), (PRICE - 1, 67_500), (225_000, 33_750)])
def test_each_side_has_its_part_and_the_commission_is_on_the_creators_alone(escrow, share, fee):
    creator, brand = split(escrow, share)

    assert (creator.cents, brand.cents) == (share - fee, PRICE - share)
    assert balance(escrow.creator, "CREATOR") == share - fee
    assert balance(escrow.brand, "BRAND") == PRICE - share
    assert Account.objects.get(escrow=escrow).balance_cents == 0
    entries = {entry.reference.partition(":")[0]: entry.amount_cents for entry in LedgerEntry.objects.filter(from_account__escrow=escrow)}
    assert entries.pop("ESCROW_COMMISSION", 0) == fee
    assert entries == {"ESCROW_RELEASE": share - fee, "ESCROW_REFUND": PRICE - share}
    escrow.refresh_from_db()
    assert (escrow.status, escrow.creator_share_cents, escrow.commission_cents, escrow.creator_net_cents) == (
        "SPLIT", share, fee, share - fee,
    )  # fmt: skip
    assert [fault for fault in ledger_faults() if not fault.subject.startswith("job:")] == []


def test_both_sides_are_to_be_told_their_own_part(escrow):
    creator, brand = split(escrow, 100_000)

    assert (creator.notice.people, creator.notice.type, creator.notice.facts["amount_cents"]) == (
        [escrow.creator_id], "ESCROW_RELEASED", 85_000,
    )  # fmt: skip
    assert (brand.notice.people, brand.notice.type, brand.notice.facts["amount_cents"]) == ([escrow.brand_id], "ESCROW_REFUNDED", 350_000)
    assert (creator.event.amount_cents, creator.event.commission_cents, creator.event.source) == (85_000, 15_000, "DISPUTE")
    assert (brand.event.amount_cents, brand.event.source) == (350_000, "DISPUTE")


@pytest.mark.parametrize("share", [0, -1, PRICE, PRICE + 1, True, "100", 1.5])
def test_a_share_of_nothing_or_of_all_is_no_split(escrow, share):
    with nothing_happened(), pytest.raises(Invalid) as refused:
        split(escrow, share)

    assert list(refused.value.fields) == ["creatorShareCents"]


@pytest.mark.parametrize("status", ["UNFUNDED", "RELEASED", "REFUNDED", "SPLIT"])
def test_only_a_funded_escrow_is_split(world, status):
    made = {
        "UNFUNDED": lambda: world.accepted_job(price_quote=4_500),
        "RELEASED": lambda: world.completed_deal(price_quote=4_500),
        "REFUNDED": lambda: world.canceled_deal(price_quote=4_500),
        "SPLIT": lambda: world.funded_job(price_quote=4_500),
    }
    escrow = Escrow.objects.get(job=made[status]())
    if status == "SPLIT":
        split(escrow, 100_000)

    with nothing_happened(), pytest.raises(WrongState):
        split(Escrow.objects.get(id=escrow.id), 200_000)


def test_a_second_split_that_read_too_early_is_stopped_by_the_database(escrow):
    stale = Escrow.objects.get(id=escrow.id)
    split(escrow, 100_000)

    with nothing_happened(), pytest.raises(DatabaseError, match="never change"):
        split(stale, 200_000)
