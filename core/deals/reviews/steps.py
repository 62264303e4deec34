"""Parts of verbs that concern reviews. None judges who asks.

A published review counts in its subject's profile while it is not hidden; whatever changes that, changes the profile in the same
transaction. The review is locked before the profile.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import visible
from core.deals.reviews import errors, events
from core.deals.reviews.models import Review
from core.jobs.models import Job
from core.notifications.steps import Notice, notify
from core.people.profiles.steps import Stars, count_stars
from outbox.events import Event
from outbox.post import emit


def publish(reviews: Iterable[Review]) -> list[Review]:
    """These locked reviews may be read by everybody, and count. Returns those that can be seen: a hidden one stays hidden."""
    waiting = list(reviews)
    now = clock.now()
    Review.objects.filter(id__in=[review.id for review in waiting]).update(published_at=now, updated_at=now)
    for review in waiting:
        review.published_at = now
    seen = [review for review in waiting if review.hidden_at is None]
    count_stars(Stars(review.subject_id, stars=review.rating, reviews=1) for review in seen)
    return seen


def told_published(job: Job, reviews: Iterable[Review], *, by: Any) -> tuple[list[Notice], list[Event]]:
    """What is to be told when these reviews of the job have become readable: to whom each is about, and to the outbox."""
    notices: list[Notice] = []
    facts: list[Event] = []
    for review in reviews:
        notices.append(Notice([review.subject_id], "REVIEW_RECEIVED", {"rating": review.rating}))
        facts.append(
            events.ReviewPublished(
                by_id=by.id,
                recipient_ids=(review.subject_id,),
                job_id=job.id,
                review_id=review.id,
                author_id=review.author_id,
                subject_id=review.subject_id,
                rating=review.rating,
            )
        )
    return notices, facts


def hide(review: Review, *, by: Any, reason: str) -> None:
    """Nobody but its author and moderators reads the locked review any more, it does not count, and its author knows why.

    Raises Invalid, ReviewHidden.
    """
    told = judged_reason(reason)
    require(review.hidden_at is None, errors.ReviewHidden())

    review.hidden_at, review.hidden_by, review.hidden_reason = clock.now(), by, told
    review.store("hidden_at", "hidden_by", "hidden_reason")
    if review.published_at is not None:
        count_stars([Stars(review.subject_id, stars=-review.rating, reviews=-1)])

    record("REVIEW_HIDDEN", review, by=by, before={"hidden": False}, after={"hidden": True, "jobId": str(review.job_id)}, reason=told)
    notify([review.author_id], "REVIEW_HIDDEN", job=review.job, facts={"reason": told})
    emit(
        events.ReviewHidden(
            by_id=by.id,
            recipient_ids=(review.author_id,),
            job_id=review.job_id,
            review_id=review.id,
            author_id=review.author_id,
            subject_id=review.subject_id,
        )
    )


def judged_reason(reason: str) -> str:
    """The reason trimmed, when it is one. Raises Invalid."""
    told = visible(reason)
    lowest, highest = Review.HIDDEN_REASON_MIN, Review.HIDDEN_REASON_MAX
    if not lowest <= len(told) <= highest:
        raise Invalid({"reason": [_("Write {lowest} to {highest} characters.").format(lowest=lowest, highest=highest)]})
    return told
