"""Whose webhooks these are."""

from typing import Any
from uuid import UUID

from core.webhooks.models import Endpoint
from outbox.channels import WEBHOOK
from outbox.ids import uuid7
from outbox.models import Attempt, Delivery
from tests.api.matrix import Stage, line, thing
from tests.world.webhooks import HOOK

TRIED = f"{HOOK}/tried"
WEBHOOK_BODY = {"url": HOOK, "types": ["ESCROW_FUNDED", "SUBMISSION_SUBMITTED"]}


@thing
def webhook(stage: Stage) -> object:
    """A webhook of `chosen`."""
    return stage.world.endpoint(owner=stage.chosen)[0].id


@thing
def tried_webhook(stage: Stage) -> object:
    """A webhook of `chosen` with all that was tried there."""
    kept = Endpoint.objects.filter(owner=stage.chosen, url=TRIED).first()
    return (kept or stage.world.endpoint(owner=stage.chosen, url=TRIED)[0]).id


@thing
def dead_delivery(stage: Stage) -> object:
    """What was given up at that webhook."""
    return dead(tried_webhook(stage)).letter_id


def dead(endpoint_id: Any, letter_id: UUID | None = None) -> Delivery:
    """A delivery that was tried once and given up."""
    delivery = Delivery.objects.create(
        channel=WEBHOOK,
        recipient_id=endpoint_id,
        letter_id=letter_id or uuid7(),
        type="ESCROW_FUNDED",
        aggregate="job:1",
        state="DEAD",
        failures=16,
        settled_at="2026-01-01T00:00:00Z",
        first_try_at="2026-01-01T00:00:00Z",
    )
    Attempt.objects.create(delivery=delivery, outcome="FAILED", code="HTTP_500", status=500, milliseconds=12)
    return delivery


MAY = {"brands": 200, "creators": 200, "staff": 403, "engineer": 200}
OWN = {"brands": 404, "chosen": 200, "creator": 404, "staff": 403, "engineer": 404}

LINES = [
    line("GET /api/webhooks", **MAY),
    line("POST /api/webhooks", body=WEBHOOK_BODY, brands=201, creators=201, staff=403, engineer=201),
    line("GET /api/webhooks/{webhook}", **OWN),
    line("PATCH /api/webhooks/{webhook}", body={"types": ["*"], "isActive": False}, **OWN),
    line("DELETE /api/webhooks/{webhook}", **OWN),
    line("POST /api/webhooks/{webhook}/rotate", body={"overlapHours": 1}, **OWN),
    line("POST /api/webhooks/{webhook}/test", **OWN),
    line("GET /api/webhooks/{tried_webhook}/attempts", **OWN),
    line("POST /api/webhooks/{tried_webhook}/deliveries/{dead_delivery}/retry", **OWN),
]
