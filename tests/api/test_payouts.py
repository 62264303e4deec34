"""Payouts and their destinations, as clients see them."""

import pytest

from api.payouts import AdminPayoutOut, AdminPayoutRowOut, MethodOut, PayoutOut
from core.rules.services import set_limit
from tests.api.callers import MISSING, Caller
from tests.core.money.traces import nothing_happened

CARD = "4111 1111 1111 1111"


@pytest.fixture
def finance(world):
    return Caller(world.finance)


@pytest.fixture
def creator(world, finance):
    """A creator with 85,000 in the wallet."""
    return Caller(world.paid_creator(price_quote=1_000))


@pytest.fixture
def asked(creator):
    """What the creator may send to get a payout to a card."""
    method = creator.post("/api/payouts/methods", {"kind": "CARD", "details": CARD}).data["method"]
    return {"amountCents": 10_000, "currency": "RUB", "payoutMethodId": method["id"]}


def test_a_card_is_never_shown_again(creator, asked, finance):
    listed = creator.get("/api/payouts/methods")
    payout = creator.post("/api/payouts/request", asked)
    seen = [listed, payout, finance.get("/api/admin/payouts"), finance.get(f"/api/admin/payouts/{payout.data['payout']['id']}")]

    assert listed.data["items"][0]["masked"] == "•••• 1111"
    assert set(listed.data["items"][0]) == set(MethodOut().fields)
    for answer in seen:
        assert b"411111" not in answer.content
        assert "•••• 1111" in answer.content.decode()


def test_a_destination_is_removed(creator, asked):
    removed = creator.delete(f"/api/payouts/methods/{asked['payoutMethodId']}")

    assert removed.status == 200
    assert creator.get("/api/payouts/methods").data["items"] == []
    assert creator.delete(f"/api/payouts/methods/{asked['payoutMethodId']}").status == 404
    assert creator.post("/api/payouts/request", asked).reason == "PAYOUT_METHOD_MISSING"


def test_a_payout_is_asked_for_read_and_called_off(creator, asked):
    made = creator.post("/api/payouts/request", asked)
    payout = made.data["payout"]

    assert (made.status, payout["status"], payout["amountCents"], payout["methodKind"]) == (201, "PENDING", 10_000, "CARD")
    assert set(payout) == set(PayoutOut().fields)
    page = creator.get(f"/api/payouts/{payout['id']}").data["payout"]
    assert {name: page[name] for name in payout} == payout
    assert ([timer["kind"] for timer in page["timers"]], page["waitingOn"]) == (["DECIDE_PAYOUT"], "STAFF")
    assert page["actions"] == [{"name": "CANCEL", "allowed": True, "reasonCode": None, "message": None}]
    listed = creator.get("/api/payouts?status=PENDING&currency=RUB").data["items"]
    assert listed == [payout | {"createdAt": listed[0]["createdAt"], "timers": listed[0]["timers"]}]
    assert creator.post("/api/payouts/request", asked).reason == "PAYOUT_PENDING"
    assert creator.post(f"/api/payouts/{payout['id']}/cancel").data["payout"]["status"] == "CANCELED"
    assert creator.get("/api/wallet").data["items"][0]["balanceCents"] == 85_000


def test_a_dry_run_asks_for_nothing(creator, asked):
    with nothing_happened():
        answer = creator.post("/api/payouts/request?dryRun=true", asked)

    assert answer.status == 200
    assert [posting["type"] for posting in answer.data["postings"]] == ["PAYOUT_HELD"]
    assert [(balance["kind"], balance["beforeCents"], balance["afterCents"]) for balance in answer.data["balances"]] == [
        ("CREATOR", 85_000, 75_000),
        ("PAYOUT_HOLD", 0, 10_000),
    ]


def test_one_key_is_one_payout(creator, asked):
    first = creator.post("/api/payouts/request", asked, idempotency_key="one-payout")
    again = creator.post("/api/payouts/request", asked, idempotency_key="one-payout")

    assert (first.status, again.content) == (201, first.content)
    assert len(creator.get("/api/payouts").data["items"]) == 1
    assert creator.post("/api/payouts/request", asked | {"amountCents": 10_001}, idempotency_key="one-payout").status == 422


def test_an_address_that_nobody_confirmed_is_told_so(world):
    person = world.creator()
    world.completed_deal(creator=person)
    body = {"amountCents": 10_000, "currency": "RUB", "payoutMethodId": str(world.payout_method(person).id)}

    answer = Caller(person).post("/api/payouts/request", body)

    assert (answer.status, answer.code, answer.reason) == (409, "CONFLICT", "EMAIL_NOT_VERIFIED")


