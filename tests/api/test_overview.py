"""Deals tab by tab for both sides, their counters, and the numbers of the first page."""

from typing import Any

import pytest

from core.deals import services as deals
from core.hiring.services import withdraw_application
from core.jobs import services as jobs
from core.jobs.models import Job
from core.overview.deals import BRAND_TABS, CREATOR_TABS
from core.people.models import User
from tests.api.callers import Caller


class Stage:
    """One brand and one creator with a row in every tab of either, and strangers with as many."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.brand, self.creator = world.brand(), world.verified_creator()
        self.fill(self.brand, self.creator)
        self.fill(world.brand(), world.verified_creator())

    def fill(self, brand: User, creator: User) -> None:
        world = self.world
        rows: dict[str, Any] = {
            "draft": world.draft_job(brand=brand),
            "moderation": world.job(brand=brand),
            "live": world.live_job(brand=brand),
            "held": world.paused_job(brand=brand),
            "dropped": world.live_job(brand=brand),
            "applications": world.application(job=world.live_job(brand=brand), creator=creator),
            "withdrawn": world.application(job=world.live_job(brand=brand), creator=creator),
            "invitations": world.invitation(job=world.live_job(brand=brand), creator=creator),
            "work": world.deal(job=world.live_job(brand=brand), creator=creator),
            "review": world.submission(job=world.deal(job=world.live_job(brand=brand), creator=creator)).job,
            "completed": world.completed_deal(job=world.live_job(brand=brand), creator=creator),
            "canceled": world.deal(job=world.live_job(brand=brand), creator=creator, funded=False),
        }
        withdraw_application(rows["withdrawn"].id, by=creator)
        for canceled in ("dropped", "canceled"):
            deals.cancel_job(rows[canceled].id, by=brand)
        if brand == self.brand:
            self.rows = {name: row.id for name, row in rows.items()}


@pytest.fixture
def stage(world) -> Stage:
    return Stage(world)


@pytest.mark.parametrize(("side", "tabs"), [("brand", BRAND_TABS), ("creator", CREATOR_TABS)])
def test_every_tab_holds_its_rows_and_no_others(stage, side, tabs):
    caller = Caller(getattr(stage, side))

    shown = {tab: [row["id"] for row in caller.get(f"/api/deals?tab={tab}").data["items"]] for tab in tabs}
    counters = caller.get("/api/deals/counters").data["counters"]

    assert shown == {tab: [str(stage.rows[tab])] for tab in tabs}
    assert counters == dict.fromkeys(tabs, 1)


def test_a_row_shows_the_deal_to_either_side(stage):
    (to_brand,) = Caller(stage.brand).get("/api/deals").data["items"]
    (to_creator,) = Caller(stage.creator).get("/api/deals?tab=work").data["items"]

    job = Job.objects.get(id=stage.rows["work"])
    assert (to_brand["type"], to_brand["status"], to_brand["escrowStatus"]) == ("JOB", "IN_PROGRESS", "FUNDED")
    assert to_brand["priceCents"] == job.escrow.amount_cents
    assert to_brand["job"]["title"] == job.title
    assert (to_brand["isDisputed"], to_brand["dueAt"] is None, to_brand["conversationId"] is None) == (False, False, False)
    profile = stage.creator.creator_profile
    assert to_brand["creator"] == {"profileId": str(profile.id), "displayName": profile.display_name}
    assert to_creator.keys() - to_brand.keys() == {"brand"}
    assert to_creator["brand"]["companyName"] == stage.brand.brand_profile.company_name
    shared = to_brand.keys() & to_creator.keys()
    assert {name: to_brand[name] for name in shared} == {name: to_creator[name] for name in shared}


def test_an_offer_shows_its_price_and_an_invitation_its_end(stage):
    (applied,) = Caller(stage.brand).get("/api/deals?tab=applications").data["items"]
    (invited,) = Caller(stage.creator).get("/api/deals?tab=invitations").data["items"]

    assert (applied["type"], applied["status"], applied["priceCents"]) == ("APPLICATION", "PENDING", 450_000)
    assert applied["creator"]["profileId"] == str(stage.creator.creator_profile.id)
    assert (invited["type"], invited["status"], invited["escrowStatus"]) == ("INVITATION", "SENT", None)
    assert invited["dueAt"] > invited["at"]


def test_a_tab_of_the_other_side_is_refused_by_name(stage):
    for who, tab in ((stage.brand, "invitations"), (stage.creator, "moderation"), (stage.creator, "drafts")):
        answer = Caller(who).get(f"/api/deals?tab={tab}")

        assert (answer.status, list(answer.details["fieldErrors"])) == (400, ["tab"])


@pytest.mark.parametrize("tab", ["moderation", "applications", "work"])
def test_each_tab_is_walked_with_its_own_cursors_while_rows_come(world, tab):
    brand = world.brand()
    make = {
        "moderation": lambda: world.job(brand=brand).id,
        "applications": lambda: world.application(job=world.live_job(brand=brand)).id,
        "work": lambda: world.accepted_job(job=world.live_job(brand=brand)).id,
    }[tab]
    made = [str(make()) for _ in range(5)]
    caller, seen, cursor = Caller(brand), [], ""

    while cursor is not None:
        page = caller.get(f"/api/deals?tab={tab}&limit=2{cursor and f'&cursor={cursor}'}").data
        seen += [row["id"] for row in page["items"]]
        cursor = page["nextCursor"]
        make()

    assert seen == made[::-1]
    other = caller.get("/api/deals?tab=completed&cursor=" + caller.get(f"/api/deals?tab={tab}&limit=2").data["nextCursor"])
    assert other.status == 400


def test_a_resumed_job_on_hold_is_no_work(world):
    brand = world.brand()
    job = world.paused_job(brand=brand)

    assert Caller(brand).get("/api/deals?tab=work").data["items"] == []
    jobs.unpause_job(job.id, by=brand)
    assert Caller(brand).get("/api/deals/counters").data["counters"]["work"] == 0


def test_the_first_page_counts_what_waits_for_each(stage):
    brand, creator = (Caller(user).get("/api/home").data for user in (stage.brand, stage.creator))

    tiles = {tile["key"]: tile["count"] for tile in brand["tiles"]}
    assert brand["role"] == "BRAND"
    assert tiles.items() >= {"moderation": 1, "applications": 1, "review": 1}.items()
    assert tiles["notifications"] == Caller(stage.brand).get("/api/notifications/unread").data["count"] > 0
    assert tiles["conversations"] == Caller(stage.brand).get("/api/inbox/unread").data["conversations"]
    tiles = {tile["key"]: tile["count"] for tile in creator["tiles"]}
    assert tiles.items() >= {"invitations": 1, "work": 1}.items()
    assert all(tile["href"].startswith("/dashboard/") for tile in (*brand["tiles"], *creator["tiles"]))


@pytest.mark.parametrize(
    ("capability", "keys"),
    [
        ("moderator", {"jobs", "creators", "disputes", "reports", "notifications"}),
        ("finance", {"payouts", "topUps", "adjustments", "notifications"}),
        ("support", {"jobs", "creators", "disputes", "reports", "payouts", "topUps", "adjustments", "notifications"}),
        ("engineer", {"events", "notifications"}),
    ],
)
def test_staff_see_the_queues_of_their_work_alone(stage, capability, keys):
    shown = Caller(stage.world.staff(capability)).get("/api/home").data

    assert {tile["key"] for tile in shown["tiles"]} == keys
    counts = {tile["key"]: tile["count"] for tile in shown["tiles"]}
    if "jobs" in keys:
        assert counts["jobs"] == Job.objects.filter(awaits_moderation=True).count() == 2
