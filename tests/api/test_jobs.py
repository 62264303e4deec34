"""Jobs over HTTP: who sees what of one, what a brand may send, and the tabs of both sides."""

from typing import Any

import pytest

from api.job_shapes import JobIn
from core.hiring.services import reject_application, withdraw_application
from core.jobs.models import Job
from core.jobs.services import edit_job, pause_job
from core.people.models import BrandProfile
from tests.api.callers import MISSING, Caller
from tests.core.jobs.traces import nothing_happens

CONTENT = {
    "title": "Review of our green tea",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "usageTermDays": 90,
    "budgetMin": 3000,
    "budgetMax": 5000,
    "deadlineType": "DAYS_3_5",
}
DEAL = {
    "agreedTerms",
    "startedAt",
    "dueAt",
    "completedAt",
    "canceledAt",
    "cancelReason",
    "conversationId",
    "priceCents",
    "escrowStatus",
    "timers",
    "waitingOn",
    "isOverdue",
}
INSIDE = DEAL | {
    "moderationStatus",
    "moderationReason",
    "moderatedAt",
    "submittedAt",
    "contentVersion",
    "pendingRevision",
    "activeCreator",
    "applicationCount",
    "pendingApplicationCount",
    "updatedAt",
}


def page(caller: Caller, job: Job) -> dict[str, Any]:
    return caller.get(f"/api/jobs/{job.id}").data["job"]


def test_a_live_job_looks_the_same_to_everybody_whom_it_does_not_concern(world):
    job = world.live_job(notes="Smile.", brief={"tone": "warm"})
    world.application(job=job)

    pages = [page(caller, job) for caller in (Caller(), Caller(world.brand()), Caller(world.creator()), Caller(world.staff("finance")))]

    assert all(one == pages[0] for one in pages)
    assert not set(pages[0]) & (INSIDE | {"application", "applications"})
    assert (pages[0]["notes"], pages[0]["brief"], pages[0]["status"]) == ("Smile.", {"tone": "warm"}, "PUBLISHED")
    assert pages[0]["brand"]["companyName"] == job.brand.brand_profile.company_name


def test_the_brand_and_moderators_see_the_inside_and_no_applications(world):
    job = world.live_job()
    application = world.application(job=job, message="Nobody but the brand reads this.")
    withdraw_application(world.application(job=job).id, by=Job.objects.get(id=job.id).applications.latest("created_at").creator)
    edit_job(job.id, by=job.brand, content={"title": "Review of our black tea"})

    mine, theirs = page(Caller(job.brand), job), page(Caller(world.moderator), job)

    assert mine | {"actions": None} == theirs | {"actions": None}
    assert {action["name"] for action in mine["actions"]} > {"EDIT", "PAUSE", "INVITE"}
    assert {action["name"] for action in theirs["actions"]} >= {"APPROVE_JOB", "TAKE_DOWN"}
    assert set(mine) > INSIDE
    assert (mine["applicationCount"], mine["pendingApplicationCount"]) == (2, 1)
    assert mine["title"] == job.title
    assert mine["pendingRevision"]["version"] == 2
    assert mine["pendingRevision"]["changes"] == {"title": {"from": job.title, "to": "Review of our black tea"}}
    assert "applications" not in mine
    assert application.message not in str(mine)


def test_nobody_else_sees_a_change_that_waits(world):
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": "Review of our black tea"})

    for caller in (Caller(), Caller(world.creator()), Caller(world.brand())):
        assert "black" not in str(page(caller, job))


def test_an_applicant_sees_the_own_application_also_when_the_job_is_on_hold(world):
    application = world.application(message="I love tea.", price_quote=4_500)
    caller = Caller(application.creator)

    live = page(caller, application.job)
    pause_job(application.job_id, by=application.job.brand)
    held = page(caller, application.job)

    assert live["application"] == held["application"]
    assert live["application"]["id"] == str(application.id)
    assert (live["application"]["status"], live["application"]["priceQuote"]) == ("PENDING", 4_500)
    assert not set(live) & INSIDE
    assert Caller(world.creator()).get(f"/api/jobs/{application.job_id}").status == 404


