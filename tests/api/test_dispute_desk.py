"""What staff do with disputes over the API: take, ask, decide, confirm, judge appeals."""

import pytest

from core.disputes.models import Dispute
from core.money.models import Account, LedgerEntry
from tests.api.callers import Caller

NOTE = "We compared the brief with what was delivered."


@pytest.fixture
def case(world):
    """An answered dispute of a brand about a delivered version."""
    return world.answered_dispute(job=world.reviewed_deal(price_quote=4_500))


@pytest.fixture
def moderator(world):
    return Caller(world.moderator)


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("resolve-refund", {}, {"resolution": "REFUND", "refunded": True, "refundedCents": 450_000, "payoutCents": 0}),
        ("resolve-release", {}, {"resolution": "RELEASE", "refunded": False, "payoutCents": 382_500, "commissionCents": 67_500}),
        (
            "resolve",
            {"resolution": "SPLIT", "creatorShareCents": 100_000},
            {"resolution": "SPLIT", "refunded": True, "refundedCents": 350_000, "payoutCents": 85_000, "commissionCents": 15_000},
        ),
        ("resolve", {"resolution": "NO_ACTION"}, {"resolution": "NO_ACTION", "refunded": False, "payoutCents": 0}),
    ],
)
def test_staff_decide_and_learn_what_moved(case, moderator, path, body, told):
    where = f"/api/admin/disputes/{case.id}/{path}"

    first = moderator.post(where, {"note": NOTE} | body)
    again = moderator.post(where, {"note": "Once more."} | body)

    assert first.data.items() >= ({"status": "RESOLVED", "waitsForSecond": False, "currency": "RUB"} | told).items()
    assert again.data == {
        "status": "RESOLVED", "waitsForSecond": False, "resolution": told["resolution"], "alreadyResolved": True
    }  # fmt: skip


def test_the_opposite_decision_is_refused(case, moderator):
    moderator.post(f"/api/admin/disputes/{case.id}/resolve-refund", {"note": NOTE})

    answer = moderator.post(f"/api/admin/disputes/{case.id}/resolve-release", {"note": NOTE})

    assert (answer.status, answer.code, answer.reason) == (409, "CONFLICT", "DISPUTE_ALREADY_RESOLVED")


def test_without_money_nothing_is_released(world, moderator):
    case = world.answered_dispute(job=world.deal(funded=False))

    answer = moderator.post(f"/api/admin/disputes/{case.id}/resolve-release", {"note": NOTE})

    assert (answer.status, answer.code, answer.reason) == (409, "PAYMENTS_STATE_ERROR", "ESCROW_UNFUNDED")


@pytest.mark.parametrize("path", ["resolve-refund", "resolve-release", "resolve"])
def test_a_decision_needs_a_note(case, moderator, path):
    body = {"resolution": "NO_ACTION"} if path == "resolve" else {}

    for note in ({}, {"note": ""}, {"note": "  "}):
        answer = moderator.post(f"/api/admin/disputes/{case.id}/{path}", body | note)
        assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert Dispute.objects.get(id=case.id).status == "OPEN"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("resolve-refund", {"note": NOTE}),
        ("resolve-release", {"note": NOTE}),
        ("resolve", {"note": NOTE, "resolution": "SPLIT", "creatorShareCents": 123_457}),
    ],
)
def test_the_preview_is_what_the_decision_then_posts(case, moderator, path, body):
    where = f"/api/admin/disputes/{case.id}/{path}"

    shown = moderator.post(f"{where}?dryRun=true", body).data
    assert not LedgerEntry.objects.filter(job=case.job).exclude(type="ESCROW_FUNDED").exists()
    assert Dispute.objects.get(id=case.id).status == "OPEN"
    again = moderator.post(f"{where}?dryRun=true", body).data
    moderator.post(where, body)

    entries = (
        LedgerEntry.objects.filter(job=case.job).exclude(type="ESCROW_FUNDED").order_by("id").select_related("from_account", "to_account")
    )
    assert shown == again
    assert shown["dryRun"] is True
    assert shown["postings"] == [
        {
            "type": entry.type,
            "reference": entry.reference,
            "source": {"kind": entry.from_account.kind, "label": entry.from_account.get_kind_display()},
            "target": {"kind": entry.to_account.kind, "label": entry.to_account.get_kind_display()},
            "amountCents": entry.amount_cents,
            "currency": entry.currency,
        }
        for entry in entries
    ]
    touched = {entry.from_account_id for entry in entries} | {entry.to_account_id for entry in entries if entry.to_account.is_limited}
    after = Account.objects.filter(id__in=touched).values_list("kind", "balance_cents")
    assert sorted((balance["kind"], balance["afterCents"]) for balance in shown["balances"]) == sorted(after)


