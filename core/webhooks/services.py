"""What owners do with their webhooks, and when the marketplace closes one. Nobody else is concerned."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from core.audit.steps import record
from core.base import clock, crypto
from core.base.errors import NotFound
from core.base.policy import require
from core.notifications.steps import notify
from core.people.models import User
from core.webhooks import errors, policies, selectors, steps
from core.webhooks.models import Endpoint
from core.webhooks.targets import judge_target
from outbox import again, wake
from outbox.channels import WEBHOOK
from outbox.webhooks.signatures import new_secret

ACTIVE_MAX = 5
OVERLAP_HOURS_MAX = steps.OVERLAP_HOURS_MAX


@transaction.atomic
def create_endpoint(*, by: Any, url: str, types: Sequence[str]) -> tuple[Endpoint, str]:
    """What concerns this person from now on is posted there. Returns the endpoint and its secret, which nobody is shown again.

    Raises Forbidden, Invalid, EndpointLimit.
    """
    _queue(by)
    kinds = list(dict.fromkeys(types))
    judge_target(url=url, types=kinds)
    _require_room(by)

    secret = new_secret()
    endpoint = Endpoint.objects.create(owner=by, url=url, types=kinds, sealed_secret=crypto.seal_webhook_secret(secret))
    record("WEBHOOK_CREATED", endpoint, by=by, after={"host": host_of(endpoint), "types": kinds})
    return endpoint, secret


@transaction.atomic
def edit_endpoint(
    endpoint_id: Any, *, by: Any, url: str | None = None, types: Sequence[str] | None = None, is_active: bool | None = None
) -> Endpoint:
    """The endpoint has this address and these types, and is switched on or off; None leaves a thing as it is.

    Switched off, it hears of nothing that happens meanwhile. What waits for a repeat is tried at once when the address or the
    switch has changed. Raises Forbidden, NotFound, Invalid, EndpointLimit.
    """
    _queue(by)
    endpoint = policies.own_endpoints(by).lock(id=endpoint_id)
    kinds = None if types is None else list(dict.fromkeys(types))
    judge_target(url=url, types=kinds)
    wanted: dict[str, Any] = {"url": url, "types": kinds, "is_active": is_active}
    changes = {name: value for name, value in wanted.items() if value is not None and value != getattr(endpoint, name)}
    if changes.get("is_active"):
        _require_room(by)
        changes |= {"active_since": clock.now(), "closed_for": ""}
    if not changes:
        return endpoint

    before = _told(endpoint, changes)
    for name, value in changes.items():
        setattr(endpoint, name, value)
    endpoint.store(*changes)
    record("WEBHOOK_EDITED", endpoint, by=by, before=before, after=_told(endpoint, changes))
    if {"url", "is_active"} & changes.keys():
        steps.try_now(endpoint)
    return endpoint


@transaction.atomic
def delete_endpoint(endpoint_id: Any, *, by: Any) -> Endpoint:
    """The endpoint is gone from its owner's list, forgets its secrets, and gets nothing more; its history stays.

    Raises Forbidden, NotFound.
    """
    require(policies.may_have_endpoints(by))
    endpoint = policies.own_endpoints(by).lock(id=endpoint_id)
    endpoint.silence()
    endpoint.store(*Endpoint.SILENCED)
    record("WEBHOOK_DELETED", endpoint, by=by, before={"host": host_of(endpoint)})
    steps.try_now(endpoint)
    return endpoint


@transaction.atomic
def rotate_secret(endpoint_id: Any, *, by: Any, overlap_hours: int = OVERLAP_HOURS_MAX) -> tuple[Endpoint, str]:
    """A new secret signs. The one that did so far signs too for this long, and an older one no more.

    Returns the endpoint and the new secret, which nobody is shown again. Raises Forbidden, NotFound.
    """
    require(policies.may_have_endpoints(by))
    endpoint = policies.own_endpoints(by).lock(id=endpoint_id)
    secret = steps.renew_secret(endpoint, overlap_hours=overlap_hours)
    record("WEBHOOK_SECRET_ROTATED", endpoint, by=by, after={"overlapHours": overlap_hours})
    return endpoint, secret


@transaction.atomic
def send_sample(endpoint_id: Any, *, by: Any) -> UUID:
    """A sample is on its way to the endpoint, signed and carried like everything else. Returns its id, the `webhook-id`.

    What waits for a repeat goes out first, and at once. Raises Forbidden, NotFound, EndpointOff.
    """
    require(policies.may_have_endpoints(by))
    endpoint = policies.own_endpoints(by).lock(id=endpoint_id)
    require(endpoint.is_active, errors.EndpointOff())
    sample = steps.post_sample(endpoint)
    record("WEBHOOK_SAMPLE_SENT", endpoint, by=by, after={"sampleId": str(sample)})
    return sample


@transaction.atomic
def retry_delivery(endpoint_id: Any, webhook_id: UUID, *, by: Any) -> None:
    """A delivery that was given up or left out is on its way again, with all its tries before it, under the same `webhook-id`.

    Raises Forbidden, NotFound, EndpointOff, DeliveryNotFailed.
    """
    require(policies.may_have_endpoints(by))
    endpoint = policies.own_endpoints(by).lock(id=endpoint_id)
    found = again.lock(WEBHOOK, endpoint.id, webhook_id)
    if found is None:
        raise NotFound
    require(endpoint.is_active, errors.EndpointOff())
    require(found.state in again.GIVEN_UP, errors.DeliveryNotFailed())
    again.send_once_more(found.id)
    record("WEBHOOK_DELIVERY_RETRIED", endpoint, by=by, before={"state": found.state}, after={"webhookId": str(webhook_id)})
    wake.after_commit()


@transaction.atomic
def close_endpoint(endpoint_id: UUID, *, reason: str, url: str | None = None) -> bool:
    """The endpoint is switched off because its receiver is gone or only fails, and its owner has a notice.

    By the system. False when it was off already, as two workers may find out at once, or when its address is another than `url` by now.
    """
    endpoint = Endpoint.objects.lock(id=endpoint_id)
    if not endpoint.is_active or (url is not None and endpoint.url != url):
        return False
    endpoint.is_active, endpoint.closed_for = False, reason
    endpoint.store("is_active", "closed_for")
    notify([endpoint.owner_id], "WEBHOOK_CLOSED", facts={"name": host_of(endpoint)})
    record("WEBHOOK_CLOSED", endpoint, by=User.objects.system(), after={"closedFor": reason})
    steps.try_now(endpoint)
    return True


def close_failing_endpoints() -> int:
    """Every endpoint that has only failed for five days is switched off, and its owner told. Returns how many."""
    failing = selectors.failing_endpoint_ids()
    return sum(close_endpoint(endpoint_id, reason=Endpoint.ClosedFor.FAILING) for endpoint_id in failing)


def host_of(endpoint: Endpoint) -> str:
    """The host of the address: what is said of it in notices and the audit trail, because the rest may hold a secret."""
    return urlsplit(endpoint.url).hostname or ""


def _told(endpoint: Endpoint, changes: dict[str, Any]) -> dict[str, Any]:
    """What the audit trail says of these fields."""
    said: dict[str, Any] = {"host": host_of(endpoint)} if "url" in changes else {}
    return said | {name: getattr(endpoint, name) for name in ("types", "is_active") if name in changes}


def _queue(by: Any) -> None:
    """The person is locked: their endpoints are counted one call at a time. Raises Forbidden."""
    require(policies.may_have_endpoints(by))
    User.objects.lock(id=by.pk)


def _require_room(by: Any) -> None:
    """Nothing happens when there is room for one more active endpoint. Raises EndpointLimit."""
    require(policies.own_endpoints(by).filter(is_active=True).count() < ACTIVE_MAX, errors.EndpointLimit(ACTIVE_MAX))
