"""Search, deals tab by tab, and the numbers of the first page."""

from api.smoke.client import Walk
from api.smoke.deal import Deal

BRAND_TABS = ("moderation", "applications", "work", "review", "completed", "canceled")
CREATOR_TABS = ("invitations", "applications", "work", "review", "completed", "canceled")


def check_search(walk: Walk, deal: Deal) -> None:
    """A live job is found by a guest; what is no query is refused."""
    walk.section("Search")
    number = deal.title.rpartition(" ")[2]
    found = walk.expect("a guest finds a live job", walk.guest, "GET search", 200, params={"q": f"обзор {number}"})["results"]
    walk.equal([result["href"] for result in found], [f"/jobs/{deal.job_id}"], "that job, and nothing else")
    walk.expect("a single letter", walk.guest, "GET search", 400, code="VALIDATION_ERROR", params={"q": "ч"})
    walk.expect("signs alone find nothing", walk.guest, "GET search", 200, params={"q": "'':* & (("})


def check_tabs(walk: Walk) -> None:
    """Every tab of both sides opens, its number is that of the counters, and the first page counts too."""
    walk.section("Deals and first pages")
    for person, tabs in ((walk.brand, BRAND_TABS), (walk.creator, CREATOR_TABS)):
        counters = walk.expect(f"{person.name}: the counters", person, "GET deals/counters", 200)["counters"]
        walk.equal(tuple(counters), tabs, "one for each tab")
        for tab in tabs:
            items = walk.expect(f"{person.name}: the tab {tab}", person, "GET deals", 200, params={"tab": tab, "limit": 100})["items"]
            walk.equal(len(items), min(100, counters[tab]), "as many as counted")
        tiles = walk.expect(f"{person.name}: the first page", person, "GET home", 200)["tiles"]
        walk.hold(len(tiles) >= 4, "says what waits", tiles)
    walk.expect("a tab of the other side", walk.creator, "GET deals", 400, code="VALIDATION_ERROR", params={"tab": "moderation"})
    walk.expect("staff have no deals", walk.moderator, "GET deals", 403, code="FORBIDDEN")
    queues = walk.expect("the moderator's first page", walk.moderator, "GET home", 200)["tiles"]
    walk.hold({"jobs", "creators"} <= {tile["key"] for tile in queues}, "counts the queues", queues)
