"""Reviews of a completed deal, people who keep others away, and what moderators hear of it."""

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID
from api.smoke.deal import Deal, live_job

REASON = {"reason": "Названы личные данные."}
NOTE = {"note": "Сверили со сделкой: нарушение есть."}


def check_reviews(walk: Walk, deal: Deal) -> None:
    """Blind until both wrote; then both are public, count, and can be taken out of sight."""
    walk.section("Reviews")
    body = {"jobId": deal.job_id, "rating": 4, "text": "Быстро и по делу."}
    walk.expect("somebody who had no part in the deal", walk.brand_b, "POST reviews", 404, code="NOT_FOUND", json=body)
    walk.expect("six stars", walk.brand, "POST reviews", 400, code="VALIDATION_ERROR", json=body | {"rating": 6})
    pending = walk.expect("the brand may write", walk.brand, "GET reviews/pending", 200)["items"]
    walk.hold(deal.job_id in [item["jobId"] for item in pending], "about this deal, until a moment that is named", pending[:1])
    mine = walk.expect("the brand writes", walk.brand, "POST reviews", 201, json=body)["review"]
    walk.equal(mine["publishedAt"], None, "and nobody else reads it")
    walk.expect("the brand writes again", walk.brand, "POST reviews", 409, reason="ALREADY_REVIEWED", json=body)
    received = walk.expect("the creator looks", walk.creator, "GET reviews/received", 200)["items"]
    walk.hold(mine["id"] not in [item["id"] for item in received], "and sees nothing yet")
    walk.expect("the creator writes too", walk.creator, "POST reviews", 201, json={"jobId": deal.job_id, "rating": 5})
    received = walk.expect("now both are readable", walk.creator, "GET reviews/received", 200)["items"]
    walk.equal(received[0]["id"], mine["id"], "the newest is the brand's")
    walk.expect("what the brand wrote", walk.brand, "GET reviews/written", 200)
    check_public(walk, received[0])
    check_hiding(walk, mine["id"])


def check_public(walk: Walk, review: dict) -> None:
    """The pages of both show what was said of them, without addresses."""
    page = walk.expect("a guest opens the page of the brand", walk.guest, f"GET brands/{review['author']['profileId']}", 200)["brand"]
    walk.hold(page["reviews"] and "@" not in str(page["reviews"]), "with its newest reviews", page["reviews"][:1])
    listed = walk.expect("all of them", walk.guest, f"GET brands/{page['id']}/reviews?limit=1", 200)["items"]
    walk.equal(listed, page["reviews"][:1], "are the same")
    walk.expect("the reviews of nobody", walk.guest, f"GET creators/{MISSING_ID}/reviews", 404, code="NOT_FOUND")


def check_hiding(walk: Walk, review_id: str) -> None:
    """A report leads to a moderator, who hides the review and brings it back."""
    asked = {"subjectType": "REVIEW", "subjectId": review_id, "reason": "UNTRUE", "text": "Всё было иначе."}
    report = walk.expect("the creator reports the review", walk.creator, "POST reports", 201, json=asked)["report"]
    again = walk.expect("reports it again", walk.creator, "POST reports", 200, json=asked)["report"]
    walk.equal(again["id"], report["id"], "and it is the same report")
    walk.expect("something that one does not see", walk.creator, "POST reports", 404, json=asked | {"subjectId": MISSING_ID})
    admin = f"admin/reports/{report['id']}"
    walk.expect("the brand does not decide", walk.brand, f"POST {admin}/uphold", 403, code="FORBIDDEN", json=NOTE)
    queue = walk.expect("a moderator reads the queue", walk.moderator, "GET admin/reports?subjectType=REVIEW&limit=100", 200)["items"]
    walk.hold(report["id"] in [item["id"] for item in queue], "and finds it")
    walk.expect("upholds it", walk.moderator, f"POST {admin}/uphold", 200, json=NOTE | {"hide": True})
    walk.expect("and cannot dismiss it after that", walk.moderator, f"POST {admin}/dismiss", 409, reason="WRONG_STATE", json=NOTE)
    review = f"admin/reviews/{review_id}"
    walk.expect("the review is hidden already", walk.moderator, f"POST {review}/hide", 409, reason="REVIEW_ALREADY_HIDDEN", json=REASON)
    walk.expect("it is brought back", walk.moderator, f"POST {review}/unhide", 200)
    walk.expect("once", walk.moderator, f"POST {review}/unhide", 409, reason="REVIEW_NOT_HIDDEN")
    walk.expect("it is hidden by hand", walk.moderator, f"POST {review}/hide", 200, json=REASON)
    walk.expect("and brought back", walk.moderator, f"POST {review}/unhide", 200)
    walk.expect("moderators see all reviews", walk.moderator, "GET admin/reviews?hidden=false", 200)


def check_contacts(walk: Walk) -> None:
    """Who keeps somebody away is left alone, and the other is told nothing."""
    walk.section("People who keep others away")
    other = walk.expect("another creator", walk.creator_b, "GET me", 200)["user"]
    before = walk.creator_b.call("GET", "notifications/unread").data["count"]
    block = walk.expect("the brand keeps the creator away", walk.brand, "POST blocks", 201, json={"personId": other["id"]})["block"]
    walk.expect("once more", walk.brand, "POST blocks", 200, json={"personId": other["id"]})
    walk.expect("nobody keeps strangers of nobody away", walk.brand, "POST blocks", 404, code="NOT_FOUND", json={"personId": MISSING_ID})
    walk.equal(walk.creator_b.call("GET", "notifications/unread").data["count"], before, "the creator is told nothing")
    deal = live_job(walk)
    apply = f"POST jobs/{deal.job_id}/apply"
    walk.expect("cannot apply", walk.creator_b, apply, 409, reason="JOB_NOT_AVAILABLE", json={"message": "Я!"})
    listed = walk.expect("the brand looks at the list", walk.brand, "GET blocks", 200)["items"]
    walk.hold(block["id"] in [item["id"] for item in listed], "and finds whom it keeps away")
    walk.expect("somebody else takes it back", walk.brand_b, f"DELETE blocks/{block['id']}", 404, code="NOT_FOUND")
    walk.expect("the brand takes it back", walk.brand, f"DELETE blocks/{block['id']}", 200)
    walk.expect("and the creator applies", walk.creator_b, apply, 201, json={"message": "Я!"})
    report = walk.expect(
        "the job is reported", walk.creator_b, "POST reports", 201, json={"subjectType": "JOB", "subjectId": deal.job_id, "reason": "SPAM"}
    )["report"]
    walk.expect("and found to be in order", walk.moderator, f"POST admin/reports/{report['id']}/dismiss", 200, json=NOTE)
