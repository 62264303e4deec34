"""Reviews over HTTP: shapes, codes, and who reads what when. What the verbs do is judged in tests/core/deals."""

import pytest

from core.deals.reviews.models import Review
from core.people.models import BrandProfile, CreatorProfile
from tests.api.callers import Caller

REASON = {"reason": "It names a private address."}


def write(caller: Caller, job, rating: int = 5, text: str = "Good work."):
    return caller.post("/api/reviews", {"jobId": str(job.id), "rating": rating, "text": text})


def test_a_review_is_taken_and_shown_to_its_author_alone(world):
    job = world.completed_deal()
    brand, creator = Caller(job.brand), Caller(job.active_creator)

    taken = write(brand, job, rating=4)

    assert taken.status == 201
    (mine,) = brand.get("/api/reviews/written").data["items"]
    assert mine == taken.data["review"]
    assert (mine["id"], mine["rating"], mine["publishedAt"], mine["isHidden"]) == (taken.data["reviewId"], 4, None, False)
    assert creator.get("/api/reviews/received").data["items"] == []
    assert "Good work." not in creator.get("/api/notifications").content.decode()


def test_both_are_readable_when_both_have_written(world):
    job = world.completed_deal()
    brand, creator = Caller(job.brand), Caller(job.active_creator)
    write(brand, job, rating=4, text="Quick.")

    write(creator, job, rating=5, text="Paid at once.")

    (of_creator,) = creator.get("/api/reviews/received").data["items"]
    profile = job.brand.brand_profile
    assert of_creator == {
        "id": of_creator["id"],
        "jobId": str(job.id),
        "jobTitle": job.title,
        "rating": 4,
        "text": "Quick.",
        "publishedAt": of_creator["publishedAt"],
        "author": {"profileId": str(profile.id), "name": profile.company_name, "role": "BRAND"},
    }
    assert [item["text"] for item in brand.get("/api/reviews/received").data["items"]] == ["Paid at once."]
    assert "@" not in str(of_creator)


@pytest.mark.parametrize(
    ("stage", "code"), [("reviewed_deal", "JOB_NOT_COMPLETED"), ("canceled_deal", "JOB_NOT_COMPLETED"), ("closed", "REVIEWS_CLOSED")]
)
def test_what_cannot_be_reviewed_says_why(world, stage, code):
    job = world.completed_deal() if stage == "closed" else getattr(world, stage)()
    if stage == "closed":
        world.run_out(job.id, "WRITE_REVIEWS")

    refused = write(Caller(job.brand), job)

    assert (refused.status, refused.code, refused.details["code"]) == (409, "CONFLICT", code)
    assert not Review.objects.filter(job=job).exists()


def test_a_second_review_is_refused(world):
    review = world.review()

    refused = write(Caller(review.author), review.job)

    assert (refused.status, refused.details["code"]) == (409, "ALREADY_REVIEWED")


def test_an_unknown_job_and_a_foreign_one_cannot_be_told_apart(world):
    job = world.completed_deal()
    stranger = Caller(world.brand())

    foreign = write(stranger, job)
    unknown = stranger.post("/api/reviews", {"jobId": "0199f0c0-0000-7000-8000-00000000dead", "rating": 5})

    assert foreign.status == unknown.status == 404
    assert foreign.json["error"] == unknown.json["error"]


@pytest.mark.parametrize(
    "body", [{}, {"rating": 5}, {"rating": 0}, {"rating": 6}, {"rating": "five"}, {"text": "x" * 1_001, "rating": 3}, {"stars": 5}]
)
def test_a_body_that_is_no_review_is_refused(world, body):
    job = world.completed_deal()

    refused = Caller(job.brand).post("/api/reviews", body if body == {"rating": 5} else {"jobId": str(job.id)} | body)

    assert (refused.status, refused.code) == (400, "VALIDATION_ERROR")
    assert not Review.objects.filter(job=job).exists()


def test_pending_lists_what_may_still_be_written(world):
    brand = world.brand()
    world.deal(job=world.live_job(brand=brand))
    over = world.completed_deal(job=world.live_job(brand=brand))
    written = world.completed_deal(job=world.live_job(brand=brand))
    answered = world.completed_deal(job=world.live_job(brand=brand))
    fresh = world.completed_deal(job=world.live_job(brand=brand))
    world.run_out(over.id, "WRITE_REVIEWS")
    world.review(job=written)
    world.review(job=answered, by=answered.active_creator)

    items = Caller(brand).get("/api/reviews/pending").data["items"]

    assert [(item["jobId"], item["otherHasWritten"]) for item in items] == [(str(fresh.id), False), (str(answered.id), True)]
    assert items[0]["other"]["name"] == fresh.active_creator.creator_profile.display_name
    assert items[0]["closesAt"] > items[0]["completedAt"]
    (his,) = Caller(fresh.active_creator).get("/api/reviews/pending").data["items"]
    assert (his["other"]["name"], his["other"]["role"]) == (brand.brand_profile.company_name, "BRAND")


