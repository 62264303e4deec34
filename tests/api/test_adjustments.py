"""Corrections of wallets, explained money and what stands before a payout, as clients see them."""

from datetime import timedelta

import pytest

from api.adjustments import AdjustmentOut
from api.explanations import DealMoneyOut, DealNumberOut, ExplainedEntryOut, PartOut, WalletMoneyOut, WalletNumberOut
from api.payouts import BlockerOut, PayoutRowOut, ReadinessOut
from core.base import clock
from core.money.adjustments.models import Adjustment
from core.money.models import Account
from tests.api.callers import Caller
from tests.core.money.traces import nothing_happened

ADJUST = "/api/admin/finance/adjust"


@pytest.fixture
def creator(world):
    """Somebody with 85,000 in the wallet."""
    return world.paid_creator(price_quote=1_000)


@pytest.fixture
def finance(world):
    return Caller(world.finance)


@pytest.fixture
def approver(world):
    return Caller(world.approver)


def wish(person, cents=5_000, **changes):
    return {"userId": str(person.id), "amountCents": cents, "currency": "RUB", "category": "CORRECTION", "reason": "A mistake."} | changes


def balance(person):
    return Account.objects.get(owner=person, currency="RUB").balance_cents


def test_a_draft_answers_201_and_the_second_person_moves_the_money(creator, finance, approver):
    drafted = finance.post(ADJUST, wish(creator, -5_000))

    assert (drafted.status, balance(creator)) == (201, 85_000)
    shown = drafted.data["adjustment"]
    assert set(shown) == set(AdjustmentOut().fields)
    assert (shown["amountCents"], shown["direction"], shown["category"], shown["status"]) == (-5_000, "DEBIT", "CORRECTION", "PENDING")
    assert shown["userName"] == creator.creator_profile.display_name
    posted = approver.post(f"/api/admin/adjustments/{shown['id']}/approve")
    assert (posted.status, posted.data["adjustment"]["status"], balance(creator)) == (200, "POSTED", 80_000)
    assert finance.get("/api/admin/adjustments").data["items"] == [posted.data["adjustment"]]
    assert finance.get(f"/api/admin/adjustments/{shown['id']}").data["adjustment"] == posted.data["adjustment"]


def test_a_body_of_the_original_is_understood(creator, finance):
    body = wish(creator, 5_000)
    del body["category"]

    assert finance.post(ADJUST, body).data["adjustment"]["category"] == "OTHER"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("amountCents", {"amountCents": 0}),
        ("amountCents", {"amountCents": 10**14}),
        ("amountCents", {"amountCents": "5000abc"}),
        ("currency", {"currency": "GBP"}),
        ("category", {"category": "GIFT"}),
        ("reason", {"reason": " "}),
        ("userId", {"userId": "me"}),
        ("userId", {"userId": "0199f0c0-0000-7000-8000-00000000dead"}),
        ("jobId", {"jobId": "0199f0c0-0000-7000-8000-00000000dead"}),
        ("status", {"status": "POSTED"}),
    ],
)
def test_what_cannot_be_meant_is_400_under_its_field(creator, finance, field, changes):
    with nothing_happened():
        answer = finance.post(ADJUST, wish(creator, **changes))

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == [field]


def test_too_little_money_is_a_conflict_with_the_numbers(creator, finance):
    with nothing_happened():
        answer = finance.post(ADJUST, wish(creator, -85_001))

    assert (answer.status, answer.code) == (409, "PAYMENTS_STATE_ERROR")
    assert answer.details == {"code": "INSUFFICIENT_FUNDS", "requiredCents": 85_001, "availableCents": 85_000}


def test_a_first_wallet_in_a_currency_has_to_be_meant(creator, finance):
    with nothing_happened():
        answer = finance.post(ADJUST, wish(creator, currency="USD"))

    assert (answer.status, answer.details["code"]) == (409, "WALLET_MISSING")
    assert finance.post(ADJUST, wish(creator, currency="USD", openWallet=True)).status == 201


def test_a_dry_run_of_a_draft_shows_what_the_second_signature_would_move(creator, finance):
    with nothing_happened():
        answer = finance.post(f"{ADJUST}?dryRun=true", wish(creator, -5_000))

    assert answer.status == 200
    assert [(posting["type"], posting["amountCents"]) for posting in answer.data["postings"]] == [("ADJUSTMENT", 5_000)]
    assert [(held["beforeCents"], held["afterCents"]) for held in answer.data["balances"]] == [(85_000, 80_000)]


def test_a_dry_run_of_a_signature_changes_nothing(world, creator, approver):
    adjustment = world.adjustment(creator, 5_000)

    with nothing_happened():
        answer = approver.post(f"/api/admin/adjustments/{adjustment.id}/approve?dryRun=true")

    assert (answer.status, answer.data["balances"][0]["afterCents"]) == (200, 90_000)


def test_the_same_key_drafts_once(creator, finance):
    first, second = (finance.post(ADJUST, wish(creator), idempotency_key="a-present-for-you") for _ in range(2))

    assert first.content == second.content
    assert Adjustment.objects.count() == 1


def test_the_list_is_narrowed(world, creator, finance):
    waiting, posted = world.adjustment(creator, 1_000), world.posted_adjustment(creator, -2_000)

    def listed(query):
        return [row["id"] for row in finance.get(f"/api/admin/adjustments?{query}").data["items"]]

    assert listed("") == [str(posted.id), str(waiting.id)]
    assert listed("status=PENDING") == [str(waiting.id)]
    assert listed("category=CLAWBACK") == [str(posted.id)]
    assert listed(f"userId={creator.id}&currency=RUB&limit=1") == [str(posted.id)]
    assert listed("currency=USD") == listed(f"userId={world.finance.id}") == []
    assert listed(f"draftedById={world.finance.id}") == [str(posted.id), str(waiting.id)]


