"""Escrows, wallets, statements, top-ups and the books, as clients see them."""

import pytest

from api.money import AccountOut, EntryOut, EscrowOut
from api.wallets import AdminTopUpOut, StatementOut, TopUpOut
from core.money.models import Account, Escrow
from core.money.services import request_top_up
from tests.api.callers import Caller
from tests.core.money.traces import nothing_happened


@pytest.fixture
def deal(world):
    """A deal of 100 units that waits for its money."""
    return world.accepted_job(price_quote=100)


@pytest.fixture
def brand(deal):
    return Caller(deal.brand)


@pytest.fixture
def finance(world):
    return Caller(world.finance)


def test_funding_answers_with_the_escrow_and_again_with_the_same(deal, brand):
    first = brand.post(f"/api/escrow/{deal.id}/fund")
    with nothing_happened():
        second = brand.post(f"/api/escrow/{deal.id}/fund")

    assert (first.status, second.status) == (200, 200)
    assert (first.data["alreadyFunded"], second.data["alreadyFunded"]) == (False, True)
    assert second.data["escrow"] == first.data["escrow"]
    shown = first.data["escrow"]
    assert set(shown) == set(EscrowOut().fields)
    assert (shown["status"], shown["amountCents"], shown["currency"]) == ("FUNDED", 10_000, "RUB")
    assert (shown["commissionBps"], shown["commissionCents"], shown["creatorNetCents"]) == (1_500, 1_500, 8_500)
    assert (shown["jobId"], shown["jobTitle"]) == (str(deal.id), deal.title)


def test_too_little_money_is_a_conflict_with_the_numbers(deal, brand, settings):
    settings.PAYMENT_PROVIDER = "manual"

    with nothing_happened():
        answer = brand.post(f"/api/escrow/{deal.id}/fund")

    assert (answer.status, answer.code) == (409, "PAYMENTS_STATE_ERROR")
    assert answer.details == {"code": "INSUFFICIENT_FUNDS", "requiredCents": 10_000, "availableCents": 0}


def test_a_dry_run_shows_the_postings_and_changes_nothing(deal, brand):
    with nothing_happened():
        answer = brand.post(f"/api/escrow/{deal.id}/fund?dryRun=true")

    assert answer.status == 200
    assert [posting["type"] for posting in answer.data["postings"]] == ["BRAND_TOPUP", "ESCROW_FUNDED"]
    assert [(balance["kind"], balance["ownerIsYou"], balance["afterCents"]) for balance in answer.data["balances"]] == [
        ("BRAND", True, 0),
        ("ESCROW", False, 10_000),
    ]
    assert Escrow.objects.get(job=deal).status == "UNFUNDED"


def test_a_dry_run_of_what_is_refused_is_refused(deal, brand, settings):
    settings.PAYMENT_PROVIDER = "manual"

    with nothing_happened():
        assert brand.post(f"/api/escrow/{deal.id}/fund?dryRun=true").reason == "INSUFFICIENT_FUNDS"
        assert brand.post(f"/api/escrow/{deal.id}/fund?dryRun=perhaps").status == 400
        assert brand.post(f"/api/escrow/{deal.id}/fund", {"amountCents": 1}).status == 400


def test_one_key_is_one_answer(deal, brand):
    first = brand.post(f"/api/escrow/{deal.id}/fund", idempotency_key="fund-the-deal")
    again = brand.post(f"/api/escrow/{deal.id}/fund", idempotency_key="fund-the-deal")

    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.data["alreadyFunded"] is False


def test_both_parties_see_the_escrow_and_its_movements(world):
    job = world.completed_deal(price_quote=100)

    for person in (job.brand, job.active_creator, world.finance):
        escrow = Caller(person).get(f"/api/escrow/{job.id}").data["escrow"]
        assert escrow["status"] == "RELEASED"
        assert [(entry["type"], entry["amountCents"]) for entry in escrow["entries"]] == [
            ("ESCROW_FUNDED", 10_000),
            ("COMMISSION_TAKEN", 1_500),
            ("ESCROW_RELEASED", 8_500),
        ]


def test_my_escrows_are_those_of_my_deals_in_the_shape_of_one(world):
    job = world.funded_job()
    world.funded_job()

    for person in (job.brand, job.active_creator):
        page = Caller(person).get("/api/escrows?status=FUNDED").data
        assert [escrow["jobId"] for escrow in page["items"]] == [str(job.id)]
        assert set(page["items"][0]) == set(EscrowOut().fields)
    assert Caller(job.brand).get("/api/escrows?status=VOIDED").data["items"] == []


