"""Money: funding, payouts, refunds, and what must not happen when two ask at once."""

import uuid
from typing import Any

from api.smoke.client import Answer, Walk
from api.smoke.deal import QUOTE_CENTS, VIDEO, Deal, accepted_deal, balance, escrow_of, live_job

CARD = "4111 1111 1111 1111"
PAYOUT_CENTS = 1_000
BIG_QUOTE_UNITS = 70_000  # its payout is above the limit that one person may approve
BIG_PAYOUT_CENTS = 5_500_000
RACES = 3
RACERS = 6
# What a deal may be after an approval and a cancellation met: decided one way, wholly.
ALLOWED_ENDS = {("COMPLETED", "RELEASED"), ("CANCELED", "REFUNDED")}


def check_funding(walk: Walk, deal: Deal) -> None:
    """Only the brand funds, with money that is there, once."""
    walk.section("Funding")
    fund = f"escrow/{deal.job_id}/fund"
    walk.expect("the creator funds", walk.creator, f"POST {fund}", 403, code="FORBIDDEN")
    walk.expect("another brand funds", walk.brand_b, f"POST {fund}", 404, code="NOT_FOUND")
    walk.expect("work before the money", walk.creator, f"POST jobs/{deal.job_id}/submissions", 409, reason="ESCROW_UNFUNDED", json=VIDEO)
    top_up_if_needed(walk, deal, QUOTE_CENTS)
    before = balance(walk, "brand")
    preview = walk.expect("a preview", walk.brand, f"POST {fund}?dryRun=true", 200)
    walk.hold(bool(preview["postings"]) and escrow_of(walk, deal)["status"] == "UNFUNDED", "moves nothing", preview)
    answers = walk.together(*[lambda: walk.brand.call("POST", fund)] * RACERS)
    walk.equal({answer.status for answer in answers}, {200}, f"{RACERS} calls at once are all answered")
    walk.equal(escrow_of(walk, deal)["status"], "FUNDED", "the escrow is funded")
    walk.equal(entries_of(walk, f"ESCROW_FUND:{escrow_of(walk, deal)['id']}"), 1, "the money moved once")
    walk.hold(balance(walk, "brand") in (before - QUOTE_CENTS, before), "out of the brand's wallet", (before, balance(walk, "brand")))


def top_up_if_needed(walk: Walk, deal: Deal, cents: int) -> None:
    """Where money comes by bank transfer, funding without it is refused, and finance confirms a top-up."""
    answer = walk.brand.call("POST", f"escrow/{deal.job_id}/fund?dryRun=true")
    if answer.status == 200:
        return
    walk.equal((answer.status, answer.details.get("code")), (409, "INSUFFICIENT_FUNDS"), "without money there is no funding")
    missing = answer.details["requiredCents"] - answer.details["availableCents"]
    body = {"amountCents": missing, "currency": "RUB"}
    top_up = walk.expect("the brand asks to top up", walk.brand, "POST wallet/topups", 201, json=body)["topUp"]
    confirmation = {"bankReference": f"smoke-{uuid.uuid4().hex[:12]}"}
    where = f"admin/topups/{top_up['id']}/confirm"
    walk.expect("the brand confirms it", walk.brand, f"POST {where}", 403, code="FORBIDDEN", json=confirmation)
    walk.expect("finance confirms it", walk.finance, f"POST {where}", 200, json=confirmation)
    walk.hold(balance(walk, "brand") >= cents, "the money is in the wallet")


def fund(walk: Walk, deal: Deal, cents: int) -> None:
    top_up_if_needed(walk, deal, cents)
    walk.expect("the brand funds", walk.brand, f"POST escrow/{deal.job_id}/fund", 200)


def entries_of(walk: Walk, reference: str) -> int:
    return len(walk.finance.call("GET", "admin/ledger", params={"reference": reference}).data["items"])