@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_who_is_out_sees_what_is_public_and_no_more(world, end):
    application = world.application()
    job, brand = application.job, application.job.brand
    if end == "withdraw":
        withdraw_application(application.id, by=application.creator)
    else:
        reject_application(job.id, application.id, by=brand)
    caller = Caller(application.creator)

    assert page(caller, job) == page(Caller(), job)
    pause_job(job.id, by=brand)
    assert caller.get(f"/api/jobs/{job.id}").status == 404


def test_the_chosen_creator_sees_the_deal_and_the_others_nothing(world):
    job = world.live_job()
    loser = world.application(job=job)
    chosen = world.accepted_application(job=job, price_quote=4_500)

    deal = page(Caller(chosen.creator), job)

    assert set(deal) >= DEAL | {"application"}
    assert not set(deal) & (INSIDE - DEAL)
    assert (deal["priceCents"], deal["escrowStatus"], deal["status"]) == (450_000, "UNFUNDED", "IN_PROGRESS")
    assert (deal["agreedTerms"]["priceCents"], deal["agreedTerms"]["commissionBps"]) == (450_000, 1_500)
    assert deal["agreedTerms"]["title"] == job.title
    assert deal["conversationId"] == str(chosen.conversation_id)
    for caller in (Caller(loser.creator), Caller(), Caller(world.brand())):
        assert caller.get(f"/api/jobs/{job.id}").status == 404


def test_the_brand_sees_whom_it_chose_and_never_an_address(world):
    job = world.accepted_job()

    mine = page(Caller(job.brand), job)

    profile = job.active_creator.creator_profile
    assert mine["activeCreator"] == {"profileId": str(profile.id), "displayName": profile.display_name}
    assert "@" not in str(mine)


STATES = ["draft_job", "job", "rejected_job", "paused_job", "accepted_job", "completed_deal", "canceled_deal"]


@pytest.mark.parametrize("state", STATES)
def test_a_job_that_is_not_live_is_missing_to_strangers(world, state):
    job = getattr(world, state)()

    for caller in (Caller(), Caller(world.brand()), Caller(world.creator()), Caller(world.staff("finance"))):
        foreign, missing = caller.get(f"/api/jobs/{job.id}"), caller.get(f"/api/jobs/{MISSING}")
        assert (foreign.status, foreign.json["error"]) == (404, missing.json["error"])
    assert page(Caller(job.brand), job)["id"] == str(job.id)


def test_a_job_is_made_and_waits(world):
    brand = world.brand()

    answer = Caller(brand).post("/api/jobs", CONTENT)

    assert answer.status == 201
    job = answer.data["job"]
    assert (job["status"], job["moderationStatus"], job["contentVersion"]) == ("PUBLISHED", "PENDING", 1)
    assert Job.objects.get(id=job["id"]).brand_id == brand.id


def test_a_draft_is_made_published_and_shown_in_its_tab(world):
    caller = Caller(world.brand())
    draft = caller.post("/api/jobs", {"title": "Tea", "publish": False}).data["job"]
    assert (draft["status"], draft["budgetMin"], draft["platform"]) == ("DRAFT", None, "")

    refused = caller.post(f"/api/jobs/{draft['id']}/publish")
    assert (refused.status, refused.code) == (400, "VALIDATION_ERROR")
    assert set(refused.details["fieldErrors"]) == set(CONTENT)

    assert caller.patch(f"/api/jobs/{draft['id']}", CONTENT).data["job"]["status"] == "DRAFT"
    assert caller.post(f"/api/jobs/{draft['id']}/publish").data["job"]["moderationStatus"] == "PENDING"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("field", ["status", "moderationStatus", "activeCreator", "contentVersion", "brandId", "nonsense"])
