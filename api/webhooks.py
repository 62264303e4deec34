"""Webhooks: a person's own addresses that are told, signed, of what concerns them. docs/webhooks.md is for those who receive."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Flag
from api.permissions import SignedIn
from core.base.links import LINK_LENGTH_MAX
from core.webhooks import errors, policies, selectors, services
from core.webhooks.models import EVERY_TYPE, Endpoint
from outbox.events import REGISTRY
from outbox.models import Delivery

TYPES_HELP = f"Types of events, as docs/contract.md lists them, or `{EVERY_TYPE}` alone for all."
EXAMPLE = {"url": "https://hooks.brand.example/marketplace", "types": ["SUBMISSION_SUBMITTED", "ESCROW_FUNDED"]}
ONCE = "The answer holds the secret, once and never again; so a repeated Idempotency-Key is carried out again, not replayed."


class MayHaveWebhooks(SignedIn):
    """Brands, creators, and engineers of the staff."""

    who = "brand, creator, staff: engineer"

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and policies.may_have_endpoints(request.user)


def types() -> serializers.ListField:
    """Some types of events."""
    return serializers.ListField(child=serializers.CharField(max_length=60), max_length=len(REGISTRY), help_text=TYPES_HELP)


class EndpointIn(Shape):
    url = serializers.CharField(max_length=LINK_LENGTH_MAX, help_text="https, port 443 or 8443, reachable from the internet.")
    types = types()


class EndpointChangesIn(Shape):
    url = serializers.CharField(max_length=LINK_LENGTH_MAX)
    types = types()
    isActive = serializers.BooleanField(help_text="Nothing is kept for an endpoint that is off.")


class EndpointOut(Shape):
    id = serializers.UUIDField()
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    isActive = serializers.BooleanField()
    closedFor = serializers.ChoiceField(
        choices=Endpoint.ClosedFor.choices, allow_null=True, help_text="Why we switched it off; null when we did not."
    )
    oldSecretUntil = serializers.DateTimeField(allow_null=True, help_text="Until then the secret before the last rotation signs too.")
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()

    def to_representation(self, instance: Endpoint) -> dict[str, Any]:
        """The endpoint; a reason that there is not is null."""
        shown = super().to_representation(instance)
        return shown | {"closedFor": shown["closedFor"] or None}


class SecretOut(Shape):
    endpoint = EndpointOut()
    secret = serializers.CharField(help_text="`whsec_…`, for any library for Standard Webhooks.")


class RotationIn(Shape):
    overlapHours = serializers.IntegerField(
        required=False, min_value=0, max_value=services.OVERLAP_HOURS_MAX, help_text="How long the present secret signs too."
    )


class DeletedOut(Shape):
    deleted = serializers.BooleanField()


class PostedOut(Shape):
    webhookId = serializers.UUIDField(help_text="The `webhook-id` of the delivery that is on its way.")


class AttemptOut(Shape):
    webhookId = serializers.UUIDField()
    type = serializers.CharField()
    outcome = serializers.CharField(help_text="SENT, FAILED, UNKNOWN, WAIT, SKIP or DEAD: what came of this try.")
    status = serializers.IntegerField(allow_null=True, help_text="Of HTTP, when there was an answer.")
    code = serializers.CharField(help_text="Why it did not arrive; empty when it did.")
    durationMs = serializers.IntegerField()
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=Delivery.State.choices, help_text="Of the delivery now.")
    nextAttemptAt = serializers.DateTimeField(allow_null=True, help_text="When the delivery is tried again, while it is on its way.")


class EndpointFilters(Filters):
    isActive = Flag(field_name="is_active")


class SecretViewset(Viewset):
    """What answers with a secret, and the list that stands at the same path."""

    permission_classes = [MayHaveWebhooks]
    throttle_scope = {"create": "write", "rotate": "write"}
    replayable = False

    @describe("My webhooks, newest first", response=EndpointOut, page=True, filters=EndpointFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.endpoint_list(by=request.user), order=("-created_at", "-id"))

    @describe(
        "A new webhook",
        detail=f"From now on the events that concern me, or that I caused, are posted there: those of an engineer are all events. At most "
        f"{services.ACTIVE_MAX} active ones. {ONCE}",
        request=EndpointIn,
        response=SecretOut,
        status=201,
        errors=[errors.EndpointLimit],
        example=EXAMPLE,
    )
    def create(self, request: Request) -> HttpResponse:
        return self.show_secret(*services.create_endpoint(by=request.user, **self.body()))

    @describe(
        "A new secret",
        detail=f"The present one signs too for `overlapHours`, {services.OVERLAP_HOURS_MAX} unless told otherwise; 0 when it is known to "
        f"somebody who should not know it. {ONCE}",
        request=RotationIn,
        response=SecretOut,
        example={"overlapHours": 24},
    )
    def rotate(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show_secret(*services.rotate_secret(pk, by=request.user, **self.body()))

    def show_secret(self, endpoint: Endpoint, secret: str) -> HttpResponse:
        """The endpoint and its secret."""
        return self.show({"endpoint": EndpointOut.of(endpoint), "secret": secret})


class EndpointViewset(Viewset):
    permission_classes = [MayHaveWebhooks]
    throttle_scope = {"update": "write", "remove": "write", "test": "webhook_test", "retry": "write"}

    @describe("One of my webhooks", response={"endpoint": EndpointOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(selectors.endpoint_page(pk, by=request.user))

    @describe(
        "Change a webhook, or switch it on or off",
        detail="What is not named stays. What waits for a repeat is tried at once when the address changes or the webhook is switched on.",
        request=EndpointChangesIn,
        response={"endpoint": EndpointOut},
        errors=[errors.EndpointLimit],
        example={"types": ["*"], "isActive": True},
    )
    def update(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.edit_endpoint(pk, by=request.user, **self.body()))

    @describe("Delete a webhook", detail="Its secrets are forgotten, and nothing more is sent.", response=DeletedOut)
    def remove(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        services.delete_endpoint(pk, by=request.user)
        return self.show({"deleted": True})

    @describe(
        "Send a sample",
        detail="A real delivery of an event WEBHOOK_SAMPLE with `test: true`. What waits for a repeat goes out before it, at once.",
        response=PostedOut,
        errors=[errors.EndpointOff],
    )
    def test(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show({"webhookId": services.send_sample(pk, by=request.user)})

    @describe(
        "What was tried at a webhook",
        detail="The newest delivery first, and of each delivery the newest try first.",
        response=AttemptOut,
        page=True,
    )
    def attempts(self, request: Request, pk: UUID) -> HttpResponse:
        return self.page(selectors.attempt_list(pk, by=request.user), order=("-delivery_id", "-id"))

    @describe(
        "Send a failed delivery once more",
        detail="One that was given up (DEAD) or left out (SKIPPED). Its `webhook-id` stays the same.",
        response=PostedOut,
        errors=[errors.EndpointOff, errors.DeliveryNotFailed],
    )
    def retry(self, request: Request, pk: UUID, webhook_id: UUID) -> HttpResponse:
        self.no_body()
        services.retry_delivery(pk, webhook_id, by=request.user)
        return self.show({"webhookId": webhook_id})


urls = [
    route("webhooks", SecretViewset, get="list", post="create"),
    route("webhooks/<uuid:pk>", EndpointViewset, get="retrieve", patch="update", delete="remove"),
    route("webhooks/<uuid:pk>/rotate", SecretViewset, post="rotate"),
    route("webhooks/<uuid:pk>/test", EndpointViewset, post="test"),
    route("webhooks/<uuid:pk>/attempts", EndpointViewset, get="attempts"),
    route("webhooks/<uuid:pk>/deliveries/<uuid:webhook_id>/retry", EndpointViewset, post="retry"),
]