def check_payouts(walk: Walk) -> None:
    """Out of the wallet: asked for once, decided by the right people, back when it did not happen."""
    walk.section("Payouts")
    walk.expect("a brand asks", walk.brand, "POST payouts/request", 403, code="FORBIDDEN", json={})
    walk.expect("an empty request", walk.creator, "POST payouts/request", 400, code="VALIDATION_ERROR", json={})
    clear_pending(walk)
    body = {"amountCents": PAYOUT_CENTS, "currency": "RUB", "payoutMethodId": payout_method(walk)}
    too_much = body | {"amountCents": balance(walk, "creator") + 1}
    walk.expect("more than there is", walk.creator, "POST payouts/request", 409, reason="INSUFFICIENT_FUNDS", json=too_much)
    payout = check_one_payout(walk, body)
    admin = f"admin/payouts/{payout['id']}"
    walk.expect("a brand approves", walk.brand, f"POST {admin}/approve", 403, code="FORBIDDEN")
    walk.expect("the creator approves", walk.creator, f"POST {admin}/approve", 403, code="FORBIDDEN")
    walk.expect("a moderator approves", walk.moderator, f"POST {admin}/approve", 403, code="FORBIDDEN")
    walk.expect("finance approves", walk.finance, f"POST {admin}/approve", 200)
    walk.expect("approves again", walk.finance, f"POST {admin}/approve", 409)
    walk.expect("the creator cancels too late", walk.creator, f"POST payouts/{payout['id']}/cancel", 409)
    walk.expect("finance sends it", walk.finance, f"POST {admin}/send", 200)
    walk.expect("and it is paid", walk.finance, f"POST {admin}/paid", 200, json={"bankReference": f"bank-{uuid.uuid4().hex[:10]}"})
    walk.expect("it cannot fail any more", walk.finance, f"POST {admin}/failed", 409, json={"reason": "Счёт закрыт"})
    check_money_back(walk, body)


def check_one_payout(walk: Walk, body: dict[str, Any]) -> dict[str, Any]:
    """Many requests at once make one payout; the same key gets the same answer."""
    before = balance(walk, "creator")
    key = {"Idempotency-Key": f"smoke-{uuid.uuid4()}"}
    payout = walk.expect("the creator asks for a payout", walk.creator, "POST payouts/request", 201, json=body, headers=key)["payout"]
    walk.hold(CARD.replace(" ", "") not in str(payout) and CARD[-4:] in str(payout), "the card is masked", payout)
    replay = walk.creator.call("POST", "payouts/request", json=body, headers=key)
    same = (replay.status, replay.response.headers.get("Idempotency-Replayed"), replay.data["payout"]["id"])
    walk.equal(same, (201, "true", payout["id"]), "the same key gets the same answer")
    other = body | {"amountCents": PAYOUT_CENTS + 1}
    walk.expect(
        "the same key, another body", walk.creator, "POST payouts/request", 422, code="IDEMPOTENCY_CONFLICT", json=other, headers=key
    )
    answers = walk.together(*[lambda: walk.creator.call("POST", "payouts/request", json=body)] * RACERS)
    outcomes = {(answer.status, answer.details.get("code")) for answer in answers}
    walk.equal(outcomes, {(409, "PAYOUT_PENDING")}, f"{RACERS} more at once are refused")
    walk.equal(before - balance(walk, "creator"), PAYOUT_CENTS, "the wallet paid once")
    return payout


def check_money_back(walk: Walk, body: dict[str, Any]) -> None:
    """A canceled and a rejected payout come back whole, in the same currency."""
    before = balance(walk, "creator")
    canceled = walk.expect("another payout", walk.creator, "POST payouts/request", 201, json=body)["payout"]
    walk.expect("of somebody else", walk.creator_b, f"POST payouts/{canceled['id']}/cancel", 404, code="NOT_FOUND")
    walk.expect("the creator cancels it", walk.creator, f"POST payouts/{canceled['id']}/cancel", 200)
    walk.equal(balance(walk, "creator"), before, "the money is back")
    rejected = walk.expect("one more", walk.creator, "POST payouts/request", 201, json=body)["payout"]
    where = f"admin/payouts/{rejected['id']}"
    answers = walk.together(
        lambda: walk.finance.call("POST", f"{where}/reject", json={"reason": "Реквизиты не подтверждены"}),
        lambda: walk.creator.call("POST", f"payouts/{rejected['id']}/cancel"),
    )
    walk.equal(sorted(answer.status for answer in answers), [200, 409], "rejected and canceled at once: one wins")
    walk.equal(balance(walk, "creator"), before, "the money is back once")


