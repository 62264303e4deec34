"""Hands parcels to the endpoints of people: what is posted, and what follows from the answer."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import orjson

from core.base import clock, crypto
from core.webhooks import policies, services
from core.webhooks.models import Endpoint
from core.webhooks.targets import rules
from outbox.channels import Outcome, Parcel, Skip
from outbox.events import REGISTRY
from outbox.models import Delivery, Event
from outbox.webhooks.calls import GONE, Calls, Message

ENVELOPE = frozenset({"schemaVersion", "occurredAt"})  # of every payload


class WebhookSender:
    """Posts events and samples to endpoints. Many receivers at a time, one parcel of each."""

    def __init__(self, calls: Calls | None = None) -> None:
        self.calls = calls or Calls(rules())
        self._called: dict[int, str] = {}  # by parcel: the address that was called, which its owner may change meanwhile

    def prepare(self, parcels: Sequence[Parcel]) -> dict[int, Any]:
        """The signed message of each parcel, or why it is left out. At most three queries, whatever the number."""
        endpoints = Endpoint.objects.select_related("owner").in_bulk([parcel.recipient_id for parcel in parcels])
        events = Event.objects.in_bulk([parcel.event_id for parcel in parcels if parcel.event_id])
        samples = {parcel.id for parcel in parcels if not parcel.event_id}
        moments = dict(Delivery.objects.filter(id__in=samples).values_list("id", "created_at")) if samples else {}
        prepared: dict[int, Any] = {}
        for parcel in parcels:
            endpoint = endpoints.get(parcel.recipient_id)
            if endpoint is None or (why := _why_not(endpoint)):
                prepared[parcel.id] = Skip(code="ENDPOINT_UNKNOWN" if endpoint is None else why, whole_lane=True)
                continue
            event = events[parcel.event_id] if parcel.event_id else None
            content = content_of(event, endpoint) if event else sample_of(parcel, endpoint, moments[parcel.id])
            self._called[parcel.id] = endpoint.url
            prepared[parcel.id] = Message(
                endpoint.url,
                content["id"],
                orjson.dumps(content),
                secrets_of(endpoint),
                parcel.age_seconds,
                crowds=(f"owner:{endpoint.owner_id}", f"host:{services.host_of(endpoint)}"),
            )
        return prepared

    def crowds(self, parcel: Parcel, message: Message) -> tuple[str, ...]:
        """Nobody's slow receivers take the room of others: neither those of one owner, nor those of many owners at one host."""
        return message.crowds

    def send(self, parcel: Parcel, message: Message) -> "Future[Outcome]":
        """The message is on its way."""
        return self.calls.post(message)

    def settled(self, parcel: Parcel, outcome: Outcome) -> None:
        """An endpoint whose receiver says that it is gone is switched off, and its owner told."""
        url = self._called.pop(parcel.id, None)
        if outcome.code == GONE:
            services.close_endpoint(parcel.recipient_id, reason=Endpoint.ClosedFor.GONE, url=url)


def _why_not(endpoint: Endpoint) -> str:
    """Why nothing is sent to this endpoint now; nothing when it is."""
    if endpoint.deleted_at is not None:
        return "ENDPOINT_DELETED"
    if not endpoint.is_active:
        return "ENDPOINT_OFF"
    return "" if policies.may_have_endpoints(endpoint.owner) else "OWNER_BLOCKED"


def secrets_of(endpoint: Endpoint) -> tuple[str, ...]:
    """The secrets that sign now, the newest first."""
    sealed = [endpoint.sealed_secret]
    if endpoint.old_secret_until is not None and clock.now() < endpoint.old_secret_until:
        sealed.append(endpoint.sealed_old_secret)
    return tuple(crypto.unseal_webhook_secret(one) for one in sealed)


def content_of(event: Event, endpoint: Endpoint) -> dict[str, Any]:
    """The event as it is posted: whole for engineers, and for others what whoever it concerns may read."""
    payload = event.payload
    if not endpoint.owner.is_staff:
        kind = REGISTRY.get(event.type)
        told = ENVELOPE | (kind.told() if kind else frozenset())
        payload = {name: value for name, value in payload.items() if name in told}
    return _envelope(str(event.uid), event.type, event.occurred_at, payload)


def sample_of(parcel: Parcel, endpoint: Endpoint, at: datetime) -> dict[str, Any]:
    """A sample, which says that it is one."""
    payload = {"endpointId": str(endpoint.id), "schemaVersion": 1, "occurredAt": at.isoformat()}
    return _envelope(str(parcel.letter_id), parcel.type, at, payload) | {"test": True}


def _envelope(uid: str, type: str, at: datetime, payload: dict[str, Any]) -> dict[str, Any]:
    """`id`, `type`, `createdAt` and `payload` as the pull API gives them, and the `timestamp` of the Standard Webhooks."""
    moment = at.isoformat()
    return {"id": uid, "type": type, "createdAt": moment, "timestamp": moment, "payload": payload}
