"""Parts that the verbs of owners and of staff share."""

from datetime import timedelta
from uuid import UUID

from core.base import clock, crypto
from core.webhooks.models import Endpoint
from core.webhooks.selectors import SAMPLE_TYPE
from outbox import again, wake
from outbox.channels import WEBHOOK
from outbox.webhooks.signatures import new_secret

OVERLAP_HOURS_MAX = 24


def renew_secret(endpoint: Endpoint, *, overlap_hours: int) -> str:
    """A new secret signs what goes to the locked endpoint, and for so long the one before it too. Returns the new one."""
    secret = new_secret()
    overlaps = overlap_hours > 0
    endpoint.sealed_old_secret = endpoint.sealed_secret if overlaps else ""
    endpoint.old_secret_until = clock.now() + timedelta(hours=min(overlap_hours, OVERLAP_HOURS_MAX)) if overlaps else None
    endpoint.sealed_secret = crypto.seal_webhook_secret(secret)
    endpoint.store("sealed_secret", "sealed_old_secret", "old_secret_until")
    return secret


def post_sample(endpoint: Endpoint) -> UUID:
    """A sample is on its way, behind what waits for a repeat, which goes out at once. Returns its id."""
    again.hurry(WEBHOOK, endpoint.id)
    sample = again.post_letter(WEBHOOK, endpoint.id, type=SAMPLE_TYPE)
    wake.after_commit()
    return sample


def try_now(endpoint: Endpoint) -> None:
    """What waits for a repeat is tried as soon as this is committed; put away, with all behind it, where the endpoint is off by then."""
    again.hurry(WEBHOOK, endpoint.id)
    wake.after_commit()
