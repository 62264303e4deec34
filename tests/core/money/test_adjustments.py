"""Corrections of wallets: two people, a reason, and never more than one may sign for in a day."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.money.adjustments.models import Adjustment
from core.money.adjustments.selectors import adjustment_list
from core.money.errors import (
    AdjustmentLimitReached,
    AdjustmentWrongState,
    NotEnoughMoney,
    OwnWallet,
    SecondPersonRequired,
    WalletMissing,
    WrongDirection,
)
from core.money.models import Account, LedgerEntry
from core.money.selectors import ledger_faults
from core.money.services import (
    approve_adjustment,
    cancel_adjustment,
    draft_adjustment,
    preview_adjustment,
    reject_adjustment,
    reject_adjustment_by_timer,
)
from core.money.steps import draft_adjustment as draft_step
from core.money.steps import system
from core.notifications.models import Notification
from core.people.models import SYSTEM_USER_ID
from core.rules.services import set_limit
from outbox.models import Event
from tests.core.money.traces import nothing_happened
from tests.moments import later, running, wait_out

REASON = "The deal was another one."


@pytest.fixture
def creator(world):
    """Somebody with 85,000 in the wallet, and staff who can sign."""
    world.finance, world.approver  # noqa: B018 - made before anything is counted
    return world.paid_creator(price_quote=1_000)


def balance(person, currency="RUB"):
    return Account.objects.get(owner=person, currency=currency).balance_cents


def draft(world, person, cents=5_000, **terms):
    return draft_adjustment(person.id, terms=world.terms(cents, **terms), by=world.finance)


def reject(adjustment_id, *, by):
    return reject_adjustment(adjustment_id, by=by, reason=REASON)


# Drafting


def test_a_draft_moves_nothing_and_those_who_may_sign_know(world, creator):
    colleague = world.staff("finance")

    adjustment = draft(world, creator)

    assert (adjustment.status, adjustment.signed_cents, adjustment.wallet_kind) == ("PENDING", 5_000, "CREATOR")
    assert balance(creator) == 85_000
    told = set(Notification.objects.filter(type="ADJUSTMENT_SECOND_APPROVAL").values_list("user_id", flat=True))
    assert {colleague.id, world.approver.id} <= told
    assert world.finance.id not in told
    assert not Notification.objects.filter(user=creator, type="BALANCE_ADJUSTED").exists()
    event = Event.objects.get(type="ADJUSTMENT_DRAFTED")
    assert (event.payload["amountCents"], event.payload["userId"]) == (5_000, str(creator.id))
    assert "reason" not in event.payload
    assert AuditEntry.objects.get(action="ADJUSTMENT_DRAFTED").actor == world.finance
    assert running(adjustment) == ["DECIDE_ADJUSTMENT"]


@pytest.mark.parametrize("capability", ["moderator", "finance_approver", "support", "engineer"])
def test_only_finance_drafts(world, creator, capability):
    staff = world.staff(capability)

    with nothing_happened(), pytest.raises(Forbidden):
        draft_adjustment(creator.id, terms=world.terms(), by=staff)


@pytest.mark.parametrize("who", ["finance", "system", "nobody"])
def test_only_a_brand_or_a_creator_has_a_wallet(world, creator, who):
    person_id = {"finance": world.staff("finance").id, "system": SYSTEM_USER_ID, "nobody": "0199f0c0-0000-7000-8000-00000000dead"}[who]

    with nothing_happened(), pytest.raises(Invalid) as refused:
        draft_adjustment(person_id, terms=world.terms(), by=world.finance)

    assert list(refused.value.fields) == ["userId"]


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("amountCents", {"cents": 10_000_000_000_001}),
        ("currency", {"currency": "GBP"}),
        ("category", {"category": "GIFT"}),
        ("reason", {"reason": " x "}),
        ("reason", {"reason": "x" * 501}),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_field(world, creator, field, terms):
    with nothing_happened(), pytest.raises(Invalid) as refused:
        draft(world, creator, **terms)

    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(("category", "cents"), [("CLAWBACK", 100), ("GOODWILL", -100), ("FEE_WAIVER", -100)])
def test_some_categories_go_one_way(world, creator, category, cents):
    with nothing_happened(), pytest.raises(WrongDirection):
        draft(world, creator, cents, category=category)


def test_a_deal_that_is_named_is_one_of_the_persons(world, creator):
    own = LedgerEntry.objects.filter(to_account__owner=creator).first().job_id
    foreign = world.completed_deal().id
    terms = world.terms()

    with nothing_happened(), pytest.raises(Invalid) as refused:
        draft_adjustment(creator.id, terms=terms.__class__(**vars(terms) | {"job_id": foreign}), by=world.finance)
    adjustment = draft_adjustment(creator.id, terms=terms.__class__(**vars(terms) | {"job_id": own}), by=world.finance)

    assert list(refused.value.fields) == ["jobId"]
    approve_adjustment(adjustment.id, by=world.approver)
    assert LedgerEntry.objects.get(type="ADJUSTMENT").job_id == own


def test_a_wallet_in_another_currency_has_to_be_meant(world, creator):
    with nothing_happened(), pytest.raises(WalletMissing):
        draft(world, creator, currency="USD")

    adjustment = draft_adjustment(creator.id, terms=world.terms(currency="USD"), by=world.finance, opens_wallet=True)
    approve_adjustment(adjustment.id, by=world.approver)

    assert (balance(creator, "USD"), balance(creator)) == (5_000, 85_000)


@pytest.mark.parametrize("cents", [-85_001, -10_000_000])
def test_what_is_not_there_is_not_taken(world, creator, cents):
    with nothing_happened(), pytest.raises(NotEnoughMoney) as refused:
        draft(world, creator, cents)

    assert refused.value.details == {"required_cents": -cents, "available_cents": 85_000}


def test_a_step_refuses_ones_own_wallet(world, creator):
    with nothing_happened(), pytest.raises(OwnWallet):
        draft_step(creator, terms=world.terms(), by=creator)


# Posting


def test_the_second_person_moves_the_money_and_the_owner_knows_why(world, creator):
    adjustment = draft(world, creator)

    approve_adjustment(adjustment.id, by=world.approver)

    assert balance(creator) == 90_000
    entry = LedgerEntry.objects.get(reference=f"ADJUSTMENT:{adjustment.id}")
    assert (entry.actor, entry.approved_by, entry.reason) == (world.finance, world.approver, adjustment.reason)
    notice = Notification.objects.get(type="BALANCE_ADJUSTED")
    assert (notice.user, notice.facts["amount_cents"], notice.facts["reason"]) == (creator, 5_000, adjustment.reason)
    event = Event.objects.get(type="BALANCE_ADJUSTED")
    assert (event.recipient_ids, event.payload["amountCents"]) == ([creator.id], 5_000)
    audit = AuditEntry.objects.get(action="BALANCE_ADJUSTED")
    assert (audit.actor, audit.before["status"], audit.after["status"]) == (world.approver, "PENDING", "POSTED")
    assert running(adjustment) == []
    assert ledger_faults() == []


def test_a_clawback_takes_all_there_is_and_not_a_unit_more(world, creator):
    adjustment = draft(world, creator, -85_000)
    world.payout(creator=creator, amount_cents=1_000)

    with nothing_happened(), pytest.raises(NotEnoughMoney) as refused:
        approve_adjustment(adjustment.id, by=world.approver)
    smaller = draft(world, creator, -84_000)
    approve_adjustment(smaller.id, by=world.approver)

    assert refused.value.details == {"required_cents": 85_000, "available_cents": 84_000}
    assert balance(creator) == 0
    assert Notification.objects.get(type="BALANCE_ADJUSTED").facts["amount_cents"] == -84_000
    assert ledger_faults() == []


def test_a_brands_wallet_is_corrected_too(world):
    brand = world.brand()
    world.wallet_money(brand, 10_000)

    world.posted_adjustment(brand, -4_000)

    assert balance(brand) == 6_000
    assert ledger_faults() == []


def test_who_drafted_does_not_decide(world, creator):
    adjustment = draft(world, creator)

    for decide in (approve_adjustment, reject):
        with nothing_happened(), pytest.raises(SecondPersonRequired):
            decide(adjustment.id, by=world.finance)


@pytest.mark.parametrize("capability", ["moderator", "support", "engineer"])
def test_others_do_not_decide(world, creator, capability):
    adjustment, staff = draft(world, creator), world.staff(capability)

    for decide in (approve_adjustment, reject, cancel_adjustment):
        with nothing_happened(), pytest.raises(Forbidden):
            decide(adjustment.id, by=staff)


def test_an_adjustment_that_there_is_not(world, creator):
    missing = "0199f0c0-0000-7000-8000-00000000dead"

    for decide in (approve_adjustment, reject, cancel_adjustment):
        with nothing_happened(), pytest.raises(NotFound):
            decide(missing, by=world.finance)


def test_a_refused_one_says_why_to_its_drafter(world, creator):
    adjustment = draft(world, creator)

    reject_adjustment(adjustment.id, by=world.approver, reason=f" {REASON} ")

    adjustment.refresh_from_db()
    assert (adjustment.status, adjustment.refusal, adjustment.decided_by) == ("REJECTED", REASON, world.approver)
    notice = Notification.objects.get(type="ADJUSTMENT_REJECTED")
    assert (notice.user, notice.facts["reason"]) == (world.finance, REASON)
    assert balance(creator) == 85_000
    assert running(adjustment) == []


def test_only_its_drafter_takes_it_back(world, creator):
    adjustment = draft(world, creator)

    with nothing_happened(), pytest.raises(Forbidden):
        cancel_adjustment(adjustment.id, by=world.staff("finance"))
    cancel_adjustment(adjustment.id, by=world.finance)

    adjustment.refresh_from_db()
    assert (adjustment.status, balance(creator), running(adjustment)) == ("CANCELED", 85_000, [])


def test_what_is_decided_stays_decided(world, creator):
    ends = {
        "POSTED": lambda number: approve_adjustment(number, by=world.approver),
        "REJECTED": lambda number: reject_adjustment(number, by=world.approver, reason=REASON),
        "CANCELED": lambda number: cancel_adjustment(number, by=world.finance),
    }
    for status, end in ends.items():
        adjustment = draft(world, creator)
        end(adjustment.id)
        for again in ends.values():
            with nothing_happened(), pytest.raises(AdjustmentWrongState) as refused:
                again(adjustment.id)
            assert refused.value.details == {"status": status}


def test_nobody_signs_and_the_draft_is_dropped(world, creator):
    adjustment = draft(world, creator)

    with nothing_happened():
        assert reject_adjustment_by_timer(adjustment.id, by=system()) is None
    fired = wait_out(adjustment, "DECIDE_ADJUSTMENT")

    adjustment.refresh_from_db()
    assert "DECIDE_ADJUSTMENT" in [timer.kind for timer in fired]
    assert (adjustment.status, str(adjustment.decided_by_id), adjustment.refusal) == ("REJECTED", SYSTEM_USER_ID, "")
    assert Notification.objects.get(type="ADJUSTMENT_REJECTED").user == world.finance
    assert balance(creator) == 85_000


def test_the_clock_alone_lets_time_run_out(world, creator):
    adjustment = draft(world, creator)

    with nothing_happened(), pytest.raises(Forbidden):
        reject_adjustment_by_timer(adjustment.id, by=world.approver)


# Limits


@pytest.fixture
def limited(world, creator):
    """One person may sign for 10,000 in roubles within 24 hours."""
    set_limit(by=world.approver, key="ADJUSTMENT_PER_DAY", value=10_000, currency="RUB", note="Careful days.")
    return world


def test_one_person_drafts_so_much_in_a_day_in_and_out_together(limited, creator):
    draft(limited, creator, 6_000)
    draft(limited, creator, -4_000)

    with nothing_happened(), pytest.raises(AdjustmentLimitReached) as refused:
        draft(limited, creator, 1)

    assert refused.value.details == {"limit_cents": 10_000, "used_cents": 10_000}
    assert draft_adjustment(creator.id, terms=limited.terms(10_000), by=limited.staff("finance")).status == "PENDING"
    assert draft_adjustment(creator.id, terms=limited.terms(10_000, currency="USD"), by=limited.finance, opens_wallet=True)


def test_what_was_dropped_does_not_count_and_what_was_posted_does(limited, creator):
    dropped, posted = draft(limited, creator, 6_000), draft(limited, creator, 4_000)
    approve_adjustment(posted.id, by=limited.approver)
    reject_adjustment(dropped.id, by=limited.approver, reason=REASON)

    with nothing_happened(), pytest.raises(AdjustmentLimitReached):
        draft(limited, creator, 6_001)
    assert draft(limited, creator, 6_000).status == "PENDING"


def test_one_person_posts_so_much_in_a_day(limited, creator):
    first, second = (draft_adjustment(creator.id, terms=limited.terms(6_000), by=limited.staff("finance")) for _ in range(2))
    approve_adjustment(first.id, by=limited.approver)

    with nothing_happened(), pytest.raises(AdjustmentLimitReached) as refused:
        approve_adjustment(second.id, by=limited.approver)
    approve_adjustment(second.id, by=limited.staff("finance_approver"))

    assert refused.value.details == {"limit_cents": 10_000, "used_cents": 6_000}
    assert balance(creator) == 97_000


def test_tomorrow_there_is_room_again(limited, creator):
    draft(limited, creator, 10_000)

    with later(hours=23, minutes=59), pytest.raises(AdjustmentLimitReached):
        draft(limited, creator, 1)
    with later(days=1, seconds=1):
        assert draft(limited, creator, 10_000).status == "PENDING"


# Previews and lists


def test_a_preview_shows_what_both_signatures_would_move_and_leaves_nothing(world, creator):
    with nothing_happened():
        seen = preview_adjustment(creator.id, terms=world.terms(-5_000), by=world.finance)

    (posting,) = seen.postings
    assert (posting["type"], posting["source"]["kind"], posting["target"]["kind"]) == ("ADJUSTMENT", "CREATOR", "ADJUSTMENT")
    (wallet,) = seen.balances
    assert (wallet["before_cents"], wallet["after_cents"]) == (85_000, 80_000)


def test_a_preview_is_refused_as_the_draft_is(world, creator):
    with nothing_happened(), pytest.raises(NotEnoughMoney):
        preview_adjustment(creator.id, terms=world.terms(-85_001), by=world.finance)
    with nothing_happened(), pytest.raises(Forbidden):
        preview_adjustment(creator.id, terms=world.terms(), by=world.approver)


def test_finance_sees_all_of_them_and_nobody_else_any(world, creator):
    draft(world, creator)

    assert adjustment_list(by=world.finance).count() == adjustment_list(by=world.approver).count() == Adjustment.objects.count() > 0
    for other in (creator, world.moderator, world.staff("support")):
        assert adjustment_list(by=other).count() == 0
