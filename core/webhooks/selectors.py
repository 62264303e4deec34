"""Reads about webhooks."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce, Now

from core.base.errors import NotFound
from core.base.policy import require
from core.base.shapes import RowJSON
from core.people.models import User
from core.webhooks import policies
from core.webhooks.models import Endpoint
from outbox.channels import WEBHOOK
from outbox.models import OPEN_STATES, Attempt, Delivery

SAMPLE_TYPE = "WEBHOOK_SAMPLE"
FAILING_DAYS = 5
SILENT_DAYS = 1  # a receiver that nothing was sent to for so long is not judged by what was before


def endpoint_list(*, by: User) -> QuerySet:
    """The person's own endpoints, as JSON rows. Raises Forbidden."""
    require(policies.may_have_endpoints(by))
    return policies.own_endpoints(by).annotate(
        row=RowJSON(
            id="id",
            url="url",
            types="types",
            isActive="is_active",
            closedFor=Case(When(~Q(closed_for=""), then=F("closed_for"))),
            oldSecretUntil="old_secret_until",
            createdAt="created_at",
            updatedAt="updated_at",
        )
    )


def endpoint_page(endpoint_id: Any, *, by: User) -> Endpoint:
    """One of the person's own endpoints. Raises Forbidden, NotFound."""
    require(policies.may_have_endpoints(by))
    return policies.own_endpoints(by).find(id=endpoint_id)


def attempt_list(endpoint_id: Any, *, by: User) -> QuerySet:
    """What was tried at one of the person's own endpoints, as JSON rows; the tries of one delivery stand together.

    Raises Forbidden, NotFound.
    """
    require(policies.may_have_endpoints(by))
    if not policies.own_endpoints(by).filter(id=endpoint_id).exists():
        raise NotFound
    return Attempt.objects.filter(delivery__channel=WEBHOOK, delivery__recipient_id=endpoint_id).annotate(
        row=RowJSON(
            webhookId=Coalesce("delivery__event__uid", "delivery__letter_id"),
            type="delivery__type",
            outcome="outcome",
            status="status",
            code="code",
            durationMs="milliseconds",
            at="at",
            state="delivery__state",
            nextAttemptAt=Case(When(delivery__state__in=OPEN_STATES, then=F("delivery__next_at"))),
        )
    )


def failing_endpoint_ids() -> list[UUID]:
    """The active endpoints where nothing has arrived since a failure five days ago, and something failed within the last day."""
    began, lately = Now() - timedelta(days=FAILING_DAYS), Now() - timedelta(days=SILENT_DAYS)
    ours = Delivery.objects.filter(channel=WEBHOOK, recipient_id=OuterRef("id"))
    arrived_later = Delivery.objects.filter(
        channel=WEBHOOK, recipient_id=OuterRef("recipient_id"), state=Delivery.State.SENT, settled_at__gt=OuterRef("first_try_at")
    )
    failing = Q(state=Delivery.State.PENDING, failures__gt=0)
    first = ours.filter(failing | Q(state=Delivery.State.DEAD), first_try_at__lte=began, first_try_at__gte=OuterRef("active_since"))
    last = ours.filter(failing | Q(state=Delivery.State.DEAD, settled_at__gte=lately))
    found = Endpoint.objects.filter(Exists(first.filter(~Exists(arrived_later))), Exists(last), is_active=True, active_since__lte=began)
    return list(found.order_by("id").values_list("id", flat=True))