def test_nobody_writes_a_status_or_anything_that_is_no_content(world, method, field):
    job = world.live_job()
    path = "/api/jobs" if method == "POST" else f"/api/jobs/{job.id}"

    caller = Caller(job.brand)
    with nothing_happens():
        answer = caller.call(method, path, CONTENT | {field: "COMPLETED"})

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == [field]


BAD = {
    "title": 5,
    "description": ["x"],
    "platform": "MYSPACE",
    "deliverablesCount": "2",
    "videoDurationSec": 15.5,
    "contentFormats": "REVIEW",
    "needsPosting": "true",
    "usageTermDays": 6,
    "revisionRounds": None,
    "languages": ["klingon"],
    "budgetMin": 2**62,
    "budgetMax": True,
    "currency": "",
    "deadlineDate": "tomorrow",
    "brief": "text",
    "publish": "yes",
}


@pytest.mark.parametrize("field", BAD)
def test_a_value_of_the_wrong_kind_is_a_clear_400(world, field):
    caller = Caller(world.brand())

    with nothing_happens():
        answer = caller.post("/api/jobs", CONTENT | {field: BAD[field]})

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert all(path.startswith(field) for path in answer.details["fieldErrors"])


def test_a_deadline_with_an_offset_is_the_same_moment(world):
    body = CONTENT | {"deadlineType": "DATE", "deadlineDate": "2099-06-01T12:00:00+03:00"}

    job = Caller(world.brand()).post("/api/jobs", body).data["job"]

    assert job["deadlineDate"] == "2099-06-01T09:00:00+00:00"


def test_a_put_replaces_and_a_patch_changes(world):
    draft = world.draft_job(needs_posting=True)
    caller = Caller(draft.brand)

    patched = caller.patch(f"/api/jobs/{draft.id}", {"notes": "Smile."}).data["job"]
    put = caller.call("PUT", f"/api/jobs/{draft.id}", CONTENT).data["job"]

    assert (patched["needsPosting"], patched["notes"], patched["title"]) == (True, "Smile.", draft.title)
    assert (put["needsPosting"], put["notes"], put["title"]) == (False, "", CONTENT["title"])


def test_saving_what_one_was_shown_changes_nothing(world):
    job = world.live_job(content_formats=["REVIEW"], notes="Smile.")
    caller = Caller(job.brand)
    shown = page(caller, job)
    body = {name: shown[name] for name in JobIn().fields}

    with nothing_happens():
        assert caller.call("PUT", f"/api/jobs/{job.id}", body).data["job"] == shown
        assert caller.patch(f"/api/jobs/{job.id}", body).data["job"] == shown


@pytest.mark.parametrize(
    ("state", "command", "reason"),
    [
        ("live_job", "publish", "ONLY_DRAFT"),
        ("draft_job", "pause", "ONLY_PUBLISHED"),
        ("live_job", "unpause", "ONLY_PAUSED"),
        ("accepted_job", "pause", "HAS_CREATOR"),
        ("live_job", "resubmit", "ALREADY_APPROVED"),
        ("draft_job", "resubmit", "NOT_SUBMITTED"),
        ("completed_deal", "resubmit", "JOB_CLOSED"),
    ],
)
def test_a_step_that_is_not_possible_now_says_why(world, state, command, reason):
    job = getattr(world, state)()
    caller = Caller(job.brand)

    with nothing_happens():
        answer = caller.post(f"/api/jobs/{job.id}/{command}")

    assert (answer.status, answer.code, answer.reason) == (409, "CONFLICT", reason)


def test_an_incomplete_profile_is_told_what_it_lacks(world):
    brand = world.brand()
    BrandProfile.objects.filter(user=brand).update(description="")

    answer = Caller(brand).post("/api/jobs", CONTENT)

    assert (answer.status, answer.reason, answer.details["completeProfile"]) == (409, "BRAND_PROFILE_INCOMPLETE", True)
    assert [entry["key"] for entry in answer.details["missing"]] == ["description"]


