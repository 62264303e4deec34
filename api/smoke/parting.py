"""Two sides part, a creator gives up, and every job says what runs and who has to act."""

from typing import Any

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID
from api.smoke.deal import QUOTE_CENTS, VIDEO, Deal, accepted_deal, balance
from api.smoke.money import fund

SHARE_CENTS = 100_000
SHARE_NET_CENTS = 85_000  # less 15 %
PROPOSAL = {"creatorShareCents": SHARE_CENTS, "reason": "Планы изменились: половину работы оплатим."}
REASON = {"reason": "Заболел и не смогу снять в этом месяце."}


def check_parting(walk: Walk) -> None:
    """What is proposed is what is paid; silence and a no let the deal go on."""
    walk.section("Parting")
    deal = accepted_deal(walk)
    check_clock(walk, deal, "FUND_ESCROW", "BRAND")
    fund(walk, deal, QUOTE_CENTS)
    check_clock(walk, deal, "DELIVER_WORK", "CREATOR")
    check_proposals(walk, deal)
    check_resignation(walk)
    check_sandbox(walk)


def check_clock(walk: Walk, deal: Deal, kind: str, who: str) -> None:
    """The job names its clock, what the clock leads to, and whose turn it is."""
    job = walk.expect("the creator looks at the deal", walk.creator, f"GET jobs/{deal.job_id}", 200)["job"]
    (timer,) = job["timers"]
    walk.equal((timer["kind"], timer["waitsFor"], job["waitingOn"]), (kind, who, who), f"the deal waits, and {kind} runs")
    walk.hold(bool(timer["consequence"] and timer["dueAt"]), "it says until when, and what happens otherwise", timer)


def check_proposals(walk: Walk, deal: Deal) -> None:
    """Declined, withdrawn, accepted."""
    where = f"jobs/{deal.job_id}/cancellation"
    walk.expect(
        "the creator asks for more than there is", walk.creator, f"POST {where}", 400, json=PROPOSAL | {"creatorShareCents": QUOTE_CENTS}
    )
    first = propose(walk, where)
    walk.expect("one proposal at a time", walk.creator, f"POST {where}", 409, reason="CANCELLATION_PENDING", json=PROPOSAL)
    walk.expect("the brand answers itself", walk.brand, f"POST {where}/accept", 409, reason="OWN_PROPOSAL", json=first)
    walk.expect("a stranger answers", walk.brand_b, f"POST {where}/accept", 404, code="NOT_FOUND", json=first)
    walk.expect("the creator declines", walk.creator, f"POST {where}/decline", 200, json=first)
    walk.expect("a declined proposal is accepted", walk.creator, f"POST {where}/accept", 409, reason="CANCELLATION_NOT_PENDING", json=first)
    walk.expect("the brand withdraws the next", walk.brand, f"POST {where}/withdraw", 200, json=propose(walk, where))
    foreseen = walk.expect("the brand looks at the money first", walk.brand, f"POST {where}?dryRun=true", 200, json=PROPOSAL)
    last = propose(walk, where)
    shown = walk.expect("so does the creator", walk.creator, f"POST {where}/accept?dryRun=true", 200, json=last)
    walk.equal(shown["postings"], foreseen["postings"], "both are shown the same money")
    before = balance(walk, "brand"), balance(walk, "creator")
    walk.expect("the creator accepts", walk.creator, f"POST {where}/accept", 200, json=last)
    moved = balance(walk, "brand") - before[0], balance(walk, "creator") - before[1]
    walk.equal(moved, (QUOTE_CENTS - SHARE_CENTS, SHARE_NET_CENTS), "the money goes as both agreed")
    newest = walk.expect("the proposal can be read afterwards", walk.moderator, f"GET {where}", 200)["proposal"]
    walk.equal(
        (newest["id"], newest["status"], newest["timers"]), (last["proposalId"], "ACCEPTED", []), "it is accepted, and no clock runs"
    )


def propose(walk: Walk, where: str) -> dict[str, Any]:
    """The brand's proposal, as an answer names it."""
    return {"proposalId": walk.expect("the brand proposes to part", walk.brand, f"POST {where}", 201, json=PROPOSAL)["proposal"]["id"]}


def check_resignation(walk: Walk) -> None:
    """The brand has all its money back, even after delivery."""
    deal = accepted_deal(walk)
    fund(walk, deal, QUOTE_CENTS)
    walk.expect("the work is delivered", walk.creator, f"POST jobs/{deal.job_id}/submissions", 201, json=VIDEO)
    before = balance(walk, "brand")
    walk.expect("the brand cannot resign", walk.brand, f"POST jobs/{deal.job_id}/resign", 403, code="FORBIDDEN", json=REASON)
    walk.expect("the creator resigns without a word", walk.creator, f"POST jobs/{deal.job_id}/resign", 400, json={"reason": " "})
    walk.expect("the creator resigns", walk.creator, f"POST jobs/{deal.job_id}/resign", 200, json=REASON)
    walk.equal(balance(walk, "brand") - before, QUOTE_CENTS, "the brand has everything back")
    walk.expect("nobody resigns twice", walk.creator, f"POST jobs/{deal.job_id}/resign", 409, reason="WRONG_STATE", json=REASON)
    walk.expect("nor from nothing", walk.creator, f"POST jobs/{MISSING_ID}/resign", 404, code="NOT_FOUND", json=REASON)


def check_sandbox(walk: Walk) -> None:
    """The clock can be moved in a sandbox, and nowhere else is there such a path."""
    told = walk.brand.call("GET", "sandbox/clock")
    if told.status == 200:
        walk.expect("the sandbox's clock does not go back", walk.brand, "POST sandbox/clock/advance", 400, json={"seconds": 0})
    else:
        walk.equal((told.status, told.code), (404, "NOT_FOUND"), "nobody moves the clock")
