"""How the parties of a completed deal write about each other, and how what they wrote comes into sight."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import visible
from core.deals.reviews import errors, events, policies, steps
from core.deals.reviews.models import Review
from core.jobs.models import Job
from core.notifications.steps import Notice, notify, notify_all
from core.people.policies import is_contact
from core.people.profiles.steps import Stars, count_stars
from core.timers import steps as timers
from core.timers.models import Timer
from core.timers.policies import is_clock
from outbox.events import Event
from outbox.post import emit, emit_all

WINDOW = "WRITE_REVIEWS"


@transaction.atomic
def write_review(job_id: Any, *, by: Any, rating: int, text: str = "") -> Review:
    """The party has written about the other one, for good.

    Nobody else reads it before the other one wrote too, or the time is over: then both are published, and count in the profiles.
    `rating` is 1 to 5. Raises Forbidden, NotFound, Invalid, JobNotCompleted, AlreadyReviewed, ReviewsClosed.
    """
    require(is_contact(by))
    job = policies.own_deals(by).lock(id=job_id)
    said = _read(rating, text)
    written = list(Review.objects.filter(job=job).select_for_update(no_key=True))
    window = Timer.objects.filter(subject_id=job.id, kind=WINDOW, ended_at=None, due_at__gt=clock.now())
    policies.judge_writing(job, has_written=any(review.author_id == by.id for review in written), is_open=window.exists)

    other_id = job.active_creator_id if by.id == job.brand_id else job.brand_id
    review = Review.objects.create(job=job, author=by, subject_id=other_id, rating=rating, text=said)
    published = steps.publish([*written, review]) if written else []
    if published:
        timers.stop(job.id, kinds=[WINDOW])

    record("REVIEW_CREATED", review, by=by, after={"jobId": str(job.id), "rating": rating, "published": bool(published)})
    _tell_written(job, review, published, by=by)
    return review


def _read(rating: int, text: str) -> str:
    """The text, trimmed. Raises Invalid when it is too long, or when there are no such stars."""
    said = visible(text)
    if not 1 <= rating <= Review.RATING_MAX:
        raise Invalid({"rating": [_("Must be between {lowest} and {highest}.").format(lowest=1, highest=Review.RATING_MAX)]})
    if len(said) > Review.TEXT_MAX:
        raise Invalid({"text": [_("Write at most {longest} characters.").format(longest=Review.TEXT_MAX)]})
    return said


def _tell_written(job: Job, review: Review, published: list[Review], *, by: Any) -> None:
    """Both know what they got, when both may read; else the other one knows that there is something to be read."""
    notices, facts = steps.told_published(job, published, by=by)
    created = events.ReviewCreated(
        by_id=by.id,
        recipient_ids=(review.subject_id,),
        job_id=job.id,
        review_id=review.id,
        author_id=review.author_id,
        subject_id=review.subject_id,
    )
    notify_all(notices or [Notice([review.subject_id], "REVIEW_WAITS")], job=job)
    emit_all([created, *facts])


@transaction.atomic
def publish_reviews_by_timer(job_id: Any, *, by: Any) -> Job | None:
    """The time is over: what was written is published and counts, and no more is taken.

    Returns None when there is nothing to do: both had written, and the clock had been stopped. Raises Forbidden, NotFound.
    """
    require(is_clock(by))
    job = Job.objects.lock(id=job_id)
    if timers.fire(job.id, WINDOW) is None:
        return None
    waiting = Review.objects.filter(job=job, published_at=None).order_by("id").select_for_update(no_key=True)
    published = steps.publish(waiting)

    record("REVIEWS_CLOSED", job, by=by, after={"published": [str(review.id) for review in published]})
    notices, facts = steps.told_published(job, published, by=by)
    told: list[Event] = list(facts)
    notify_all(notices, job=job)
    emit_all(told)
    return job


@transaction.atomic
def hide_review(review_id: Any, *, by: Any, reason: str) -> Review:
    """Nobody but its author and moderators reads the review any more, and it does not count. For moderators.

    Raises Forbidden, NotFound, Invalid, ReviewHidden.
    """
    require(policies.is_moderator(by))
    review = policies.moderated_reviews(by).select_related("job").lock(id=review_id)
    steps.hide(review, by=by, reason=reason)
    return review


@transaction.atomic
def unhide_review(review_id: Any, *, by: Any) -> Review:
    """The review is what it was before it was hidden, and its author knows. For moderators.

    Raises Forbidden, NotFound, ReviewNotHidden.
    """
    require(policies.is_moderator(by))
    review = policies.moderated_reviews(by).select_related("job").lock(id=review_id)
    require(review.hidden_at is not None, errors.ReviewNotHidden())

    reason, review.hidden_at, review.hidden_by, review.hidden_reason = review.hidden_reason, None, None, ""
    review.store("hidden_at", "hidden_by", "hidden_reason")
    if review.published_at is not None:
        count_stars([Stars(review.subject_id, stars=review.rating, reviews=1)])

    before, after = {"hidden": True, "reason": reason}, {"hidden": False, "jobId": str(review.job_id)}
    record("REVIEW_RESTORED", review, by=by, before=before, after=after)
    notify([review.author_id], "REVIEW_RESTORED", job=review.job)
    emit(
        events.ReviewRestored(
            by_id=by.id,
            recipient_ids=(review.author_id,),
            job_id=review.job_id,
            review_id=review.id,
            author_id=review.author_id,
            subject_id=review.subject_id,
        )
    )
    return review