def test_a_copy_is_a_new_draft(world):
    job = world.live_job()

    answer = Caller(job.brand).post(f"/api/jobs/{job.id}/duplicate")

    assert answer.status == 201
    assert Job.objects.get(id=answer.data["id"]).status == "DRAFT"


BRAND_STATES = {
    "drafts": ["draft_job"],
    "moderation": ["job"],
    "rejected": ["rejected_job"],
    "published": ["live_job"],
    "paused": ["paused_job"],
    "active": ["accepted_job", "reviewed_deal"],
    "completed": ["completed_deal"],
    "canceled": ["canceled_deal"],
}


def test_each_job_of_a_brand_stands_in_one_tab_and_the_tabs_are_counted(world):
    brand, made = world.brand(), {}
    for tab, states in BRAND_STATES.items():
        for state in states:
            direct = state in {"draft_job", "job", "rejected_job", "live_job", "paused_job"}
            job = getattr(world, state)(**({"brand": brand} if direct else {"job": world.live_job(brand=brand)}))
            made.setdefault(tab, set()).add(str(job.id))
    world.live_job()
    caller = Caller(brand)

    shown = {tab: {item["id"] for item in caller.get(f"/api/brand/jobs?tab={tab}").data["items"]} for tab in BRAND_STATES}
    everything = caller.get("/api/brand/jobs").data

    assert shown == made
    assert everything["counts"] == {tab: len(ids) for tab, ids in made.items()}
    assert len(everything["items"]) == sum(everything["counts"].values()) == 9


def test_a_row_of_the_brand_says_what_its_screen_needs(world):
    job = world.live_job()
    world.application(job=job)
    chosen = world.accepted_application(job=job, price_quote=4_500)

    (row,) = Caller(job.brand).get("/api/brand/jobs?tab=active").data["items"]

    assert (row["applicationCount"], row["pendingApplicationCount"]) == (2, 0)
    assert row["activeCreator"]["displayName"] == chosen.creator.creator_profile.display_name
    assert (row["conversationId"], row["priceCents"], row["escrowStatus"]) == (str(chosen.conversation_id), 450_000, "UNFUNDED")
    assert row["hasPendingRevision"] is False
    assert "@" not in str(row)


def test_the_pages_of_a_tab_hold_only_its_jobs(world):
    brand = world.brand()
    drafts = [world.draft_job(brand=brand) for _ in range(5)]
    for _ in range(3):
        world.live_job(brand=brand)
    caller, seen, cursor = Caller(brand), [], ""
    while cursor is not None:
        data = caller.get("/api/brand/jobs?tab=drafts&limit=2" + (f"&cursor={cursor}" if cursor else "")).data
        seen += [item["id"] for item in data["items"]]
        cursor = data["nextCursor"]

    assert seen == [str(job.id) for job in reversed(drafts)]


def test_a_creator_finds_the_deals_by_tab_canceled_ones_too(world):
    creator = world.creator()
    made = {
        "work": world.accepted_job(creator=creator),
        "review": world.reviewed_deal(creator=creator),
        "completed": world.completed_deal(creator=creator),
        "canceled": world.canceled_deal(creator=creator),
    }
    world.accepted_job()
    world.application(creator=creator)
    caller = Caller(creator)

    shown = {tab: [item["id"] for item in caller.get(f"/api/creator/jobs?tab={tab}").data["items"]] for tab in made}
    everything = caller.get("/api/creator/jobs").data

    assert shown == {tab: [str(job.id)] for tab, job in made.items()}
    assert everything["counts"] == dict.fromkeys(made, 1)
    assert [item["id"] for item in everything["items"]] == [str(job.id) for job in reversed(made.values())]


@pytest.mark.parametrize("path", ["/api/brand/jobs", "/api/creator/jobs"])
def test_an_unknown_tab_is_a_400(world, path):
    caller = Caller(world.brand() if "brand" in path else world.creator())

    assert caller.get(f"{path}?tab=everything").status == 400
