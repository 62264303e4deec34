"""What engineers do with the webhooks of others, when their owner asks for help or their receiver does harm. Each leaves a trail."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.people.models import User
from core.webhooks import errors, policies, steps
from core.webhooks.models import Endpoint
from core.webhooks.services import ACTIVE_MAX, host_of


@transaction.atomic
def switch_off_endpoint(endpoint_id: Any, *, by: Any, reason: str) -> Endpoint:
    """Nothing is sent to the endpoint until it is switched on again; what waits for it is put away.

    Raises NotFound, EndpointOff, Invalid.
    """
    endpoint = policies.cared_for_endpoints(by).lock(id=endpoint_id)
    require(endpoint.is_active, errors.EndpointOff())
    why = _reason(reason)
    endpoint.is_active = False
    endpoint.store("is_active")
    record("WEBHOOK_SWITCHED_OFF", endpoint, by=by, before={"host": host_of(endpoint)}, reason=why)
    steps.try_now(endpoint)
    return endpoint


@transaction.atomic
def switch_on_endpoint(endpoint_id: Any, *, by: Any) -> Endpoint:
    """The endpoint hears of what happens from now on. Raises NotFound, EndpointOn, EndpointLimit."""
    owner_id = policies.cared_for_endpoints(by).find(id=endpoint_id).owner_id
    User.objects.lock(id=owner_id)  # their endpoints are counted one call at a time
    endpoint = policies.cared_for_endpoints(by).lock(id=endpoint_id)
    require(not endpoint.is_active, errors.EndpointOn())
    active = Endpoint.objects.filter(owner_id=owner_id, deleted_at=None, is_active=True).count()
    require(active < ACTIVE_MAX, errors.EndpointLimit(ACTIVE_MAX))
    endpoint.is_active, endpoint.closed_for, endpoint.active_since = True, "", clock.now()
    endpoint.store("is_active", "closed_for", "active_since")
    record("WEBHOOK_SWITCHED_ON", endpoint, by=by, after={"host": host_of(endpoint)})
    steps.try_now(endpoint)
    return endpoint


@transaction.atomic
def send_sample_for(endpoint_id: Any, *, by: Any) -> UUID:
    """A sample is on its way to somebody's endpoint. Returns its id. Raises NotFound, EndpointOff."""
    endpoint = policies.cared_for_endpoints(by).lock(id=endpoint_id)
    require(endpoint.is_active, errors.EndpointOff())
    sample = steps.post_sample(endpoint)
    record("WEBHOOK_SAMPLE_SENT", endpoint, by=by, after={"sampleId": str(sample)})
    return sample


@transaction.atomic
def rotate_secret_for(endpoint_id: Any, *, by: Any, overlap_hours: int) -> tuple[Endpoint, str]:
    """A new secret signs, and for so long the one before it too. Returns the new one, to be handed to the owner. Raises NotFound."""
    endpoint = policies.cared_for_endpoints(by).lock(id=endpoint_id)
    secret = steps.renew_secret(endpoint, overlap_hours=overlap_hours)
    record("WEBHOOK_SECRET_ROTATED", endpoint, by=by, after={"overlapHours": overlap_hours})
    return endpoint, secret


def _reason(reason: str) -> str:
    said = reason.strip()
    if not 3 <= len(said) <= 500:
        raise Invalid({"reason": [gettext("Say why, in 3 to 500 characters.")]})
    return said
