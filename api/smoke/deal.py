"""A job from its draft to the creator's wallet, with everything that must be refused on the way."""

import dataclasses
import uuid
from typing import Any

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID

QUOTE_UNITS = 4_500
QUOTE_CENTS = QUOTE_UNITS * 100
FEE_CENTS = 67_500  # 15 %, half up
NET_CENTS = QUOTE_CENTS - FEE_CENTS
VIDEO = {"items": [{"type": "FINAL_VIDEO", "url": "https://example.com/smoke/1.mp4"}], "note": "Готово"}


@dataclasses.dataclass
class Deal:
    """What is known of one deal."""

    job_id: str
    application_id: str = ""
    title: str = ""


def job_content(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "description": "Короткий честный обзор чая: завариваем, пробуем, рассказываем.",
        "platform": "TIKTOK",
        "niche": "FOOD",
        "contentFormats": ["REVIEW"],
        "languages": ["ru"],
        "budgetMin": 3_000,
        "budgetMax": 90_000,
        "currency": "RUB",
        "usageTermDays": 90,
        "revisionRounds": 2,
        "revisionRoundsIncluded": 1,
        "deadlineType": "WEEK_PLUS",
    }


def live_job(walk: Walk) -> Deal:
    """A job of the brand's that a moderator approved."""
    title = f"Обзор чая {uuid.uuid4().hex[:10]}"
    job = walk.expect("the brand publishes a job", walk.brand, "POST jobs", 201, json=job_content(title))["job"]
    decision = {"contentVersion": job["contentVersion"]}
    walk.expect("a moderator approves it", walk.moderator, f"POST admin/jobs/{job['id']}/approve", 200, json=decision)
    return Deal(job_id=job["id"], title=title)


def accepted_deal(walk: Walk, *, quote: int = QUOTE_UNITS) -> Deal:
    """A deal of brand and creator, not funded yet."""
    deal = live_job(walk)
    offer = {"message": "Сниму за три дня.", "priceQuote": quote}
    deal.application_id = walk.expect("the creator applies", walk.creator, f"POST jobs/{deal.job_id}/apply", 201, json=offer)[
        "application"
    ]["id"]
    walk.expect("the brand accepts", walk.brand, f"POST jobs/{deal.job_id}/applications/{deal.application_id}/accept", 200)
    return deal


def check_job(walk: Walk) -> Deal:
    """Publishing and moderation."""
    walk.section("The job")
    title = f"Обзор заварочных чайников {uuid.uuid4().hex[:10]}"
    draft = walk.expect("a draft may be incomplete", walk.brand, "POST jobs", 201, json={"title": title, "publish": False})["job"]
    where = f"jobs/{draft['id']}"
    walk.expect("an incomplete draft is not published", walk.brand, f"POST {where}/publish", 400, code="VALIDATION_ERROR")
    walk.expect("a status in the body", walk.brand, f"PATCH {where}", 400, code="VALIDATION_ERROR", json={"status": "COMPLETED"})
    walk.expect("another brand's draft", walk.brand_b, f"GET {where}", 404, code="NOT_FOUND")
    walk.expect("the draft is completed", walk.brand, f"PATCH {where}", 200, json=job_content(title))
    job = walk.expect("and published", walk.brand, f"POST {where}/publish", 200)["job"]
    walk.expect("a guest does not see it yet", walk.guest, f"GET {where}", 404, code="NOT_FOUND")
    walk.expect("the creator cannot apply yet", walk.creator, f"POST {where}/apply", 404, json={"message": "Я!"})
    version = {"contentVersion": job["contentVersion"]}
    admin = f"admin/jobs/{draft['id']}"
    walk.expect("the brand does not moderate", walk.brand, f"POST {admin}/approve", 403, code="FORBIDDEN", json=version)
    stale = {"contentVersion": job["contentVersion"] + 1}
    walk.expect("approval of other content", walk.moderator, f"POST {admin}/approve", 409, reason="CONTENT_CHANGED", json=stale)
    walk.expect("the moderator approves", walk.moderator, f"POST {admin}/approve", 200, json=version)
    walk.expect("and cannot twice", walk.moderator, f"POST {admin}/approve", 409, reason="STATUS_NOT_PENDING", json=version)
    found = walk.expect("the feed finds it by an inflected word", walk.guest, "GET jobs?q=заварочный+чайник&limit=5", 200)["items"]
    walk.hold(draft["id"] in [item["id"] for item in found], "the new job is first in the feed", found[:1])
    shown = walk.expect("a guest reads it", walk.guest, f"GET {where}", 200)
    walk.hold("applications" not in str(shown) and "@" not in str(shown), "without applications and addresses", shown)
    return Deal(job_id=draft["id"], title=title)


