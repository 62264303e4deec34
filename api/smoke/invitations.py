"""A brand asks a creator, and the creator answers."""

from typing import Any

from api.smoke.chat import profile_of
from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID
from api.smoke.deal import live_job

WAIT_HOURS_MAX = 24 * 365


def check_invitations(walk: Walk) -> None:
    """One invitation at a time, shown to both sides, answered once; a yes is an application and a conversation."""
    walk.section("Invitations")
    verify(walk)
    check_yes(walk, check_asking(walk))
    declined, withdrawn = invited(walk), invited(walk)
    shown = walk.expect("the creator declines another one", walk.creator, f"POST invitations/{declined}/decline", 200)
    walk.hold(shown["declined"] and shown["invitation"]["dueAt"] is None, "and nobody waits any more", shown)
    walk.expect("the brand asks once more", walk.brand, f"POST invitations/{declined}/resend", 409, reason="INVITATION_ANSWERED")
    walk.expect("the creator withdraws an invitation", walk.creator, f"POST invitations/{withdrawn}/withdraw", 403, code="FORBIDDEN")
    walk.expect("the brand withdraws it", walk.brand, f"POST invitations/{withdrawn}/withdraw", 200)
    walk.expect("an answer comes too late", walk.creator, f"POST invitations/{withdrawn}/decline", 409, reason="ALREADY_HANDLED")


def verify(walk: Walk) -> None:
    """The creator is verified: brands invite nobody else."""
    if walk.creator.call("GET", "creator/verification").data["status"] == "VERIFIED":
        return
    walk.expect("the creator asks for a code", walk.creator, "POST creator/verification/generate", 200)
    account = {"accountUrl": "https://www.tiktok.com/@smoke"}
    walk.expect("and asks to be verified", walk.creator, "POST creator/verification/submit", 200, json=account)
    walk.expect("a moderator verifies", walk.moderator, f"POST admin/creators/{profile_of(walk, 'creator')}/verify", 200)


def asked(walk: Walk, job_id: str) -> dict[str, Any]:
    """What the brand sends."""
    return {"jobId": job_id, "creatorId": profile_of(walk, "creator"), "message": "Нам понравился ваш ролик о кофе."}


def invited(walk: Walk) -> str:
    """The creator is invited to a new job. Returns the id of the invitation."""
    body = asked(walk, live_job(walk).job_id)
    return walk.expect("the brand invites the creator", walk.brand, "POST invitations", 201, json=body)["invitationId"]


def check_asking(walk: Walk) -> dict[str, Any]:
    """Who may invite whom, and how often."""
    job = live_job(walk)
    body = asked(walk, job.job_id)
    walk.expect("an empty invitation", walk.brand, "POST invitations", 400, code="VALIDATION_ERROR", json={})
    walk.expect("a creator invites", walk.creator_b, "POST invitations", 403, code="FORBIDDEN", json=body)
    walk.expect("another brand invites to this job", walk.brand_b, "POST invitations", 404, code="NOT_FOUND", json=body)
    nobody = body | {"creatorId": MISSING_ID}
    walk.expect("a creator who is not there", walk.brand, "POST invitations", 404, code="NOT_FOUND", json=nobody)
    sent = walk.expect("the brand invites", walk.brand, "POST invitations", 201, json=body)["invitation"]
    again = walk.expect("invites again at once", walk.brand, "POST invitations", 409, reason="INVITED_TOO_RECENTLY", json=body)
    walk.hold(0 < again["retryAfterSec"] <= WAIT_HOURS_MAX * 3600, "and learns when it may", again)
    where = f"invitations/{sent['id']}"
    walk.expect("reminds at once", walk.brand, f"POST {where}/resend", 409, reason="INVITED_TOO_RECENTLY")
    walk.expect("another creator looks at it", walk.creator_b, f"GET {where}", 404, code="NOT_FOUND")
    mine = walk.expect("the invited one does", walk.creator, f"GET {where}", 200)["invitation"]
    walk.hold(mine["dueAt"] and mine["conversationId"] is None, "it says until when, and there is no chat yet", mine)
    for person in (walk.brand, walk.creator):
        listed = walk.expect(f"{person.name} lists it", person, f"GET invitations?status=SENT&jobId={job.job_id}", 200)["items"]
        walk.hold([row["id"] for row in listed] == [sent["id"]] and "@" not in str(listed), "alone and without addresses", listed)
    return sent


def check_yes(walk: Walk, sent: dict[str, Any]) -> None:
    """A yes is an application and a conversation; it is said once."""
    where = f"invitations/{sent['id']}"
    yes = {"message": "С радостью.", "priceQuote": 4_200}
    walk.expect("the brand accepts its own invitation", walk.brand, f"POST {where}/accept", 403, code="FORBIDDEN", json=yes)
    walk.expect("a price of nothing", walk.creator, f"POST {where}/accept", 400, code="VALIDATION_ERROR", json={"priceQuote": 0})
    accepted = walk.expect("the creator accepts", walk.creator, f"POST {where}/accept", 200, json=yes)
    walk.hold(bool(accepted["conversationId"]), "a conversation is open", accepted)
    walk.expect("accepts again", walk.creator, f"POST {where}/accept", 409, reason="ALREADY_HANDLED", json=yes)
    walk.expect("the brand withdraws it", walk.brand, f"POST {where}/withdraw", 409, reason="ALREADY_HANDLED")
    offers = walk.expect("the brand looks who wants to", walk.brand, f"GET jobs/{sent['jobId']}/applications?source=INVITATION", 200)[
        "items"
    ]
    walk.equal(
        [(row["id"], row["priceQuote"]) for row in offers], [(accepted["applicationId"], 4_200)], "the invited one does, for that price"
    )
