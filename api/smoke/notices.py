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


def check_preferences(walk: Walk) -> None:
    """What is muted does not come; money and security cannot be muted; a list is put away without being lost."""
    walk.section("Preferences")
    where = "notifications/preferences"
    shown = walk.expect("the creator sees what may come", walk.creator_b, f"GET {where}", 200)
    walk.hold("PAYOUT_PAID" in [item["type"] for item in shown["items"] if not item["canMute"]], "and what cannot be muted")
    off = {"items": [{"type": "PAYOUT_PAID", "channels": {"telegram": False}}]}
    walk.expect("payouts cannot be muted", walk.creator_b, f"PATCH {where}", 409, reason="CANNOT_MUTE", json=off)
    night = {"startsAt": "22:00", "endsAt": "08:00", "timeZone": "Europe/Moscow"}
    walk.expect("an unknown zone", walk.creator_b, f"PATCH {where}", 400, json={"quietHours": night | {"timeZone": "Mars/Olympus"}})
    kept = walk.expect("quiet hours", walk.creator_b, f"PATCH {where}", 200, json={"quietHours": night})
    walk.equal(kept["quietHours"], night, "are kept")
    walk.expect("and given up", walk.creator_b, f"PATCH {where}", 200, json={"quietHours": None})
    walk.expect("up to somebody else's notice", walk.creator_b, "POST notifications/clear", 404, json={"upToId": MISSING_ID})
    walk.expect("the list is put away", walk.creator_b, "POST notifications/clear", 200)
    walk.equal(walk.creator_b.call("GET", "notifications").data["items"], [], "and is empty")