def check_two_people(walk: Walk) -> None:
    """Above the limit one signature is not enough, and one person cannot give two."""
    walk.section("Above the limit")
    deal = accepted_deal(walk, quote=BIG_QUOTE_UNITS)
    fund(walk, deal, BIG_QUOTE_UNITS * 100)
    walk.expect("the creator delivers", walk.creator, f"POST jobs/{deal.job_id}/submissions", 201, json=VIDEO)
    walk.expect("the brand approves", walk.brand, f"POST jobs/{deal.job_id}/review/approve", 200)
    body = {"amountCents": BIG_PAYOUT_CENTS, "currency": "RUB", "payoutMethodId": payout_method(walk)}
    payout = walk.expect("a big payout", walk.creator, "POST payouts/request", 201, json=body)["payout"]
    where = f"admin/payouts/{payout['id']}/approve"
    first = walk.expect("the first signature", walk.finance, f"POST {where}", 200)["payout"]
    walk.equal(first["status"], "PENDING", "is not enough")
    walk.expect("the same person again", walk.finance, f"POST {where}", 409, reason="SECOND_PERSON_REQUIRED")
    second = walk.expect("the second person", walk.finance_2, f"POST {where}", 200)["payout"]
    walk.equal(second["status"], "APPROVED", "is")


def check_cancellation(walk: Walk) -> None:
    """Canceling returns money; approval and cancellation at once end one way, wholly."""
    walk.section("Canceling")
    job = live_job(walk)
    walk.expect("another brand cancels", walk.brand_b, f"POST jobs/{job.job_id}/cancel", 404, code="NOT_FOUND")
    walk.expect("a job without a deal is canceled", walk.brand, f"POST jobs/{job.job_id}/cancel", 200, json={"reason": "Передумали"})
    deal = accepted_deal(walk)
    fund(walk, deal, QUOTE_CENTS)
    before = balance(walk, "brand")
    walk.expect("a funded deal is canceled", walk.brand, f"POST jobs/{deal.job_id}/cancel", 200)
    walk.equal(balance(walk, "brand") - before, QUOTE_CENTS, "the brand has its money back")
    for number in range(RACES):
        check_approve_against_cancel(walk, number + 1)


def check_approve_against_cancel(walk: Walk, number: int) -> None:
    deal = accepted_deal(walk)
    fund(walk, deal, QUOTE_CENTS)
    walk.expect("the creator delivers", walk.creator, f"POST jobs/{deal.job_id}/submissions", 201, json=VIDEO)
    answers = walk.together(
        lambda: walk.brand.call("POST", f"jobs/{deal.job_id}/review/approve"),
        lambda: walk.moderator.call("POST", f"jobs/{deal.job_id}/cancel", json={"reason": "По просьбе сторон"}),
    )
    walk.equal(sorted(map(decided, answers)), [False, True], f"approval against cancellation, race {number}: one wins")
    job = walk.brand.call("GET", f"jobs/{deal.job_id}").data
    end = (job.get("job", job)["status"], escrow_of(walk, deal)["status"])
    walk.hold(end in ALLOWED_ENDS, "job and escrow agree", end)


def decided(answer: Answer) -> bool:
    """Whether this answer says that the caller's wish came true."""
    return answer.status == 200 and "warning" not in answer.data and not answer.data.get("alreadyCanceled")


def payout_method(walk: Walk) -> str:
    """The creator's card of this walk; others that somebody added by hand stay as they are."""
    for method in walk.creator.call("GET", "payouts/methods").data["items"]:
        if method["masked"].endswith(CARD[-4:]):
            return method["id"]
    body = {"kind": "CARD", "details": CARD}
    return walk.expect("the creator adds a card", walk.creator, "POST payouts/methods", 201, json=body)["method"]["id"]


def clear_pending(walk: Walk) -> None:
    """A run that was cut short may have left a payout waiting: the creator takes it back."""
    for payout in walk.creator.call("GET", "payouts").data["items"]:
        if payout["status"] == "PENDING":
            walk.creator.call("POST", f"payouts/{payout['id']}/cancel")
