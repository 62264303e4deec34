"""Explained money, what stands before a payout, and corrections by hand."""

import uuid
from typing import Any

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID
from api.smoke.deal import FEE_CENTS, NET_CENTS, QUOTE_CENTS, Deal, balance

PRESENT_CENTS = 700
REASON = {"reason": "Сделка была другая"}


def check_explanations(walk: Walk, deal: Deal) -> None:
    """Every number of a deal and of a wallet is the sum of what is listed under it."""
    walk.section("Explained money")
    where = f"jobs/{deal.job_id}/money"
    walk.expect("another brand asks about the money", walk.brand_b, f"GET {where}", 404, code="NOT_FOUND")
    walk.expect("a guest asks", walk.guest, f"GET {where}", 401, code="UNAUTHORIZED")
    for name in ("brand", "creator", "finance"):
        told = walk.expect(f"the {name} reads it", walk.people[name], f"GET {where}", 200)
        check_sums(walk, told["numbers"], "entries")
    shown = {number["name"]: number["cents"] for number in told["numbers"]}
    walk.equal((shown["FUNDED"], shown["RELEASED"], shown["COMMISSION"]), (QUOTE_CENTS, NET_CENTS, FEE_CENTS), "the deal adds up")
    explain = "wallet/explain?currency=RUB"
    walk.expect("finance has no wallet", walk.finance, f"GET {explain}", 403, code="FORBIDDEN")
    walk.expect("a wallet without a currency", walk.creator, "GET wallet/explain", 400, code="VALIDATION_ERROR")
    told = walk.expect("the creator reads the wallet", walk.creator, f"GET {explain}", 200)
    check_sums(walk, told["numbers"], "parts")
    walk.equal(told["numbers"][0]["cents"], balance(walk, "creator"), "it says what the wallet holds")
    before = walk.expect("as it was at the beginning", walk.creator, f"GET {explain}&asOf=2020-01-01T00:00:00Z", 200)
    walk.equal([number["cents"] for number in before["numbers"]], [0, 0, 0], "there was nothing")
    walk.expect("the wallets then", walk.creator, "GET wallet?asOf=2020-01-01T00:00:00Z", 200)


def check_sums(walk: Walk, numbers: list[dict[str, Any]], listed: str) -> None:
    wrong = [number["name"] for number in numbers if number["cents"] != sum(part["cents"] for part in number[listed])]
    walk.hold(not wrong and all(number["sentence"] for number in numbers), f"each number is the sum of its {listed}", wrong)


def check_readiness(walk: Walk) -> None:
    """A payout is possible exactly when nothing is in the way."""
    walk.section("Before a payout")
    walk.expect("a brand asks what is in the way", walk.brand, "GET payouts/readiness?currency=RUB", 403, code="FORBIDDEN")
    walk.expect("in no currency of ours", walk.creator, "GET payouts/readiness?currency=GBP", 400, code="VALIDATION_ERROR")
    too_much = balance(walk, "creator") + 1
    where = f"payouts/readiness?currency=RUB&amountCents={too_much}"
    found = walk.expect("for more than there is", walk.creator, f"GET {where}", 200)
    walk.hold(not found["ready"] and "INSUFFICIENT_FUNDS" in [one["code"] for one in found["blockers"]], "it is not possible", found)


def check_adjustments(walk: Walk) -> None:
    """Two people give a present and take it back; nobody else does, and one of them alone cannot."""
    walk.section("Adjustments")
    person = walk.creator.call("GET", "me").data["user"]["id"]
    body = {"userId": person, "amountCents": PRESENT_CENTS, "currency": "RUB", "category": "GOODWILL", "reason": "Извинение за задержку"}
    adjust = "POST admin/finance/adjust"
    walk.expect("a moderator adjusts", walk.moderator, adjust, 403, code="FORBIDDEN", json=body)
    walk.expect("an adjustment of nothing", walk.finance, adjust, 400, code="VALIDATION_ERROR", json=body | {"amountCents": 0})
    taken = body | {"amountCents": -(10**12), "category": "CLAWBACK"}
    walk.expect("more than there is", walk.finance, adjust, 409, reason="INSUFFICIENT_FUNDS", json=taken)
    before = balance(walk, "creator")
    preview = walk.expect("a preview", walk.finance, f"{adjust}?dryRun=true", 200, json=body)
    walk.equal((len(preview["postings"]), balance(walk, "creator")), (1, before), "moves nothing")
    draft = walk.expect("finance drafts a present", walk.finance, adjust, 201, json=body)["adjustment"]
    where = f"admin/adjustments/{draft['id']}"
    walk.expect("and approves it", walk.finance, f"POST {where}/approve", 409, reason="SECOND_PERSON_REQUIRED")
    walk.expect("a colleague reads it", walk.finance_2, f"GET {where}", 200)
    walk.expect("one that is not there", walk.finance_2, f"GET admin/adjustments/{MISSING_ID}", 404, code="NOT_FOUND")
    answers = walk.together(
        *[lambda: walk.finance_2.call("POST", f"{where}/approve")] * 2, lambda: walk.finance_2.call("POST", f"{where}/reject", json=REASON)
    )
    walk.equal(sorted(answer.status for answer in answers), [200, 409, 409], "posted and rejected at once: one wins")
    posted = walk.finance_2.call("GET", where).data["adjustment"]["status"] == "POSTED"
    walk.equal(balance(walk, "creator") - before, PRESENT_CENTS if posted else 0, "the wallet changed once, or not at all")
    taken_back = walk.expect("another draft", walk.finance, adjust, 201, json=body)["adjustment"]
    where = f"admin/adjustments/{taken_back['id']}"
    walk.expect("a colleague takes it back", walk.finance_2, f"POST {where}/cancel", 403, code="FORBIDDEN")
    walk.expect("its drafter does", walk.finance, f"POST {where}/cancel", 200)
    listed = walk.expect("the list by state", walk.finance, f"GET admin/adjustments?status=CANCELED&userId={person}", 200)["items"]
    walk.hold(taken_back["id"] in [row["id"] for row in listed], "it is in the list")
    key = {"Idempotency-Key": f"smoke-{uuid.uuid4()}"}
    drafts = {walk.finance.call("POST", "admin/finance/adjust", json=body, headers=key).data["adjustment"]["id"] for _ in range(2)}
    walk.equal(len(drafts), 1, "the same key drafts once")
    walk.expect("and it is taken back", walk.finance, f"POST admin/adjustments/{drafts.pop()}/cancel", 200)
