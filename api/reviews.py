"""Reviews: what the parties of a completed deal say of each other, and what moderators take out of sight."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice, Flag, Identifier
from api.permissions import Anyone, BrandOrCreator, staff
from api.renderers import Raw
from core.base.errors import NotFound
from core.base.models import QuerySet
from core.deals.reviews import errors, selectors, services
from core.deals.reviews.models import Review
from core.people.models import User

ID = "0199f0c0-0000-7000-8000-000000000001"


class ReviewPartyOut(Shape):
    profileId = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=[User.Role.BRAND.value, User.Role.CREATOR.value])


class ReviewIn(Shape):
    jobId = serializers.UUIDField()
    rating = serializers.IntegerField(min_value=1, max_value=Review.RATING_MAX)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=Review.TEXT_MAX)


class ReviewOut(Shape):
    id = serializers.UUIDField()
    jobId = serializers.UUIDField()
    jobTitle = serializers.CharField()
    rating = serializers.IntegerField()
    text = serializers.CharField()
    publishedAt = serializers.DateTimeField()
    author = ReviewPartyOut()


class ReadyReviewOut(ReviewOut):
    """A review that the database wrote as JSON."""

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        """As it is."""
        return instance


class WholeReviewOut(ReviewOut):
    """A review as its author and moderators see it."""

    publishedAt = serializers.DateTimeField(allow_null=True, help_text="Null while nobody else reads it.")
    subject = ReviewPartyOut()
    createdAt = serializers.DateTimeField()
    isHidden = serializers.BooleanField()
    hiddenReason = serializers.CharField()


class WrittenOut(Shape):
    reviewId = serializers.UUIDField()
    review = WholeReviewOut()


class PendingOut(Shape):
    jobId = serializers.UUIDField()
    jobTitle = serializers.CharField()
    completedAt = serializers.DateTimeField()
    closesAt = serializers.DateTimeField(help_text="Until then a review is taken.")
    other = ReviewPartyOut()
    otherHasWritten = serializers.BooleanField(help_text="Then yours makes both readable.")


class HideIn(Shape):
    reason = serializers.CharField(
        min_length=Review.HIDDEN_REASON_MIN, max_length=Review.HIDDEN_REASON_MAX, help_text="The author reads it."
    )


class ReviewFilters(Filters):
    hidden = Flag(method="by_hidden")
    published = Flag(method="by_published")
    rating = Choice(choices=[(str(stars), str(stars)) for stars in range(1, Review.RATING_MAX + 1)])
    jobId = Identifier(field_name="job_id")
    authorId = Identifier(field_name="author_id")
    subjectId = Identifier(field_name="subject_id")

    def by_hidden(self, rows: QuerySet, name: str, wanted: bool) -> QuerySet:
        """Those that a moderator took out of sight, or the others."""
        return rows.filter(hidden_at__isnull=not wanted)

    def by_published(self, rows: QuerySet, name: str, wanted: bool) -> QuerySet:
        """Those that are no longer blind, or the others."""
        return rows.filter(published_at__isnull=not wanted)


class ReviewViewset(Viewset):
    permission_classes = [BrandOrCreator]
    throttle_scope = {"create": "write"}

    @describe(
        "Write about the other side of a completed deal",
        detail="Nobody else reads it before the other side has written too, or the time is over. A review is never rewritten.",
        request=ReviewIn,
        response=WrittenOut,
        status=201,
        errors=[NotFound, errors.JobNotCompleted, errors.AlreadyReviewed, errors.ReviewsClosed],
        example={"jobId": ID, "rating": 5, "text": "Quick, friendly, exactly as agreed."},
    )
    def create(self, request: Request) -> HttpResponse:
        said = self.body()
        review = services.write_review(said["job_id"], by=request.user, rating=said["rating"], text=said["text"])
        return self.show({"reviewId": review.id, "review": Raw(selectors.review_page(review.id, by=request.user))})

    @describe("My completed deals about which I may still write, newest first", response=PendingOut, page=True)
    def pending(self, request: Request) -> HttpResponse:
        return self.page(selectors.pending_list(by=request.user), order=("-completed_at", "-id"))

    @describe("What others say of me, newest first", response=ReviewOut, page=True)
    def received(self, request: Request) -> HttpResponse:
        return self.page(selectors.received_list(by=request.user), order=("-published_at", "-id"))

    @describe("What I wrote, newest first, also while nobody else reads it", response=WholeReviewOut, page=True)
    def written(self, request: Request) -> HttpResponse:
        return self.page(selectors.written_list(by=request.user), order=("-created_at", "-id"))


class PublicReviewViewset(Viewset):
    permission_classes = [Anyone]

    @describe("The reviews of a creator, newest first", response=ReviewOut, page=True)
    def of_creator(self, request: Request, pk: UUID) -> HttpResponse:
        return self.page(selectors.creator_reviews(pk, by=request.user), order=("-published_at", "-id"))

    @describe("The reviews of a brand, newest first", response=ReviewOut, page=True)
    def of_brand(self, request: Request, pk: UUID) -> HttpResponse:
        return self.page(selectors.brand_reviews(pk, by=request.user), order=("-published_at", "-id"))


class ModeratedReviewViewset(Viewset):
    permission_classes = [staff("moderator")]
    throttle_scope = {"hide": "write", "unhide": "write"}

    @describe("All reviews, newest first, blind and hidden ones too", response=WholeReviewOut, page=True, filters=ReviewFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.moderated_list(by=request.user), order=("-created_at", "-id"))

    @describe(
        "Take a review out of sight",
        detail="It does not count any more. Its author is told why.",
        request=HideIn,
        response={"review": WholeReviewOut},
        errors=[errors.ReviewHidden],
        example={"reason": "It names a private address."},
    )
    def hide(self, request: Request, pk: UUID) -> HttpResponse:
        return self.review(services.hide_review(pk, by=request.user, reason=self.body()["reason"]).id)

    @describe(
        "Bring a hidden review back",
        detail="It counts again. Its author is told.",
        response={"review": WholeReviewOut},
        errors=[errors.ReviewNotHidden],
    )
    def unhide(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.review(services.unhide_review(pk, by=request.user).id)

    def review(self, pk: UUID) -> HttpResponse:
        """The review as moderators see it."""
        return self.show({"review": Raw(selectors.review_page(pk, by=self.request.user))})


urls = [
    route("reviews", ReviewViewset, post="create"),
    route("reviews/pending", ReviewViewset, get="pending"),
    route("reviews/received", ReviewViewset, get="received"),
    route("reviews/written", ReviewViewset, get="written"),
    route("creators/<uuid:pk>/reviews", PublicReviewViewset, get="of_creator"),
    route("brands/<uuid:pk>/reviews", PublicReviewViewset, get="of_brand"),
    route("admin/reviews", ModeratedReviewViewset, get="list"),
    route("admin/reviews/<uuid:pk>/hide", ModeratedReviewViewset, post="hide"),
    route("admin/reviews/<uuid:pk>/unhide", ModeratedReviewViewset, post="unhide"),
]
