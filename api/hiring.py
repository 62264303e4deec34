"""Applications: how a creator offers, and how a brand chooses."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.actions import ActionOut
from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice, Flag, Whole
from api.job_shapes import BrandCardOut
from api.permissions import BrandOrCreator, IsBrand, IsCreator
from core.base.vocabulary import Currency, Platform
from core.hiring import errors, selectors, services
from core.hiring.models import Application
from core.hiring.offers import MESSAGE_MAX
from core.people.errors import ProfileIncomplete


class ApplicationIn(Shape):
    """A message, a price, or both."""

    message = serializers.CharField(required=False, allow_blank=True, default="", max_length=MESSAGE_MAX)
    priceQuote = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=Application.QUOTE_MAX,
        help_text="Whole units of the job's currency, for the whole package.",
    )


class RejectionIn(Shape):
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=services.REASON_MAX, help_text="The creator reads it."
    )


class ApplicantOut(Shape):
    profileId = serializers.UUIDField()
    displayName = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    pricePerVideo = serializers.IntegerField(allow_null=True)
    currency = serializers.ChoiceField(choices=Currency.choices)
    rating = serializers.FloatField(allow_null=True)
    ratingCount = serializers.IntegerField()
    jobsCompleted = serializers.IntegerField()
    isVerified = serializers.BooleanField()
    portfolio = serializers.ListField(child=serializers.CharField(), help_text="The first two links.")


class AppliedJobOut(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    platform = serializers.ChoiceField(choices=Platform.choices)
    budgetMin = serializers.IntegerField()
    budgetMax = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    isLive = serializers.BooleanField()


class ApplicationOut(Shape):
    id = serializers.UUIDField()
    jobId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Application.Status.choices)
    source = serializers.ChoiceField(choices=Application.Source.choices, help_text="Whether the creator was invited.")
    message = serializers.CharField()
    priceQuote = serializers.IntegerField(allow_null=True)
    rejectReason = serializers.CharField()
    createdAt = serializers.DateTimeField()
    decidedAt = serializers.DateTimeField(allow_null=True)
    conversationId = serializers.UUIDField(allow_null=True)


class OwnApplicationOut(ApplicationOut):
    job = AppliedJobOut()
    brand = BrandCardOut()


class ReceivedApplicationOut(ApplicationOut):
    creator = ApplicantOut()


class OwnApplicationPageOut(OwnApplicationOut):
    actions = ActionOut(many=True, help_text="APPLY (again) and WITHDRAW.")


class ReceivedApplicationPageOut(ReceivedApplicationOut):
    actions = ActionOut(many=True, help_text="ACCEPT and REJECT.")


class AnyApplicationOut(ApplicationOut):
    """To its creator with the job and the brand, to the brand with the creator."""

    actions = ActionOut(many=True, help_text="APPLY (again) and WITHDRAW to the creator, ACCEPT and REJECT to the brand.")

    job = AppliedJobOut(required=False)
    brand = BrandCardOut(required=False)
    creator = ApplicantOut(required=False)


class AcceptedOut(Shape):
    conversationId = serializers.UUIDField()
    jobId = serializers.UUIDField()
    escrowId = serializers.UUIDField()


class ApplicationFilters(Filters):
    status = Choice(choices=Application.Status.choices)


class ReceivedFilters(ApplicationFilters):
    source = Choice(choices=Application.Source.choices)
    verified = Flag(field_name="verified")
    minPrice = Whole(field_name="price", lookup_expr="gte", max_value=Application.QUOTE_MAX)
    maxPrice = Whole(field_name="price", lookup_expr="lte", max_value=Application.QUOTE_MAX)
    minRating = Whole(field_name="rating", lookup_expr="gte", min_value=1, max_value=5)


class ApplicationViewset(Viewset):
    permission_classes = {"list": [IsCreator], "retrieve": [BrandOrCreator], "withdraw": [IsCreator]}
    throttle_scope = {"withdraw": "write"}

    @describe("My applications, newest first", response=OwnApplicationOut, page=True, filters=ApplicationFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.own_applications(request.user), order=("-created_at", "-id"))

    @describe("One application, of mine or to my job", response={"application": AnyApplicationOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.application(pk)

    @describe("I no longer offer", response={"application": OwnApplicationPageOut}, errors=[errors.ApplicationNotPending])
    def withdraw(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.application(services.withdraw_application(pk, by=request.user).id)

    def application(self, pk: UUID) -> HttpResponse:
        """The application as the caller may see it."""
        return self.show({"application": selectors.application_page(pk, by=self.request.user)})


class JobApplicationViewset(ApplicationViewset):
    permission_classes = {"apply": [IsCreator], "received": [IsBrand], "reject": [IsBrand], "accept": [IsBrand]}
    throttle_scope = {"apply": "apply", "reject": "write", "accept": "write"}

    @describe(
        "Apply for the job",
        detail="After a withdrawal one may apply again.",
        request=ApplicationIn,
        response={"application": OwnApplicationPageOut},
        status=201,
        errors=[ProfileIncomplete, errors.AlreadyApplied, errors.JobNotAvailable],
        example={"message": "I have filmed tea before.", "priceQuote": 4500},
    )
    def apply(self, request: Request, pk: UUID) -> HttpResponse:
        said = self.body()
        application = services.apply_to_job(pk, by=request.user, message=said["message"], price_quote=said.get("price_quote"))
        return self.application(application.id)

    @describe(
        "The applications to my job",
        detail="`sort=price` puts the cheapest first (without a quote the largest budget counts), `sort=rating` the best rated. "
        "`minRating` leaves out whom nobody has rated.",
        response=ReceivedApplicationOut,
        page=True,
        filters=ReceivedFilters,
        sorts=("new", "price", "rating"),
    )
    def received(self, request: Request, pk: UUID) -> HttpResponse:
        orders = {"new": ("-created_at", "-id"), "price": ("price", "id"), "rating": ("-rank", "-id")}
        return self.page(selectors.job_applications(pk, by=request.user), order=orders)

    @describe(
        "Say no to this creator",
        request=RejectionIn,
        response={"application": ReceivedApplicationPageOut},
        errors=[errors.ApplicationNotPending],
        example={"reason": "We are looking for somebody who cooks."},
    )
    def reject(self, request: Request, pk: UUID, application_id: UUID) -> HttpResponse:
        said = self.body()
        return self.application(services.reject_application(pk, application_id, by=request.user, reason=said["reason"]).id)

    @describe(
        "Choose this creator",
        detail="Freezes text, price and commission, opens the escrow and the conversation, and says no to everybody else.",
        response=AcceptedOut,
        errors=[errors.JobAlreadyTaken, errors.JobNotAvailable, errors.ApplicationNotPending, errors.CreatorNotAvailable],
    )
    def accept(self, request: Request, pk: UUID, application_id: UUID) -> HttpResponse:
        self.no_body()
        application = services.accept_application(pk, application_id, by=request.user)
        return self.show({"conversationId": application.conversation_id, "jobId": application.job_id, "escrowId": application.escrow_id})


urls = [
    route("jobs/<uuid:pk>/apply", JobApplicationViewset, post="apply"),
    route("jobs/<uuid:pk>/applications", JobApplicationViewset, get="received"),
    route("jobs/<uuid:pk>/applications/<uuid:application_id>/reject", JobApplicationViewset, post="reject"),
    route("jobs/<uuid:pk>/applications/<uuid:application_id>/accept", JobApplicationViewset, post="accept"),
    route("applications", ApplicationViewset, get="list"),
    route("applications/<uuid:pk>", ApplicationViewset, get="retrieve"),
    route("applications/<uuid:pk>/withdraw", ApplicationViewset, post="withdraw"),
]
