"""More webhooks than a person may keep, and more tries than a receiver would bear."""

from typing import Any

from core.base import crypto
from core.webhooks.models import Endpoint
from outbox.channels import WEBHOOK
from outbox.ids import uuid7
from outbox.models import Attempt, Delivery
from outbox.webhooks.signatures import new_secret
from tests.api.matrix.webhooks import tried_webhook
from tests.perf.growth import grows
from tests.world.webhooks import HOOK


@grows("GET /api/webhooks")
def webhooks_of_everybody(stage: Any, count: int) -> None:
    sealed = crypto.seal_webhook_secret(new_secret())
    for owner in (stage.owner, stage.chosen):
        Endpoint.objects.bulk_create(Endpoint(owner=owner, url=HOOK, types=["*"], sealed_secret=sealed) for _ in range(count))


@grows("GET /api/webhooks/{pk}/attempts")
def tries(stage: Any, count: int) -> None:
    endpoint_id = tried_webhook(stage)
    parcels = Delivery.objects.bulk_create(
        Delivery(
            channel=WEBHOOK, recipient_id=endpoint_id, letter_id=uuid7(), type="ESCROW_FUNDED", aggregate="job:1", state="SENT", copies=1,
            settled_at="2026-01-01T00:00:00Z",
        )
        for _ in range(count)
    )  # fmt: skip
    Attempt.objects.bulk_create(Attempt(delivery=parcel, outcome="SENT", status=204) for parcel in parcels)
