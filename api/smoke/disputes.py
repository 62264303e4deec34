"""A deal is stopped, argued about, settled, decided by one person and by two, appealed."""

import uuid
from typing import Any

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID
from api.smoke.deal import QUOTE_CENTS, QUOTE_UNITS, VIDEO, Deal, accepted_deal, balance, escrow_of, job_content
from api.smoke.money import fund
from api.smoke.people import sign_in_staff

LARGE_UNITS = 120_000  # more than one person decides about
SHARE_CENTS = 100_000
SHARE_NET_CENTS = 85_000  # less 15 %
NOTE = {"note": "Сверили ролик с заданием: звука нет."}


def check_disputes(walk: Walk) -> None:
    """Money and work stand still while people argue; whichever way it ends, the money is where the words say."""
    walk.section("Disputes")
    walk.people["admin"] = sign_in_staff(walk, "admin", "admin@example.com", walk.password)
    check_argument(walk)
    check_withdrawal(walk)
    check_settlement(walk)
    check_resolutions(walk)
    check_two_judges(walk)
    check_appeal(walk)


def stopped_deal(walk: Walk, *, quote: int = QUOTE_UNITS) -> tuple[Deal, str]:
    """A deal with a delivered version that the brand has stopped, and the address of its dispute."""
    deal = accepted_deal(walk) if quote == QUOTE_UNITS else large_deal(walk, quote)
    fund(walk, deal, quote * 100)
    walk.expect("the work is delivered", walk.creator, f"POST jobs/{deal.job_id}/submissions", 201, json=VIDEO)
    body = {"reason": "QUALITY", "message": "В ролике нет звука."}
    opened = walk.expect("the brand opens a dispute", walk.brand, f"POST jobs/{deal.job_id}/dispute/open", 201, json=body)
    return deal, f"disputes/{opened['disputeId']}"


def large_deal(walk: Walk, quote: int) -> Deal:
    """An accepted deal about more than the usual budget."""
    body = job_content(f"Обзор сервиза {uuid.uuid4().hex[:10]}") | {"budgetMax": quote}
    job = walk.expect("the brand publishes a large job", walk.brand, "POST jobs", 201, json=body)["job"]
    walk.expect(
        "it is approved", walk.moderator, f"POST admin/jobs/{job['id']}/approve", 200, json={"contentVersion": job["contentVersion"]}
    )
    offer = {"message": "Сниму за неделю.", "priceQuote": quote}
    applied = walk.expect("the creator applies", walk.creator, f"POST jobs/{job['id']}/apply", 201, json=offer)["application"]
    walk.expect("the brand accepts", walk.brand, f"POST jobs/{job['id']}/applications/{applied['id']}/accept", 200)
    return Deal(job_id=job["id"], application_id=applied["id"])


def check_argument(walk: Walk) -> None:
    """Who may stop a deal, who speaks, and what is refused meanwhile."""
    deal, where = stopped_deal(walk)
    opening, messages = f"jobs/{deal.job_id}/dispute/open", f"{where}/messages"
    again = walk.expect("a retry gives the same dispute", walk.brand, f"POST {opening}", 200, json={"reason": "OTHER"})
    walk.equal((f"disputes/{again['disputeId']}", again["alreadyOpen"]), (where, True), "it is the same one, and says so")
    walk.expect("the creator opens another", walk.creator, f"POST {opening}", 409, reason="DISPUTE_OPEN", json={"reason": "OTHER"})
    walk.expect("staff are no party", walk.moderator, f"POST {opening}", 403, code="FORBIDDEN", json={"reason": "OTHER"})
    walk.expect("a stranger sees no such deal", walk.brand_b, f"POST {opening}", 404, code="NOT_FOUND", json={"reason": "OTHER"})
    walk.expect("nothing is approved", walk.brand, f"POST jobs/{deal.job_id}/review/approve", 409, reason="DISPUTE_OPEN")
    walk.expect("nothing is canceled", walk.moderator, f"POST jobs/{deal.job_id}/cancel", 409, reason="DISPUTE_OPEN", json={})
    walk.expect(
        "a link that is none", walk.creator, f"POST {messages}", 400, json={"kind": "EVIDENCE_LINK", "links": ["javascript:alert(1)"]}
    )
    walk.expect("the creator shows evidence", walk.creator, f"POST {messages}", 201, json=evidence("https://disk.yandex.ru/i/smoke"))
    walk.expect("a party writes a note of staff", walk.brand, f"POST {messages}", 403, json={"kind": "INTERNAL_NOTE", "text": "Тайна."})
    note = {"kind": "INTERNAL_NOTE", "text": "Проверить прошлые сделки."}
    walk.expect("a moderator makes an internal note", walk.moderator, f"POST {messages}", 201, json=note)
    read = [len(walk.expect("the thread is read", person, f"GET {messages}", 200)["items"]) for person in (walk.brand, walk.moderator)]
    walk.equal(read, [1, 2], "the parties do not see the note")
    walk.expect("finance does not read the thread", walk.finance, f"GET {messages}", 403, code="FORBIDDEN")
    check_desk(walk, where)


