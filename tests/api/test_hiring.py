"""Applications over HTTP: what both sides see, in which order, and what choosing answers."""

from typing import Any

import pytest

from core.hiring.models import Application
from core.people import services as people
from core.people.models import CreatorProfile
from tests.api.callers import Caller
from tests.core.jobs.traces import nothing_happens


def received(caller: Caller, job: Any, query: str = "") -> list[dict[str, Any]]:
    return caller.get(f"/api/jobs/{job.id}/applications?{query}".rstrip("?")).data["items"]


def test_an_application_is_made_and_shown_with_its_job(world):
    job, creator = world.live_job(), world.creator()

    answer = Caller(creator).post(f"/api/jobs/{job.id}/apply", {"message": " I love tea. ", "priceQuote": 4500})

    assert answer.status == 201
    made = answer.data["application"]
    assert (made["status"], made["message"], made["priceQuote"], made["jobId"]) == ("PENDING", "I love tea.", 4_500, str(job.id))
    assert (made["job"]["title"], made["job"]["isLive"]) == (job.title, True)
    assert made["brand"]["companyName"] == job.brand.brand_profile.company_name
    assert Caller(creator).get(f"/api/applications/{made['id']}").data["application"] == made


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, None),
        ({"message": "  "}, None),
        ({"message": None}, "message"),
        ({"message": "x" * 2_001}, "message"),
        ({"priceQuote": 0}, "priceQuote"),
        ({"priceQuote": "4500"}, "priceQuote"),
        ({"priceQuote": 45.5}, "priceQuote"),
        ({"priceQuote": 100_000_001}, "priceQuote"),
        ({"message": "Me!", "status": "ACCEPTED"}, "status"),
    ],
)
def test_a_bad_offer_is_a_clear_400(world, body, field):
    job, caller = world.live_job(), Caller(world.creator())

    with nothing_happens():
        answer = caller.post(f"/api/jobs/{job.id}/apply", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == ([field] if field else [])
    assert bool(answer.details["formErrors"]) is (field is None)


def test_applying_twice_and_unready_are_refused_with_their_reasons(world):
    job, creator = world.live_job(), world.creator()
    Caller(creator).post(f"/api/jobs/{job.id}/apply", {"priceQuote": 4500})

    twice = Caller(creator).post(f"/api/jobs/{job.id}/apply", {"priceQuote": 4500})
    unready = Caller(world.bare_creator()).post(f"/api/jobs/{job.id}/apply", {"priceQuote": 4500})

    assert (twice.status, twice.reason) == (409, "ALREADY_APPLIED")
    assert (unready.status, unready.reason, unready.details["completeProfile"]) == (409, "PROFILE_INCOMPLETE", True)
    assert unready.details["missing"]


def test_the_brand_sees_who_applies_with_two_works_and_no_address(world):
    creator = world.creator(languages=["ru", "kk"], price_per_video=7_000)
    for number in range(3):
        people.add_portfolio_item(by=creator, content={"url": f"https://example.com/more-{number}"})
    CreatorProfile.objects.filter(user=creator).update(rating_sum=13, rating_count=3)
    application = world.application(creator=creator)

    (row,) = received(Caller(application.job.brand), application.job)

    profile = creator.creator_profile
    first_two = list(profile.portfolio.order_by("position", "id").values_list("url", flat=True)[:2])
    assert row["creator"] == {
        "profileId": str(profile.id),
        "displayName": profile.display_name,
        "languages": ["ru", "kk"],
        "pricePerVideo": 7_000,
        "currency": "RUB",
        "rating": 4.333,
        "ratingCount": 3,
        "jobsCompleted": 0,
        "isVerified": False,
        "portfolio": first_two,
    }
    assert (row["message"], row["priceQuote"], row["conversationId"]) == ("I love tea.", 4_500, None)
    assert "@" not in str(row)
    one = Caller(application.job.brand).get(f"/api/applications/{application.id}").data["application"]
    assert one | row == one


def rated(world, total: int, count: int) -> Any:
    creator = world.creator()
    CreatorProfile.objects.filter(user=creator).update(rating_sum=total, rating_count=count)
    return creator


def test_applications_are_sorted_and_filtered_as_asked(world):
    job = world.live_job(budget_max=5_000)
    offers = [(rated(world, 9, 2), 4_000), (rated(world, 0, 0), None), (rated(world, 5, 1), 9_000), (rated(world, 12, 3), 5_000)]
    good, unknown, best, fair = (str(world.application(job=job, creator=creator, price_quote=quote).id) for creator, quote in offers)
    caller = Caller(job.brand)

    def order(query: str) -> list[str]:
        return [row["id"] for row in received(caller, job, query)]

    assert order("") == [fair, best, unknown, good]
    assert order("sort=new") == [fair, best, unknown, good]
    assert order("sort=price") == [good, unknown, fair, best]
    assert order("sort=rating") == [best, good, fair, unknown]
    caller.post(f"/api/jobs/{job.id}/applications/{best}/reject", {"reason": "Too dear."})
    assert order("status=REJECTED") == [best]
    assert order("status=PENDING&sort=price") == [good, unknown, fair]


def test_a_brand_looks_for_the_verified_the_affordable_and_the_well_rated(world):
    job = world.live_job(budget_max=5_000)
    dear, free = world.application(job=job, creator=rated(world, 9, 2), price_quote=9_000), world.application(job=job, price_quote=None)
    known = world.application(job=job, creator=world.verified(rated(world, 4, 1)), price_quote=4_000)
    invited = world.accepted_invitation(job=job).application_id
    caller = Caller(job.brand)

    def found(query: str) -> list[str]:
        return [row["id"] for row in received(caller, job, query)]

    assert found("verified=true") == [str(invited), str(known.id)]
    assert found("verified=false") == [str(free.id), str(dear.id)]
    assert found("source=INVITATION") == [str(invited)]
    assert found("minPrice=4001&maxPrice=5000") == [str(invited), str(free.id)]
    assert found("maxPrice=4000") == [str(known.id)]
    assert found("minRating=4") == [str(known.id), str(dear.id)]
    assert found("minRating=5") == []
    assert caller.get(f"/api/jobs/{job.id}/applications?minRating=6").status == 400


@pytest.mark.parametrize("sort", ["new", "price", "rating"])
def test_every_order_is_walked_page_by_page(world, sort):
    job = world.live_job()
    made = {str(world.application(job=job, price_quote=quote).id) for quote in (100, 100, None, 300, 5_000)}
    caller, seen, cursor = Caller(job.brand), [], ""
    while cursor is not None:
        data = caller.get(f"/api/jobs/{job.id}/applications?sort={sort}&limit=2" + (f"&cursor={cursor}" if cursor else "")).data
        seen += [row["id"] for row in data["items"]]
        cursor = data["nextCursor"]

    assert len(seen) == 5
    assert set(seen) == made


def test_a_creator_sees_the_own_applications_and_nobody_elses(world):
    creator = world.creator()
    first, second = world.application(creator=creator), world.application(creator=creator)
    world.application(job=first.job)
    caller = Caller(creator)
    caller.post(f"/api/applications/{first.id}/withdraw")

    rows = caller.get("/api/applications").data["items"]

    assert [row["id"] for row in rows] == [str(second.id), str(first.id)]
    assert [row["id"] for row in caller.get("/api/applications?status=WITHDRAWN").data["items"]] == [str(first.id)]
    assert "creator" not in rows[0]
    assert "@" not in str(rows)


def test_the_rejected_read_why(world):
    application = world.application()
    path = f"/api/jobs/{application.job_id}/applications/{application.id}/reject"

    shown = Caller(application.job.brand).post(path, {"reason": "We look for a cook."}).data["application"]

    assert (shown["status"], shown["rejectReason"]) == ("REJECTED", "We look for a cook.")
    mine = Caller(application.creator).get(f"/api/applications/{application.id}").data["application"]
    assert (mine["status"], mine["rejectReason"]) == ("REJECTED", "We look for a cook.")


def test_a_no_needs_no_reason_and_no_body(world):
    application = world.application()

    answer = Caller(application.job.brand).post(f"/api/jobs/{application.job_id}/applications/{application.id}/reject")

    assert answer.data["application"]["status"] == "REJECTED"


def test_choosing_answers_with_what_was_opened(world):
    application = world.application()
    job = application.job

    answer = Caller(job.brand).post(f"/api/jobs/{job.id}/applications/{application.id}/accept")

    assert set(answer.data) == {"conversationId", "jobId", "escrowId"}
    assert (answer.data["jobId"], answer.data["escrowId"]) == (str(job.id), str(job.escrow.id))
    mine = Caller(application.creator).get(f"/api/applications/{application.id}").data["application"]
    assert (mine["status"], mine["conversationId"]) == ("ACCEPTED", answer.data["conversationId"])


def test_choosing_with_a_body_is_refused(world):
    application = world.application()
    caller = Caller(application.job.brand)

    with nothing_happens():
        answer = caller.post(f"/api/jobs/{application.job_id}/applications/{application.id}/accept", {"price": 1})

    assert answer.status == 400


def test_choosing_and_withdrawing_too_late_say_why(world):
    job = world.live_job()
    loser = world.application(job=job)
    winner = world.accepted_application(job=job)
    brand = Caller(job.brand)

    again = brand.post(f"/api/jobs/{job.id}/applications/{loser.id}/accept")
    late = Caller(winner.creator).post(f"/api/applications/{winner.id}/withdraw")
    reject = brand.post(f"/api/jobs/{job.id}/applications/{winner.id}/reject")

    assert (again.status, again.reason) == (409, "JOB_ALREADY_TAKEN")
    assert (late.status, late.reason) == (409, "APPLICATION_NOT_PENDING")
    assert (reject.status, reject.reason) == (409, "APPLICATION_NOT_PENDING")


def test_an_application_under_a_wrong_job_is_missing(world):
    application, other = world.application(), world.live_job()

    for verb in ("accept", "reject"):
        answer = Caller(other.brand).post(f"/api/jobs/{other.id}/applications/{application.id}/{verb}")
        assert answer.status == 404
    assert Application.objects.get(id=application.id).status == "PENDING"


def test_a_name_given_after_signing_in_counts_at_once(world):
    job, creator = world.live_job(), world.creator()
    CreatorProfile.objects.filter(user=creator).update(display_name="")
    caller = Caller(creator)
    assert caller.post(f"/api/jobs/{job.id}/apply", {"message": "Me!"}).reason == "PROFILE_INCOMPLETE"

    caller.patch("/api/creator/profile", {"displayName": "Anna"})

    assert caller.post(f"/api/jobs/{job.id}/apply", {"message": "Me!"}).status == 201
