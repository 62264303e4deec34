"""When the time for reviews is over, what was written is shown."""

import pytest

from core.audit.models import AuditEntry
from core.clockwork import run_due
from core.deals.reviews.errors import ReviewsClosed
from core.deals.reviews.services import publish_reviews_by_timer, write_review
from core.notifications.models import Notification
from core.people.models import BrandProfile, CreatorProfile, User
from core.timers.models import Timer
from outbox.models import Event
from tests.core.deals.test_write_review import nothing_is_written


def test_the_clock_publishes_what_one_side_wrote(world):
    job = world.completed_deal()
    review = world.review(job=job, rating=3)
    world.run_out(job.id, "WRITE_REVIEWS")

    publish_reviews_by_timer(job.id, by=User.objects.system())

    review.refresh_from_db()
    creator = CreatorProfile.objects.get(user=job.active_creator)
    assert review.published_at is not None
    assert (creator.rating_sum, creator.rating_count) == (3, 1)
    assert BrandProfile.objects.get(user=job.brand).rating_count == 0
    assert Timer.objects.get(subject_id=job.id, kind="WRITE_REVIEWS").outcome == "FIRED"


def test_its_subject_is_told_and_the_act_is_recorded(world):
    job = world.completed_deal()
    review = world.review(job=job, by=job.active_creator, rating=3)
    world.run_out(job.id, "WRITE_REVIEWS")

    publish_reviews_by_timer(job.id, by=User.objects.system())

    assert Notification.objects.get(type="REVIEW_RECEIVED", job=job).user_id == job.brand_id
    assert Event.objects.get(type="REVIEW_PUBLISHED", aggregate=f"job:{job.id}").payload["reviewId"] == str(review.id)
    assert AuditEntry.objects.get(action="REVIEWS_CLOSED", subject_id=str(job.id)).after == {"published": [str(review.id)]}


def test_afterwards_nobody_writes(world):
    job = world.completed_deal()
    world.run_out(job.id, "WRITE_REVIEWS")

    publish_reviews_by_timer(job.id, by=User.objects.system())

    assert not Notification.objects.filter(type="REVIEW_RECEIVED", job=job).exists()
    with nothing_is_written(job), pytest.raises(ReviewsClosed):
        write_review(job.id, by=job.brand, rating=4)


def test_before_its_time_the_clock_does_nothing(world):
    job = world.completed_deal()
    world.review(job=job)

    with nothing_is_written(job):
        publish_reviews_by_timer(job.id, by=User.objects.system())


def test_after_both_wrote_the_clock_does_nothing(world):
    review = world.published_review()

    with nothing_is_written(review.job):
        publish_reviews_by_timer(review.job_id, by=User.objects.system())


def test_a_second_call_of_the_clock_does_nothing(world):
    job = world.completed_deal()
    world.review(job=job)
    world.run_out(job.id, "WRITE_REVIEWS")
    publish_reviews_by_timer(job.id, by=User.objects.system())

    with nothing_is_written(job):
        publish_reviews_by_timer(job.id, by=User.objects.system())


def test_the_clock_of_the_marketplace_knows_this_verb(world):
    job = world.completed_deal()
    review = world.review(job=job)
    world.run_out(job.id, "WRITE_REVIEWS")

    run_due()

    review.refresh_from_db()
    assert review.published_at is not None


def test_only_who_has_not_written_is_reminded(world):
    job = world.completed_deal()
    world.review(job=job)
    timer = Timer.objects.get(subject_id=job.id, kind="WRITE_REVIEWS")
    Timer.objects.filter(id=timer.id).update(remind_at=timer.started_at)

    run_due()

    told = Notification.objects.filter(type="TIMER_RUNS_OUT", job=job, facts__timer="WRITE_REVIEWS")
    assert [(notice.user_id, notice.href) for notice in told] == [(job.active_creator_id, "/dashboard/reviews")]
