"""Moderators take a review out of sight, and bring it back. What it counts goes and comes with it."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.deals.reviews.errors import ReviewHidden, ReviewNotHidden
from core.deals.reviews.services import hide_review, publish_reviews_by_timer, unhide_review
from core.notifications.models import Notification
from core.people.models import CreatorProfile, User
from outbox.models import Event
from tests.core.deals.test_write_review import nothing_is_written

REASON = "It names a private address."


def sums(user: User) -> tuple[int, int]:
    return CreatorProfile.objects.values_list("rating_sum", "rating_count").get(user=user)


def test_a_hidden_review_does_not_count(world):
    review = world.published_review(rating=2)

    hide_review(review.id, by=world.moderator, reason=REASON)

    review.refresh_from_db()
    assert (review.is_shown, review.hidden_by_id, review.hidden_reason) == (False, world.moderator.id, REASON)
    assert sums(review.subject) == (0, 0)


def test_its_author_is_told_why_and_the_act_is_recorded(world):
    review = world.published_review()

    hide_review(review.id, by=world.moderator, reason=REASON)

    notice = Notification.objects.get(type="REVIEW_HIDDEN", job=review.job)
    assert (notice.user_id, notice.facts["reason"]) == (review.author_id, REASON)
    assert AuditEntry.objects.get(action="REVIEW_HIDDEN", subject_id=str(review.id)).reason == REASON
    assert Event.objects.get(type="REVIEW_HIDDEN", aggregate=f"job:{review.job_id}").recipient_ids == [review.author_id]


def test_a_restored_review_counts_again(world):
    review = world.hidden_review(rating=2)

    unhide_review(review.id, by=world.moderator)

    review.refresh_from_db()
    assert (review.is_shown, review.hidden_by_id, review.hidden_reason) == (True, None, "")
    assert sums(review.subject) == (2, 1)
    assert Notification.objects.get(type="REVIEW_RESTORED", job=review.job).user_id == review.author_id
    assert Event.objects.filter(type="REVIEW_RESTORED", aggregate=f"job:{review.job_id}").count() == 1


def test_a_review_hidden_while_it_was_blind_never_counts_and_is_never_told(world):
    job = world.completed_deal()
    review = world.review(job=job, rating=1)
    hide_review(review.id, by=world.moderator, reason=REASON)
    world.run_out(job.id, "WRITE_REVIEWS")

    publish_reviews_by_timer(job.id, by=User.objects.system())

    review.refresh_from_db()
    assert (review.published_at is not None, review.is_shown) == (True, False)
    assert sums(job.active_creator) == (0, 0)
    assert not Notification.objects.filter(type="REVIEW_RECEIVED", job=job).exists()


def test_a_review_restored_while_it_is_blind_does_not_count_yet(world):
    review = world.review()
    hide_review(review.id, by=world.moderator, reason=REASON)

    unhide_review(review.id, by=world.moderator)

    assert sums(review.subject) == (0, 0)


def test_hiding_and_restoring_twice_is_refused(world):
    review = world.hidden_review()
    with nothing_is_written(review.job), pytest.raises(ReviewHidden):
        hide_review(review.id, by=world.moderator, reason=REASON)
    unhide_review(review.id, by=world.moderator)

    with nothing_is_written(review.job), pytest.raises(ReviewNotHidden):
        unhide_review(review.id, by=world.moderator)


def test_a_reason_is_needed(world):
    review = world.published_review()

    with nothing_is_written(review.job), pytest.raises(Invalid):
        hide_review(review.id, by=world.moderator, reason="Bad.")


def test_only_moderators_hide_and_restore(world):
    review = world.published_review()

    for person in (review.author, review.subject, world.staff("finance", "support")):
        with nothing_is_written(review.job), pytest.raises(Forbidden):
            hide_review(review.id, by=person, reason=REASON)
        with nothing_is_written(review.job), pytest.raises(Forbidden):
            unhide_review(review.id, by=person)
    with pytest.raises(NotFound):
        hide_review("0199f0c0-0000-7000-8000-00000000dead", by=world.moderator, reason=REASON)
