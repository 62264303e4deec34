"""Reads of reviews. Who wrote is named by the profile, never by an address."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.base import clock
from core.base.models import QuerySet
from core.base.policy import require
from core.base.shapes import ObjectJSON, RowJSON
from core.deals.reviews import policies
from core.deals.reviews.models import Review
from core.deals.reviews.services import WINDOW
from core.jobs.models import Job
from core.people.models import BrandProfile, CreatorProfile, User
from core.people.policies import visible_brands, visible_creators
from core.timers.models import Timer

NEWEST_OF_CREATOR = 3
NEWEST_OF_BRAND = 5


def _person(column: str) -> ObjectJSON:
    """The person in this column, by name and profile."""
    return ObjectJSON(
        profileId=Coalesce(f"{column}__brand_profile__id", f"{column}__creator_profile__id"),
        name=Coalesce(f"{column}__brand_profile__company_name", f"{column}__creator_profile__display_name"),
        role=f"{column}__role",
    )


_SHOWN: dict[str, Any] = {
    "id": "id",
    "jobId": "job_id",
    "jobTitle": "job__title",
    "rating": "rating",
    "text": "text",
    "publishedAt": "published_at",
    "author": _person("author"),
}
_WHOLE: dict[str, Any] = _SHOWN | {
    "subject": _person("subject"),
    "createdAt": "created_at",
    "isHidden": Q(hidden_at__isnull=False),
    "hiddenReason": "hidden_reason",
}


def pending_list(*, by: User) -> QuerySet:
    """The completed deals of this person about which they may still write, each a row of JSON."""
    own, written = Review.objects.filter(job=OuterRef("id"), author=by), Review.objects.filter(job=OuterRef("id")).exclude(author=by)
    window = Timer.objects.filter(subject_id=OuterRef("id"), kind=WINDOW, ended_at=None).values("due_at")
    other = "active_creator" if by.role == User.Role.BRAND else "brand"
    deals = policies.own_deals(by).filter(~Exists(own), status=Job.Status.COMPLETED)
    return (
        deals.annotate(closes_at=Subquery(window))
        .filter(closes_at__gt=clock.now())
        .annotate(
            row=RowJSON(
                jobId="id",
                jobTitle="title",
                completedAt="completed_at",
                closesAt=F("closes_at"),
                other=_person(other),
                otherHasWritten=Exists(written),
            )
        )
    )


def received_list(*, by: User) -> QuerySet:
    """What others say of this person and everybody may read, each a row of JSON."""
    return _about(by.pk)


def written_list(*, by: User) -> QuerySet:
    """What this person wrote, each a row of JSON; also what nobody else may read yet, or any more."""
    return policies.own_reviews(by).annotate(row=RowJSON(**_WHOLE))


def creator_reviews(profile_id: UUID | str, *, by: Any) -> QuerySet:
    """The reviews of a creator whose page this person, or guest, may open. Raises NotFound."""
    return _about(visible_creators(by).only("user_id").find(id=profile_id).user_id)


def brand_reviews(profile_id: UUID | str, *, by: Any) -> QuerySet:
    """The reviews of a brand whose page this person, or guest, may open. Raises NotFound."""
    return _about(visible_brands(by).only("user_id").find(id=profile_id).user_id)


def creator_page(profile_id: UUID | str, *, by: Any) -> CreatorProfile:
    """One creator with their works and `newest_reviews`, for whoever may open the page. Raises NotFound."""
    creators = visible_creators(by).prefetch_related("portfolio")
    return creators.annotate(newest_reviews=_newest(NEWEST_OF_CREATOR)).find(id=profile_id)


def brand_page(profile_id: UUID | str, *, by: Any) -> BrandProfile:
    """One brand with its `newest_reviews`, for whoever may open the page. Raises NotFound."""
    return visible_brands(by).annotate(newest_reviews=_newest(NEWEST_OF_BRAND)).find(id=profile_id)


def moderated_list(*, by: User) -> QuerySet:
    """Every review, each a row of JSON, for moderators. Raises Forbidden."""
    require(policies.is_moderator(by))
    return policies.moderated_reviews(by).annotate(row=RowJSON(**_WHOLE))


def review_page(review_id: UUID | str, *, by: User) -> str:
    """One review as JSON: of one's own, or any for moderators. Raises NotFound."""
    reviews = policies.moderated_reviews(by) if policies.is_moderator(by) else policies.own_reviews(by)
    return reviews.annotate(row=RowJSON(**_WHOLE)).only("id").find(id=review_id).row


def _about(user_id: UUID) -> QuerySet:
    return policies.shown_reviews().filter(subject_id=user_id).annotate(row=RowJSON(**_SHOWN))


def _newest(count: int) -> ArraySubquery:
    """The newest reviews of the profile's owner that everybody may read."""
    newest = policies.shown_reviews().filter(subject_id=OuterRef("user_id")).order_by("-published_at", "-id")
    return ArraySubquery(newest.values(review=ObjectJSON(**_SHOWN))[:count])