def test_a_wallet_shows_what_can_be_spent_what_is_on_its_way_and_what_is_in_escrow(world):
    creator = world.paid_creator(price_quote=1_000)
    world.payout(creator=creator, amount_cents=10_000)
    world.deal(creator=creator, price_quote=100)
    world.wallet_money(brand := world.brand(), 5_000, "KZT")

    assert Caller(creator).get("/api/wallet").data["items"] == [
        {"currency": "RUB", "balanceCents": 75_000, "heldCents": 10_000, "escrowCents": 10_000}
    ]
    assert Caller(brand).get("/api/wallet").data["items"] == [{"currency": "KZT", "balanceCents": 5_000, "heldCents": 0, "escrowCents": 0}]
    assert Caller(world.brand()).get("/api/wallet").data["items"] == []


def test_a_statement_has_signs_balances_and_the_deal(world):
    creator = world.paid_creator(price_quote=1_000)
    payout = world.payout(creator=creator, amount_cents=10_000)

    items = Caller(creator).get("/api/wallet/entries").data["items"]

    assert [(item["type"], item["amountCents"], item["balanceAfterCents"], item["counterKind"]) for item in items] == [
        ("PAYOUT_HELD", -10_000, 75_000, "PAYOUT_HOLD"),
        ("ESCROW_RELEASED", 85_000, 85_000, "ESCROW"),
    ]
    assert set(items[0]) == set(StatementOut().fields)
    assert (items[0]["payoutId"], items[0]["jobTitle"]) == (str(payout.id), None)
    assert items[1]["jobTitle"].startswith("Review of our tea")


def test_a_statement_is_filtered_and_paged_to_its_end(world):
    brand = world.brand()
    for cents in range(1, 8):
        world.wallet_money(brand, cents, "USD" if cents % 2 else "EUR")
    caller = Caller(brand)

    seen, cursor = [], ""
    while cursor is not None:
        page = caller.get(f"/api/wallet/entries?limit=3{cursor and '&cursor=' + cursor}").data
        seen, cursor = seen + [item["amountCents"] for item in page["items"]], page["nextCursor"]

    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert [item["amountCents"] for item in caller.get("/api/wallet/entries?currency=USD&type=BRAND_TOPUP").data["items"]] == [7, 5, 3, 1]
    assert caller.get("/api/wallet/entries?type=ESCROW_FUNDED").data["items"] == []
    assert len(caller.get("/api/wallet/entries?from=2020-01-01T00:00:00Z&to=2999-01-01").data["items"]) == 7
    assert caller.get("/api/wallet/entries?to=2020-01-01").data["items"] == []


@pytest.mark.parametrize("query", ["currency=XXX", "type=GIFT", "from=yesterday", "cursor=abc", "limit=0", "user=1"])
def test_a_statement_is_asked_for_in_known_words(world, query):
    answer = Caller(world.brand()).get(f"/api/wallet/entries?{query}")

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert query.partition("=")[0] in answer.details["fieldErrors"]


def test_a_top_up_goes_from_the_brand_to_the_bank_to_the_wallet(world, finance, settings):
    settings.PAYMENT_PROVIDER = "manual"
    brand = Caller(world.brand())

    asked = brand.post("/api/wallet/topups", {"amountCents": 50_000, "currency": "RUB"})
    assert (asked.status, asked.data["topUp"]["status"]) == (201, "PENDING")
    assert set(asked.data["topUp"]) == set(TopUpOut().fields)
    waiting = finance.get("/api/admin/topups?status=PENDING").data["items"]
    assert [item["id"] for item in waiting] == [asked.data["topUp"]["id"]]
    assert set(waiting[0]) == set(AdminTopUpOut().fields)
    confirmed = finance.post(f"/api/admin/topups/{waiting[0]['id']}/confirm", {"bankReference": "PP-1"})

    assert (confirmed.status, confirmed.data["topUp"]["status"]) == (200, "CONFIRMED")
    assert set(confirmed.data["topUp"]) == set(AdminTopUpOut().fields)
    assert brand.get("/api/wallet/topups").data["items"][0]["status"] == "CONFIRMED"
    assert set(brand.get("/api/wallet/topups").data["items"][0]) == set(TopUpOut().fields)
    assert brand.get("/api/wallet").data["items"][0]["balanceCents"] == 50_000
    assert finance.post(f"/api/admin/topups/{waiting[0]['id']}/reject", {"reason": "Too late."}).reason == "TOPUP_WRONG_STATE"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"currency": "RUB"}, "amountCents"),
        ({"amountCents": 0, "currency": "RUB"}, "amountCents"),
        ({"amountCents": 1.0, "currency": "RUB"}, "amountCents"),
        ({"amountCents": "10", "currency": "RUB"}, "amountCents"),
        ({"amountCents": True, "currency": "RUB"}, "amountCents"),
        ({"amountCents": 2**62, "currency": "RUB"}, "amountCents"),
        ({"amountCents": 1, "currency": "XXX"}, "currency"),
        ({"amountCents": 1, "currency": "RUB", "status": "CONFIRMED"}, "status"),
    ],
)
def test_a_bad_top_up_is_a_bad_request(world, body, field):
    brand = Caller(world.brand())

    with nothing_happened():
        answer = brand.post("/api/wallet/topups", body)

    assert (answer.status, answer.code, set(answer.details["fieldErrors"])) == (400, "VALIDATION_ERROR", {field})