def evidence(link: str) -> dict[str, Any]:
    """A message with this link."""
    return {"kind": "EVIDENCE_LINK", "links": [link]}


def check_desk(walk: Walk, where: str) -> None:
    """A moderator takes the case, asks, gives more time; both sides see it."""
    desk = f"admin/{where}"
    walk.expect("a moderator takes it", walk.moderator, f"POST {desk}/assign", 200, json={})
    ask = {"party": "CREATOR", "wants": "EXPLANATION", "question": "Когда снимали?", "hours": 24}
    walk.expect("and asks the creator", walk.moderator, f"POST {desk}/ask", 201, json=ask)
    walk.expect("the creator asks nobody", walk.creator, f"POST {desk}/ask", 403, code="FORBIDDEN", json=ask)
    more = {"hours": 24, "reason": "Праздники у обеих сторон."}
    walk.expect("both sides get more time", walk.moderator, f"POST {desk}/extend", 200, json=more)
    page = walk.expect("the brand looks at the case", walk.brand, f"GET {where}", 200)["dispute"]
    walk.equal(
        (page["status"], page["waitingOn"], page["frozenCents"]), ("UNDER_REVIEW", "CREATOR", QUOTE_CENTS), "it says whose turn it is"
    )
    walk.equal(sorted(timer["kind"] for timer in page["timers"]), ["ANSWER_REQUEST", "DECIDE_DISPUTE"], "and which clocks run")
    walk.hold(all("assigneeId" not in key for key in page), "and not who of the staff works on it")
    mine = walk.expect("the brand's list", walk.brand, "GET disputes", 200, params={"status": "UNDER_REVIEW"})["items"]
    queue = walk.expect("the desk's list", walk.moderator, "GET admin/disputes", 200, params={"waitingOn": "CREATOR"})["items"]
    walk.hold(any(where.endswith(row["id"]) for row in mine) and any(where.endswith(row["id"]) for row in queue), "both show it")
    walk.expect("a brand has no desk", walk.brand, "GET admin/disputes", 403, code="FORBIDDEN")
    walk.expect("a stranger sees no such case", walk.brand_b, f"GET {where}", 404, code="NOT_FOUND")
    walk.expect("there is no such case", walk.brand, f"GET disputes/{MISSING_ID}", 404, code="NOT_FOUND")
    walk.expect("it is closed without action", walk.moderator, f"POST {desk}/resolve", 200, json=NOTE | {"resolution": "NO_ACTION"})
    closed = {"kind": "MESSAGE", "text": "И ещё одно слово."}
    walk.expect("a closed thread takes no word", walk.creator, f"POST {where}/messages", 409, reason="STATUS_NOT_OPEN", json=closed)


def check_withdrawal(walk: Walk) -> None:
    """The opener takes it back, and the work is paid as if nothing had been."""
    deal, where = stopped_deal(walk)
    walk.expect("the other side takes it back", walk.creator, f"POST {where}/withdraw", 403, code="FORBIDDEN")
    walk.expect("the opener takes it back", walk.brand, f"POST {where}/withdraw", 200)
    walk.expect("the work is approved after all", walk.brand, f"POST jobs/{deal.job_id}/review/approve", 200)


def check_settlement(walk: Walk) -> None:
    """Declined, withdrawn, accepted; the money goes as both agreed."""
    deal, where = stopped_deal(walk)
    proposals = f"{where}/settlements"
    first = propose(walk, proposals, 0)
    walk.expect("one proposal at a time", walk.brand, f"POST {proposals}", 409, reason="SETTLEMENT_WAITING", json={"creatorShareCents": 1})
    walk.expect("the creator declines", walk.creator, f"POST {first}/decline", 200)
    second = propose(walk, proposals, 1)
    walk.expect("the brand takes the next one back", walk.brand, f"POST {second}/withdraw", 200)
    last = propose(walk, proposals, SHARE_CENTS)
    foreseen = walk.expect("the creator looks at the money first", walk.creator, f"POST {last}/accept?dryRun=true", 200)
    before = balance(walk, "brand"), balance(walk, "creator")
    walk.expect("the creator accepts", walk.creator, f"POST {last}/accept", 200)
    moved = balance(walk, "brand") - before[0], balance(walk, "creator") - before[1]
    walk.equal(moved, (QUOTE_CENTS - SHARE_CENTS, SHARE_NET_CENTS), "the money goes as both agreed")
    walk.equal([posting["amountCents"] for posting in foreseen["postings"]], [15_000, 85_000, 350_000], "as it was shown")
    walk.equal(escrow_of(walk, deal)["status"], "SPLIT", "the escrow is split")
    seen = walk.expect("every proposal stays readable", walk.brand, f"GET {proposals}", 200)["items"]
    walk.equal([row["status"] for row in seen], ["ACCEPTED", "WITHDRAWN", "DECLINED"], "with what became of it")
    walk.expect(
        "a settlement is not appealed", walk.brand, f"POST {where}/appeal", 409, reason="NOT_APPEALABLE", json={"text": "Передумали."}
    )


