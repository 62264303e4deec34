"""What the people of the deal were told."""

from api.smoke.client import Walk
from api.smoke.contract import MISSING_ID

CREATOR_WAS_TOLD = {"APPLICATION_ACCEPTED", "ESCROW_FUNDED", "CHANGES_REQUESTED", "JOB_COMPLETED_CREATOR", "PAYOUT_APPROVED", "PAYOUT_PAID"}


def check_notices(walk: Walk) -> None:
    """Every step of the deal told the right person; reading is a POST, and a GET changes nothing."""
    walk.section("Notices")
    told: set[str] = set()
    cursor: str | None = None
    while True:
        page = walk.creator.call("GET", "notifications", params={"limit": 100} | ({"cursor": cursor} if cursor else {})).data
        told |= {notice["type"] for notice in page["items"]}
        cursor = page["nextCursor"]
        if not cursor or told >= CREATOR_WAS_TOLD:
            break
    walk.hold(told >= CREATOR_WAS_TOLD, "the creator was told of every step", CREATOR_WAS_TOLD - told)
    notice = walk.creator.call("GET", "notifications", params={"limit": 1}).data["items"][0]
    before = walk.creator.call("GET", "notifications/unread").data["count"]
    walk.expect("somebody else's notice", walk.brand, f"POST notifications/{notice['id']}/read", 404, code="NOT_FOUND")
    walk.expect("a notice that is not there", walk.creator, f"POST notifications/{MISSING_ID}/read", 404, code="NOT_FOUND")
    walk.expect("one is read", walk.creator, f"POST notifications/{notice['id']}/read", 200)
    walk.equal(walk.creator.call("GET", "notifications/unread").data["count"], before - 1, "one less is unread")
    walk.expect("all are read", walk.creator, "POST notifications/read-all", 200)
    walk.equal(walk.creator.call("GET", "notifications/unread").data["count"], 0, "none is unread")