def test_two_people_decide_about_much_money(world, moderator):
    case = world.large_dispute()
    where, second = f"/api/admin/disputes/{case.id}", Caller(world.approver)

    first = moderator.post(f"{where}/resolve-refund", {"note": NOTE})
    own = moderator.post(f"{where}/confirm")
    seen = second.post(f"{where}/confirm?dryRun=true").data
    confirmed = second.post(f"{where}/confirm")

    assert first.data == {"status": "OPEN", "waitsForSecond": True}
    assert (own.status, own.reason) == (409, "SECOND_PERSON_REQUIRED")
    assert [posting["type"] for posting in seen["postings"]] == ["ESCROW_REFUNDED"]
    assert confirmed.data.items() >= {"status": "RESOLVED", "refundedCents": 40_000_000}.items()


def test_a_decision_is_sent_back(world, moderator):
    case = world.proposed_decision()

    answer = Caller(world.approver).post(f"/api/admin/disputes/{case.id}/send-back", {"comment": "It has sound."})

    assert answer.data == {"status": "SENT_BACK"}
    assert moderator.get(f"/api/disputes/{case.id}").data["dispute"]["proposed"] is None


def test_staff_take_ask_and_extend(case, moderator):
    where = f"/api/admin/disputes/{case.id}"

    taken = moderator.post(f"{where}/assign", {})
    asked = moderator.post(f"{where}/ask", {"party": "BRAND", "wants": "EXPLANATION", "question": "What is missing?", "hours": 12})
    again = moderator.post(f"{where}/ask", {"party": "BRAND", "wants": "EXPLANATION", "question": "What else?"})
    extended = moderator.post(f"{where}/extend", {"hours": 48, "reason": "A holiday."})

    assert taken.data["status"] == "UNDER_REVIEW"
    assert (asked.status, asked.data["request"]["status"], again.reason) == (201, "OPEN", "REQUEST_WAITING")
    assert extended.data == {"extendedHours": 48}


def test_an_appeal_is_judged_by_somebody_else(world, moderator):
    case = world.resolved_dispute("REFUND")
    creator, judge = Caller(case.respondent), Caller(world.staff("moderator"))

    appeal = creator.post(f"/api/disputes/{case.id}/appeal", {"text": "It has sound."})
    own = moderator.post(f"/api/admin/disputes/{case.id}/appeal/decide", {"outcome": "UPHELD", "note": NOTE})
    judged = judge.post(f"/api/admin/disputes/{case.id}/appeal/decide", {"outcome": "OVERTURNED", "creatorShareCents": 1_000, "note": NOTE})

    assert (appeal.status, appeal.data["appeal"]["status"]) == (201, "OPEN")
    assert (own.status, own.reason) == (403, "OWN_DECISION")
    assert (judged.data["appeal"]["status"], judged.data["appeal"]["creatorShareCents"]) == ("OVERTURNED", 1_000)
    assert creator.get(f"/api/disputes/{case.id}").data["dispute"]["appeal"]["status"] == "OVERTURNED"