def propose(walk: Walk, proposals: str, cents: int) -> str:
    """The address of the brand's proposal."""
    body = {"creatorShareCents": cents}
    return f"{proposals}/" + walk.expect("the brand proposes", walk.brand, f"POST {proposals}", 201, json=body)["settlement"]["id"]


def check_resolutions(walk: Walk) -> None:
    """A refund, a release and a split: shown first, carried out once, never the other way."""
    for name, body, paid in (
        ("resolve-refund", NOTE, (QUOTE_CENTS, 0)),
        ("resolve-release", NOTE, (0, 382_500)),
        ("resolve", NOTE | {"resolution": "SPLIT", "creatorShareCents": SHARE_CENTS}, (QUOTE_CENTS - SHARE_CENTS, SHARE_NET_CENTS)),
    ):
        _deal, where = stopped_deal(walk)
        desk, before = f"admin/{where}", (balance(walk, "brand"), balance(walk, "creator"))
        walk.expect("a brand decides", walk.brand, f"POST {desk}/{name}", 403, code="FORBIDDEN", json=body)
        walk.expect("a decision without a word", walk.moderator, f"POST {desk}/{name}", 400, json=body | {"note": " "})
        shown = walk.expect("the money is shown first", walk.moderator, f"POST {desk}/{name}?dryRun=true", 200, json=body)
        walk.expect(f"{name} is carried out", walk.moderator, f"POST {desk}/{name}", 200, json=body)
        moved = balance(walk, "brand") - before[0], balance(walk, "creator") - before[1]
        walk.equal(moved, paid, "the money is where the decision says")
        told = {balance["kind"]: balance["afterCents"] - balance["beforeCents"] for balance in shown["balances"]}
        walk.equal((told.get("BRAND", 0), told.get("CREATOR", 0)), paid, "as it was shown")
        again = walk.expect("once more", walk.moderator, f"POST {desk}/{name}", 200, json=body)
        walk.hold(again["alreadyResolved"], "it is decided already")
        other = {"resolution": "NO_ACTION"} | NOTE
        walk.expect("otherwise", walk.moderator, f"POST {desk}/resolve", 409, reason="DISPUTE_ALREADY_RESOLVED", json=other)


def check_two_judges(walk: Walk) -> None:
    """About much money one person proposes and another one confirms."""
    _deal, where = stopped_deal(walk, quote=LARGE_UNITS)
    desk = f"admin/{where}"
    waits = walk.expect("the first person decides", walk.moderator, f"POST {desk}/resolve-release", 200, json=NOTE)
    walk.hold(waits["waitsForSecond"], "it waits for the second person")
    walk.expect("nobody confirms oneself", walk.moderator, f"POST {desk}/confirm", 409, reason="SECOND_PERSON_REQUIRED")
    comment = {"comment": "Во второй версии звук есть."}
    walk.expect("the second person sends it back", walk.finance_2, f"POST {desk}/send-back", 200, json=comment)
    walk.expect("nothing waits any more", walk.finance_2, f"POST {desk}/confirm", 409, reason="NO_DECISION_WAITING")
    walk.expect("the first person decides anew", walk.moderator, f"POST {desk}/resolve-refund", 200, json=NOTE)
    before = balance(walk, "brand")
    walk.expect("the second person confirms", walk.finance_2, f"POST {desk}/confirm", 200)
    walk.equal(balance(walk, "brand") - before, LARGE_UNITS * 100, "the brand has its money back")


def check_appeal(walk: Walk) -> None:
    """One appeal, judged by somebody else; what changes waits for finance."""
    _deal, where = stopped_deal(walk)
    desk = f"admin/{where}"
    walk.expect("a moderator refunds", walk.moderator, f"POST {desk}/resolve-refund", 200, json=NOTE)
    text = {"text": "В ролике есть звук: вот ссылка на версию."}
    walk.expect("the creator appeals", walk.creator, f"POST {where}/appeal", 201, json=text)
    walk.expect("there is one appeal", walk.creator, f"POST {where}/appeal", 409, reason="APPEAL_EXISTS", json=text)
    verdict: dict[str, Any] = NOTE | {"outcome": "OVERTURNED", "creatorShareCents": SHARE_CENTS}
    judge = f"POST {desk}/appeal/decide"
    walk.expect("whoever decided does not judge", walk.moderator, judge, 403, code="FORBIDDEN", json=verdict)
    before = balance(walk, "creator")
    walk.expect("somebody else judges", walk.admin, judge, 200, json=verdict)
    walk.equal(balance(walk, "creator"), before, "nothing moves before finance has signed")
    walk.expect("once", walk.admin, judge, 409, reason="APPEAL_DECIDED", json=verdict)
