"""Receivers that answer no more."""

from core.webhooks.models import Endpoint
from core.webhooks.services import close_endpoint
from tests.core.notifications.scenarios import Scene, scenario


@scenario("WEBHOOK_CLOSED")
def a_receiver_says_that_it_is_gone(world):
    endpoint, _secret = world.endpoint(owner=world.creator())
    return Scene(lambda: close_endpoint(endpoint.id, reason=Endpoint.ClosedFor.GONE), people={"OWNER": [endpoint.owner_id]})