def check_hiring(walk: Walk, deal: Deal) -> None:
    """Applying and accepting."""
    walk.section("Hiring")
    job = f"jobs/{deal.job_id}"
    walk.expect("an empty application", walk.creator, f"POST {job}/apply", 400, code="VALIDATION_ERROR", json={})
    offer = {"message": "Сниму за три дня.", "priceQuote": QUOTE_UNITS}
    application = walk.expect("the creator applies", walk.creator, f"POST {job}/apply", 201, json=offer)["application"]
    other = walk.expect("another creator applies", walk.creator_b, f"POST {job}/apply", 201, json={"message": "И я."})["application"]
    walk.expect("applies twice", walk.creator, f"POST {job}/apply", 409, code="CONFLICT", json=offer)
    walk.expect("a brand applies", walk.brand, f"POST {job}/apply", 403, code="FORBIDDEN", json=offer)
    deal.application_id = application["id"]
    own = f"applications/{application['id']}"
    accept = f"{job}/{own}/accept"
    walk.expect("the creator accepts the own application", walk.creator, f"POST {accept}", 403, code="FORBIDDEN")
    walk.expect("another brand accepts", walk.brand_b, f"POST {accept}", 404, code="NOT_FOUND")
    walk.expect("an application that is not there", walk.brand, f"POST {job}/applications/{MISSING_ID}/accept", 404, code="NOT_FOUND")
    walk.expect("another creator withdraws it", walk.creator_b, f"POST {own}/withdraw", 404, code="NOT_FOUND")
    walk.expect("the brand withdraws it", walk.brand, f"POST {own}/withdraw", 403, code="FORBIDDEN")
    before = unread(walk, "creator_b")
    accepted = walk.expect("the brand accepts", walk.brand, f"POST {accept}", 200)
    walk.hold(bool(accepted.get("conversationId")), "a conversation is open", accepted)
    walk.expect("accepts again", walk.brand, f"POST {accept}", 409, code="CONFLICT")
    state = walk.expect("the other application", walk.creator_b, f"GET applications/{other['id']}", 200)
    walk.equal(field(state, "application", "status"), "REJECTED", "the others are rejected")
    walk.hold(unread(walk, "creator_b") > before, "and told")
    escrow = escrow_of(walk, deal)
    walk.equal((escrow["status"], escrow["amountCents"]), ("UNFUNDED", QUOTE_CENTS), "an unfunded escrow of the agreed price")


def check_work(walk: Walk, deal: Deal) -> None:
    """Delivery, one round of changes, approval, and the exact money."""
    walk.section("The work")
    job = f"jobs/{deal.job_id}"
    evil = {"items": [{"type": "FINAL_VIDEO", "url": "javascript:alert(1)"}]}
    walk.expect("another creator delivers", walk.creator_b, f"POST {job}/submissions", 404, code="NOT_FOUND", json=VIDEO)
    walk.expect("a link that runs code", walk.creator, f"POST {job}/submissions", 400, code="VALIDATION_ERROR", json=evil)
    first = walk.expect("the creator delivers", walk.creator, f"POST {job}/submissions", 201, json=VIDEO)
    walk.equal(first["version"], 1, "as version 1")
    changes = {"comment": "Сделайте первые секунды короче."}
    walk.expect("the brand asks for changes", walk.brand, f"POST {job}/review/request-changes", 200, json=changes)
    walk.expect(
        "asks again without a new version", walk.brand, f"POST {job}/review/request-changes", 409, reason="NO_SUBMISSION", json=changes
    )
    second = walk.expect("the creator delivers again", walk.creator, f"POST {job}/submissions", 201, json=VIDEO)
    walk.equal(second["version"], 2, "as version 2")
    before = balance(walk, "creator")
    preview = walk.expect("a preview of the approval", walk.brand, f"POST {job}/review/approve?dryRun=true", 200)
    cents = sorted(posting["amountCents"] for posting in preview["postings"])
    walk.equal(cents, [FEE_CENTS, NET_CENTS], "shows commission and net")
    walk.equal(balance(walk, "creator"), before, "and moves nothing")
    walk.expect("the creator approves the own work", walk.creator, f"POST {job}/review/approve", 403, code="FORBIDDEN")
    noticed = unread(walk, "creator")
    approved = walk.expect("the brand approves", walk.brand, f"POST {job}/review/approve", 200)
    walk.equal(approved["releaseStatus"], "released", "the money is released")
    walk.equal(balance(walk, "creator") - before, NET_CENTS, "the creator has the amount less commission, to the kopeck")
    walk.hold(unread(walk, "creator") > noticed, "and was told")
    again = walk.expect("approves again", walk.brand, f"POST {job}/review/approve", 200)
    walk.hold("warning" in again and balance(walk, "creator") - before == NET_CENTS, "nothing moves twice", again)
    walk.expect("cancels what is completed", walk.brand, f"POST {job}/cancel", 409, reason="CANNOT_CANCEL_COMPLETED")


def balance(walk: Walk, name: str, currency: str = "RUB") -> int:
    """What is in this person's wallet, in minor units."""
    wallets = walk.people[name].call("GET", "wallet").data["items"]
    return sum(wallet["balanceCents"] for wallet in wallets if wallet["currency"] == currency)


def unread(walk: Walk, name: str) -> int:
    return walk.people[name].call("GET", "notifications/unread").data["count"]


def escrow_of(walk: Walk, deal: Deal) -> dict[str, Any]:
    shown = walk.brand.call("GET", f"escrow/{deal.job_id}").data
    return shown.get("escrow", shown)


def field(shown: dict[str, Any], wrapper: str, name: str) -> Any:
    return shown.get(wrapper, shown)[name]
