"""The parties of a completed deal write about each other, blind until both did."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.deals.reviews.errors import AlreadyReviewed, JobNotCompleted, ReviewsClosed
from core.deals.reviews.models import Review
from core.deals.reviews.services import write_review
from core.jobs.models import Job
from core.notifications.models import Notification
from core.people.models import BrandProfile, CreatorProfile
from core.timers.models import Timer
from outbox.models import Event
from tests.core.deals.traces import nothing_happens


@contextmanager
def nothing_is_written(job: Job) -> Iterator[None]:
    """After the block there is neither a review nor anything else that was not there before."""
    before = list(Review.objects.order_by("id").values())
    with nothing_happens(job):
        yield
    assert list(Review.objects.order_by("id").values()) == before


def stars(profile: Any) -> tuple[int, int]:
    profile.refresh_from_db()
    return profile.rating_sum, profile.rating_count


def test_the_first_review_is_blind(world):
    job = world.completed_deal()

    review = write_review(job.id, by=job.brand, rating=4, text="  Quick and friendly. ")

    assert (review.rating, review.text, review.subject_id) == (4, "Quick and friendly.", job.active_creator_id)
    assert review.published_at is None
    assert stars(job.active_creator.creator_profile) == (0, 0)
    assert Timer.objects.filter(subject_id=job.id, kind="WRITE_REVIEWS", ended_at=None).exists()


def test_the_other_side_learns_that_there_is_something_and_not_what(world):
    job = world.completed_deal()

    write_review(job.id, by=job.brand, rating=1, text="Late by a week.")

    notice = Notification.objects.get(user=job.active_creator, type="REVIEW_WAITS")
    assert not {"rating", "text"} & notice.facts.keys()
    event = Event.objects.get(type="REVIEW_CREATED", aggregate=f"job:{job.id}")
    assert "rating" not in event.payload
    assert event.recipient_ids == [job.active_creator_id]


def test_the_second_review_publishes_both(world):
    job = world.completed_deal()
    first = write_review(job.id, by=job.brand, rating=4)

    second = write_review(job.id, by=job.active_creator, rating=5, text="Paid at once.")

    first.refresh_from_db()
    assert first.published_at == second.published_at is not None
    assert stars(job.active_creator.creator_profile) == (4, 1)
    assert stars(job.brand.brand_profile) == (5, 1)
    assert CreatorProfile.objects.get(user=job.active_creator).rating_rank == 4_000
    assert not Timer.objects.filter(subject_id=job.id, ended_at=None).exists()


def test_publication_is_told_to_both_and_recorded(world):
    job = world.completed_deal()
    first = write_review(job.id, by=job.active_creator, rating=2)

    second = write_review(job.id, by=job.brand, rating=5)

    received = Notification.objects.filter(type="REVIEW_RECEIVED", job=job)
    assert {(notice.user_id, notice.facts["rating"]) for notice in received} == {(job.brand_id, 2), (job.active_creator_id, 5)}
    published = Event.objects.filter(type="REVIEW_PUBLISHED", aggregate=f"job:{job.id}")
    assert {(event.payload["reviewId"], event.payload["rating"], *event.recipient_ids) for event in published} == {
        (str(first.id), 2, job.brand_id),
        (str(second.id), 5, job.active_creator_id),
    }
    assert AuditEntry.objects.get(action="REVIEW_CREATED", subject_id=str(second.id)).after["published"] is True


def test_nobody_writes_twice(world):
    job = world.completed_deal()
    write_review(job.id, by=job.brand, rating=4)

    with nothing_is_written(job), pytest.raises(AlreadyReviewed):
        write_review(job.id, by=job.brand, rating=5)


def test_a_deal_that_goes_on_is_not_reviewed(world):
    job = world.reviewed_deal()

    for person in (job.brand, job.active_creator):
        with nothing_is_written(job), pytest.raises(JobNotCompleted):
            write_review(job.id, by=person, rating=4)


def test_a_canceled_deal_is_not_reviewed(world):
    job = world.canceled_deal()

    with nothing_is_written(job), pytest.raises(JobNotCompleted):
        write_review(job.id, by=job.brand, rating=4)


def test_when_the_time_is_over_nothing_more_is_taken_even_before_the_clock_has_said_so(world):
    job = world.completed_deal()
    world.run_out(job.id, "WRITE_REVIEWS")

    with nothing_is_written(job), pytest.raises(ReviewsClosed):
        write_review(job.id, by=job.brand, rating=4)


def test_for_strangers_there_is_no_such_deal(world):
    job = world.completed_deal()

    for stranger in (world.brand(), world.creator()):
        with nothing_is_written(job), pytest.raises(NotFound):
            write_review(job.id, by=stranger, rating=4)
    with nothing_is_written(job), pytest.raises(NotFound):
        write_review("0199f0c0-0000-7000-8000-00000000dead", by=job.brand, rating=4)


def test_staff_write_no_reviews(world):
    job = world.completed_deal()

    with nothing_is_written(job), pytest.raises(Forbidden):
        write_review(job.id, by=world.moderator, rating=4)


@pytest.mark.parametrize(("rating", "text", "field"), [(0, "", "rating"), (6, "", "rating"), (3, "x" * 1_001, "text")])
def test_stars_and_words_have_bounds(world, rating, text, field):
    job = world.completed_deal()

    with nothing_is_written(job), pytest.raises(Invalid) as refused:
        write_review(job.id, by=job.brand, rating=rating, text=text)

    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("change", [{"rating": 1}, {"text": "Changed my mind."}, {"published_at": None}])
def test_the_database_lets_nobody_rewrite_a_published_review(world, change):
    review = world.published_review()

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Review.objects.filter(id=review.id).update(**change)


def test_the_database_keeps_every_review(world):
    review = world.review()

    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        review.delete()


def test_the_database_knows_no_sixth_star(world):
    job = world.completed_deal()

    for broken in ({"rating": 6, "subject": job.active_creator}, {"rating": 5, "subject": job.brand}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.create(job=job, author=job.brand, **broken)


def test_the_database_knows_no_average_above_five(world):
    profile = world.brand().brand_profile

    for sums in ({"rating_sum": 6, "rating_count": 1}, {"rating_sum": 0, "rating_count": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            BrandProfile.objects.filter(id=profile.id).update(**sums)