def test_pending_is_filtered_before_it_is_paged(world):
    brand = world.brand()
    oldest = world.completed_deal(job=world.live_job(brand=brand))
    for _ in range(2):
        world.review(job=world.completed_deal(job=world.live_job(brand=brand)))

    page = Caller(brand).get("/api/reviews/pending?limit=1").data

    assert ([item["jobId"] for item in page["items"]], page["nextCursor"]) == ([str(oldest.id)], None)


def test_everybody_reads_what_is_published_and_not_hidden(world):
    creator = world.verified_creator()
    shown = world.published_review(job=world.completed_deal(creator=creator))
    world.hidden_review(job=world.completed_deal(creator=creator))
    world.review(job=world.completed_deal(creator=creator))
    profile = CreatorProfile.objects.get(user=creator)
    brand_profile = BrandProfile.objects.get(user=shown.job.brand)
    guest = Caller()

    items = guest.get(f"/api/creators/{profile.id}/reviews").data["items"]

    assert [item["id"] for item in items] == [str(shown.id)]
    assert len(guest.get(f"/api/brands/{brand_profile.id}/reviews").data["items"]) == 1
    page = guest.get(f"/api/creators/{profile.id}").data["creator"]
    assert page["reviews"] == items
    assert (page["rating"], page["ratingCount"]) == (5.0, 1)


def test_the_pages_of_profiles_show_the_newest_few(world):
    creator, brand = world.verified_creator(), world.brand()
    for rating in (1, 2, 3, 4, 5, 5):
        job = world.completed_deal(job=world.live_job(brand=brand), creator=creator)
        world.published_review(job=job, rating=rating, text=f"{rating} of 5")
    guest = Caller()

    of_creator = guest.get(f"/api/creators/{CreatorProfile.objects.get(user=creator).id}").data["creator"]
    of_brand = guest.get(f"/api/brands/{BrandProfile.objects.get(user=brand).id}").data["brand"]

    assert [review["rating"] for review in of_creator["reviews"]] == [5, 5, 4]
    assert len(of_brand["reviews"]) == 5
    assert "@" not in str(of_creator["reviews"]) + str(of_brand["reviews"])


def test_the_reviews_of_somebody_unlisted_are_not_found(world):
    creator = world.creator()
    world.published_review(job=world.completed_deal(creator=creator))
    profile = CreatorProfile.objects.get(user=creator)

    assert Caller().get(f"/api/creators/{profile.id}/reviews").status == 404
    assert Caller(creator).get(f"/api/creators/{profile.id}/reviews").status == 200


def test_a_moderator_hides_a_review_and_brings_it_back(world):
    review = world.published_review()
    moderator, author = Caller(world.moderator), Caller(review.author)

    hidden = moderator.post(f"/api/admin/reviews/{review.id}/hide", REASON)

    assert (hidden.status, hidden.data["review"]["isHidden"], hidden.data["review"]["hiddenReason"]) == (200, True, REASON["reason"])
    assert Caller(review.subject).get("/api/reviews/received").data["items"] == []
    assert author.get("/api/reviews/written").data["items"][0]["hiddenReason"] == REASON["reason"]
    again = moderator.post(f"/api/admin/reviews/{review.id}/hide", REASON)
    assert (again.status, again.details["code"]) == (409, "REVIEW_ALREADY_HIDDEN")
    back = moderator.post(f"/api/admin/reviews/{review.id}/unhide")
    assert (back.status, back.data["review"]["isHidden"]) == (200, False)
    assert moderator.post(f"/api/admin/reviews/{review.id}/unhide").details["code"] == "REVIEW_NOT_HIDDEN"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["blind", "hidden", "shown"]),
        ("?hidden=true", ["hidden"]),
        ("?hidden=false", ["blind", "shown"]),
        ("?published=false", ["blind"]),
        ("?rating=2", ["shown"]),
        ("?jobId={blind}", ["blind"]),
        ("?authorId={author}", ["blind"]),
        ("?subjectId={subject}&published=true", []),
    ],
)
def test_moderators_filter_the_list(world, query, found):
    reviews = {"shown": world.published_review(rating=2), "hidden": world.hidden_review(rating=3), "blind": world.review(rating=4)}
    blind = reviews["blind"]
    asked = query.format(blind=blind.job_id, author=blind.author_id, subject=blind.subject_id)

    items = Caller(world.moderator).get(f"/api/admin/reviews{asked}").data["items"]

    names = {str(review.id): name for name, review in reviews.items()}
    assert [names[item["id"]] for item in items if item["id"] in names] == found
