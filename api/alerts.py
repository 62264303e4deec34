"""Alerts: what jobs a creator waits for, and which ones came."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Flag
from api.job_shapes import FeedJobOut
from api.permissions import IsCreator
from api.profiles import choice, choice_list
from core.base.vocabulary import Currency, Language, Niche, Platform
from core.jobs.alerts import errors, selectors, services
from core.jobs.alerts.criteria import CRITERIA
from core.jobs.alerts.models import JobAlert
from core.jobs.models import Job

EXAMPLE = {
    "name": "Tea on TikTok",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "lang": "ru",
    "contentFormats": ["REVIEW", "UNBOXING"],
    "minBudgetCents": 300_000,
    "currency": "RUB",
}


def budget(help_text: str) -> serializers.IntegerField:
    """An end of a budget, in minor units."""
    return serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=JobAlert.BUDGET_CENTS_MAX, help_text=f"{help_text} Minor units."
    )


class AlertIn(Shape):
    """What is left out, or empty, fits every job. One criterion at least."""

    name = serializers.CharField(min_length=JobAlert.NAME_LENGTH_MIN, max_length=80, help_text="Unique among one's alerts.")
    platform = choice(Platform.choices)
    niche = choice(Niche.choices)
    lang = serializers.ChoiceField(choices=Language.choices, required=False, allow_blank=True, source="language")
    contentFormats = choice_list(Job.ContentFormat.choices)
    minBudgetCents = budget("Jobs that pay this or more.")
    maxBudgetCents = budget("Jobs that can be done for this or less.")
    currency = serializers.ChoiceField(
        choices=Currency.choices, required=False, allow_blank=True, help_text="Needed with a budget; then only jobs in this currency fit."
    )


class AlertOut(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    platform = serializers.CharField()
    niche = serializers.CharField()
    lang = serializers.CharField(source="language")
    contentFormats = serializers.ListField(child=serializers.CharField())
    minBudgetCents = serializers.IntegerField(allow_null=True)
    maxBudgetCents = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField()
    isActive = serializers.BooleanField()
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class ToggleIn(Shape):
    isActive = serializers.BooleanField()


class DeletedOut(Shape):
    deleted = serializers.BooleanField()


class ReasonOut(Shape):
    criterion = serializers.ChoiceField(choices=[(each, each) for each in CRITERIA])
    text = serializers.CharField(help_text="In the reader's language.")


class HitOut(Shape):
    job = FeedJobOut()
    matchedBecause = ReasonOut(many=True)
    foundAt = serializers.DateTimeField()


class AlertFilters(Filters):
    isActive = Flag(field_name="is_active")


class AlertViewset(Viewset):
    permission_classes = [IsCreator]
    throttle_scope = dict.fromkeys(("create", "update", "remove", "toggle"), "write")

    @describe("My alerts, newest first", response=AlertOut, page=True, filters=AlertFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.alert_list(by=request.user), order=("-created_at", "-id"))

    @describe(
        "A new alert",
        detail=f"Whenever an approved job becomes live that meets every criterion, its creator gets one JOB_ALERT_MATCHED, whatever number "
        f"of alerts found it. At most {services.ALERTS_MAX} alerts.",
        request=AlertIn,
        response={"alert": AlertOut},
        status=201,
        errors=[errors.AlertLimit, errors.AlertNameTaken],
        example=EXAMPLE,
    )
    def create(self, request: Request) -> HttpResponse:
        return self.show(services.create_alert(by=request.user, content=self.body()))

    @describe("One of my alerts", response={"alert": AlertOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(selectors.alert_page(pk, by=request.user))

    @describe(
        "Change an alert",
        detail="What is not named stays; an empty text, an empty list or null asks for nothing any more.",
        request=AlertIn,
        response={"alert": AlertOut},
        errors=[errors.AlertNameTaken],
        example={"minBudgetCents": 500_000, "currency": "RUB"},
    )
    def update(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.edit_alert(pk, by=request.user, changes=self.body()))

    @describe("Delete an alert", detail="Its list of found jobs goes with it.", response=DeletedOut)
    def remove(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        services.delete_alert(pk, by=request.user)
        return self.show({"deleted": True})

    @describe(
        "Let an alert rest, or look again",
        detail="Jobs that became live while it rested are not found later.",
        request=ToggleIn,
        response={"alert": AlertOut},
        example={"isActive": False},
    )
    def toggle(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.switch_alert(pk, by=request.user, is_active=self.body()["is_active"]))

    @describe(
        "The jobs that an alert found, newest first",
        detail="Those that are still live, each with the criteria that it met when it was found.",
        response=HitOut,
        page=True,
    )
    def hits(self, request: Request, pk: UUID) -> HttpResponse:
        return self.page(selectors.alert_hits(pk, by=request.user), order=("-id",), shape=selectors.hit_row)


urls = [
    route("alerts", AlertViewset, get="list", post="create"),
    route("alerts/<uuid:pk>", AlertViewset, get="retrieve", patch="update", delete="remove"),
    route("alerts/<uuid:pk>/toggle", AlertViewset, post="toggle"),
    route("alerts/<uuid:pk>/hits", AlertViewset, get="hits"),
]