def test_the_books_show_every_movement_to_finance(world, finance):
    job = world.completed_deal(price_quote=100)
    account = Account.objects.get(escrow__job=job)

    by_account = finance.get(f"/api/admin/ledger?accountId={account.pk}").data["items"]
    by_reference = finance.get(f"/api/admin/ledger?reference=ESCROW_FUND:{job.escrow.id}").data["items"]

    assert [item["type"] for item in by_account] == ["ESCROW_RELEASED", "COMMISSION_TAKEN", "ESCROW_FUNDED"]
    assert set(by_account[0]) == set(EntryOut().fields)
    assert (by_reference[0]["fromKind"], by_reference[0]["toKind"], by_reference[0]["toAccountId"]) == ("BRAND", "ESCROW", account.pk)
    assert [item["jobId"] for item in finance.get(f"/api/admin/ledger?jobId={job.id}").data["items"]] == [str(job.id)] * 3


@pytest.mark.parametrize("query", ["", "?type=ESCROW_FUNDED", "?currency=RUB", "?to=2999-01-01", "?accountId=", "?reference="])
def test_nobody_reads_all_of_the_ledger_at_once(finance, query):
    answer = finance.get(f"/api/admin/ledger{query}")

    assert (answer.status, len(answer.details["formErrors"])) == (400, 1)


@pytest.mark.parametrize("query", ["accountId=x", "accountId=-1", "accountId=99999999999999999999", "jobId=1", "from=x"])
def test_the_books_are_asked_for_in_known_words(finance, query):
    assert finance.get(f"/api/admin/ledger?{query}").status == 400


def test_accounts_without_a_limit_show_the_sum_of_their_movements(world, finance):
    world.completed_deal(price_quote=100)

    accounts = finance.get("/api/admin/accounts?currency=RUB&nonZero=true&limit=100").data["items"]

    held = {account["kind"]: account["balanceCents"] for account in accounts}
    assert held == {"EXTERNAL": -10_000, "COMMISSION": 1_500, "CREATOR": 8_500}
    assert set(accounts[0]) == set(AccountOut().fields)


def test_an_account_is_found_by_its_owner(world, finance):
    brand = world.brand()
    world.wallet_money(brand, 700)

    items = finance.get(f"/api/admin/accounts?userId={brand.id}&kind=BRAND").data["items"]

    assert [(item["balanceCents"], item["ownerName"]) for item in items] == [(700, brand.brand_profile.company_name)]


def test_finance_finds_the_escrows_of_a_person(world, finance):
    job = world.funded_job()
    world.funded_job()

    for person in (job.brand_id, job.active_creator_id):
        assert [item["jobId"] for item in finance.get(f"/api/admin/escrows?userId={person}").data["items"]] == [str(job.id)]


def test_the_rules_are_read_by_finance_and_changed_by_approvers(world, finance):
    approver = Caller(world.approver)

    added = approver.post("/api/admin/commission-rules", {"scope": "NICHE", "niche": "FOOD", "bps": 1_200, "note": "Spring campaign."})
    limited = approver.post("/api/admin/limits", {"key": "PAYOUT_MIN", "value": 50_000, "note": "The bank's fee has risen."})

    assert (added.status, limited.status) == (201, 201)
    listed = finance.get("/api/admin/commission-rules?scope=NICHE").data["items"]
    assert [(rule["id"], rule["bps"], rule["createdById"]) for rule in listed] == [
        (added.data["rule"]["id"], 1_200, str(world.approver.id))
    ]
    assert set(listed[0]) == set(added.data["rule"])
    assert finance.get("/api/admin/limits").data["items"][0].keys() == limited.data["limit"].keys()
    with nothing_happened():
        assert approver.post("/api/admin/limits", {"key": "PAYOUT_MIN", "value": 50_000, "note": "Once more."}).reason == "RULE_UNCHANGED"
        assert approver.post("/api/admin/commission-rules", {"scope": "NICHE", "bps": 1, "note": "Where?"}).status == 400
        assert approver.post("/api/admin/limits", {"key": "PAYOUT_MIN", "value": 2**60, "note": "Much."}).status == 400


def test_refusals_speak_russian_first_and_english_on_request(world):
    brand = world.brand()
    with_manual = request_top_up(by=brand, amount_cents=1, currency="RUB")
    caller = Caller(brand)

    russian = caller.post(f"/api/wallet/topups/{with_manual.id}/cancel")
    english = caller.post(f"/api/wallet/topups/{with_manual.id}/cancel", accept_language="en")

    assert russian.json["error"]["message"] == "По этому пополнению решение уже принято."
    assert english.json["error"]["message"] == "This top-up has already been decided."