def test_the_limit_of_a_day_is_a_conflict_that_says_how_much(world, creator, finance):
    most = 20_000_000
    assert finance.post(ADJUST, wish(creator, most)).status == 201

    with nothing_happened():
        answer = finance.post(ADJUST, wish(creator, 1))

    assert (answer.status, answer.details) == (409, {"code": "ADJUSTMENT_LIMIT", "limitCents": most, "usedCents": most})


# Explained money


def test_a_deal_is_explained_in_the_readers_language(creator):
    caller = Caller(creator)
    (escrow,) = caller.get("/api/escrows").data["items"]

    russian = caller.get(f"/api/jobs/{escrow['jobId']}/money").data
    english = caller.get(f"/api/jobs/{escrow['jobId']}/money", accept_language="en").data

    assert set(russian) == set(DealMoneyOut().fields)
    assert {name for number in russian["numbers"] for name in number} == set(DealNumberOut().fields)
    assert {name for number in russian["numbers"] for entry in number["entries"] for name in entry} == set(ExplainedEntryOut().fields)
    assert "удержана комиссия 15" in russian["sentence"]
    assert "a commission of 15% was kept" in english["sentence"]
    assert russian["terms"]["commissionCents"] == 15_000
    assert [number["cents"] for number in russian["numbers"]] == [number["cents"] for number in english["numbers"]]
    shown = {number["name"]: number["cents"] for number in russian["numbers"]}
    assert shown == {"FUNDED": 100_000, "HELD": 0, "RELEASED": 85_000, "COMMISSION": 15_000, "REFUNDED": 0, "ADJUSTED": 0, "WALLET": 85_000}


def test_a_wallet_is_explained_and_its_rows_are_listed_where_it_says(world, creator):
    world.posted_adjustment(creator, 5_000)
    caller = Caller(creator)

    told = caller.get("/api/wallet/explain?currency=RUB").data

    assert set(told) == set(WalletMoneyOut().fields)
    assert {name for number in told["numbers"] for name in number} == set(WalletNumberOut().fields)
    assert {name for number in told["numbers"] for part in number["parts"] for name in part} == set(PartOut().fields)
    held = told["numbers"][0]
    assert (held["name"], held["cents"]) == ("BALANCE", 90_000)
    assert sum(row["amountCents"] for row in caller.get(held["listedAt"]).data["items"]) == 90_000
    assert all(caller.get(number["listedAt"]).status == 200 for number in told["numbers"] if number["name"] != "HELD")


def test_a_wallet_as_it_was(world, creator):
    moment = clock.now().isoformat().replace("+00:00", "Z")
    world.posted_adjustment(creator, 5_000)
    caller = Caller(creator)

    assert [row["balanceCents"] for row in caller.get("/api/wallet").data["items"]] == [90_000]
    assert [row["balanceCents"] for row in caller.get(f"/api/wallet?asOf={moment}").data["items"]] == [85_000]
    assert caller.get(f"/api/wallet/explain?currency=RUB&asOf={moment}").data["numbers"][0]["cents"] == 85_000
    early = (creator.created_at - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert caller.get(f"/api/wallet?asOf={early}").data["items"] == []
    assert caller.get("/api/wallet?asOf=yesterday").status == 400


# Before a payout


def test_readiness_says_what_to_do_and_who_clears_it(world, creator):
    caller = Caller(creator)

    found = caller.get("/api/payouts/readiness?currency=RUB&amountCents=85001").data

    assert set(found) == set(ReadinessOut().fields)
    assert (found["ready"], found["availableCents"], found["minimumCents"]) == (False, 85_000, 1_000)
    assert [set(blocker) for blocker in found["blockers"]] == [set(BlockerOut().fields)] * 2
    assert [(blocker["code"], blocker["clearedBy"]) for blocker in found["blockers"]] == [
        ("PAYOUT_METHOD_MISSING", "CREATOR"),
        ("INSUFFICIENT_FUNDS", "CREATOR"),
    ]
    world.payout_method(creator)
    assert caller.get("/api/payouts/readiness?currency=RUB&amountCents=85000").data["ready"]


@pytest.mark.parametrize(
    "query", ["", "currency=GBP", "currency=RUB&amountCents=0", "currency=RUB&amountCents=1.5", "currency=RUB&method=1"]
)
def test_what_cannot_be_asked_for_is_400(creator, query):
    assert Caller(creator).get(f"/api/payouts/readiness?{query}").status == 400


def test_a_payout_shows_the_clock_that_runs(world, creator):
    payout = world.payout(creator=creator, amount_cents=10_000)
    caller = Caller(creator)

    (row,) = caller.get("/api/payouts").data["items"]
    page = caller.get(f"/api/payouts/{payout.id}").data["payout"]

    assert set(row) == set(PayoutRowOut().fields)
    (timer,) = row["timers"]
    assert (timer["kind"], timer["waitsFor"], timer["onExpiry"]) == ("DECIDE_PAYOUT", "STAFF", "CANCEL_PAYOUT")
    assert page["timers"] == row["timers"]
    assert "вернутся в кошелёк" in timer["consequence"]
    assert "back in the wallet" in caller.get("/api/payouts", accept_language="en").data["items"][0]["timers"][0]["consequence"]