def test_more_than_there_is_names_the_numbers(creator, asked):
    answer = creator.post("/api/payouts/request", asked | {"amountCents": 85_001})

    assert answer.details == {"code": "INSUFFICIENT_FUNDS", "requiredCents": 85_001, "availableCents": 85_000}


@pytest.mark.parametrize(
    "wrong",
    [{"amountCents": 0}, {"amountCents": "1"}, {"currency": "rub"}, {"payoutMethodId": "card"}, {"payoutMethod": "card"}],
)
def test_a_bad_request_names_its_field(creator, asked, wrong):
    with nothing_happened():
        answer = creator.post("/api/payouts/request", asked | wrong)

    assert (answer.status, set(answer.details["fieldErrors"])) == (400, set(wrong))


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "CARD", "details": "4111111111111112"},
        {"kind": "CARD", "details": ""},
        {"kind": "CARD", "details": 4111111111111111},
        {"kind": "CASH", "details": "under the door"},
        {"kind": "SBP"},
        {"kind": "OTHER", "details": "x" * 201},
        {"kind": "OTHER", "details": "wallet\u0000one"},
    ],
)
def test_a_bad_destination_is_a_bad_request_that_repeats_nothing(creator, body):
    with nothing_happened():
        answer = creator.post("/api/payouts/methods", body)

    assert answer.status == 400
    assert "411111" not in answer.content.decode()


def test_finance_takes_a_payout_to_the_bank(creator, asked, finance):
    payout = creator.post("/api/payouts/request", asked).data["payout"]
    where = f"/api/admin/payouts/{payout['id']}"

    queue = finance.get("/api/admin/payouts?status=PENDING").data["items"]
    assert [item["id"] for item in queue] == [payout["id"]]
    assert set(queue[0]) == set(AdminPayoutRowOut().fields)
    with nothing_happened():
        assert finance.post(f"{where}/approve?dryRun=true").data["postings"] == []
    approved = finance.post(f"{where}/approve")
    assert set(approved.data["payout"]) == set(AdminPayoutOut().fields)
    assert finance.post(f"{where}/approve").reason == "PAYOUT_WRONG_STATE"
    assert finance.post(f"{where}/send").data["payout"]["status"] == "SENT"
    assert finance.post(f"{where}/paid", {}).status == 400
    assert finance.post(f"{where}/paid", {"bankReference": "PP-1"}).data["payout"]["status"] == "PAID"
    assert finance.post(f"{where}/failed", {"reason": "Too late."}).code == "PAYMENTS_STATE_ERROR"
    assert creator.get("/api/wallet").data["items"] == [{"currency": "RUB", "balanceCents": 75_000, "heldCents": 0, "escrowCents": 0}]
    assert finance.post(f"{where}/returned", {"reason": "The bank sent it back."}).data["payout"]["status"] == "RETURNED"
    assert creator.get("/api/wallet").data["items"][0]["balanceCents"] == 85_000


def test_above_the_limit_two_people_approve(world, creator, asked, finance):
    set_limit(by=world.approver, key="PAYOUT_SECOND_PERSON", value=9_999, note="Careful days.")
    payout = creator.post("/api/payouts/request", asked).data["payout"]
    where = f"/api/admin/payouts/{payout['id']}/approve"

    assert Caller(world.approver).post(where).status == 403
    assert finance.post(where).data["payout"]["status"] == "PENDING"
    assert finance.post(where).reason == "SECOND_PERSON_REQUIRED"
    second = Caller(world.approver).post(where).data["payout"]

    assert (second["status"], second["approvedById"], second["secondApprovedById"]) == (
        "APPROVED",
        str(world.finance.id),
        str(world.approver.id),
    )


def test_a_reason_of_spaces_is_no_reason(creator, asked, finance):
    payout = creator.post("/api/payouts/request", asked).data["payout"]

    for reason in ("", "   ", " x ", None):
        assert finance.post(f"/api/admin/payouts/{payout['id']}/reject", {"reason": reason}).status == 400
    assert finance.post(f"/api/admin/payouts/{payout['id']}/reject", {"reason": " No. "}).data["payout"]["reason"] == "No."


def test_the_queue_is_first_come_first_served(world, finance):
    payouts = [world.payout() for _ in range(3)]

    page = finance.get("/api/admin/payouts?status=PENDING&limit=2").data
    rest = finance.get(f"/api/admin/payouts?status=PENDING&limit=2&cursor={page['nextCursor']}").data

    assert [item["id"] for item in page["items"] + rest["items"]] == [str(payout.id) for payout in payouts]
    assert rest["nextCursor"] is None


def test_a_payout_that_is_not_there_is_not_found(creator, finance):
    assert creator.get(f"/api/payouts/{MISSING}").status == 404
    assert finance.post(f"/api/admin/payouts/{MISSING}/approve").status == 404
    assert finance.post("/api/admin/payouts/xxx/approve").status == 404
