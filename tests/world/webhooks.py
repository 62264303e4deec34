"""Webhooks of people."""

from typing import Any

from core.people.models import User
from core.webhooks import services as webhooks
from core.webhooks.models import EVERY_TYPE, Endpoint
from tests.world.deals import DealsWorld

HOOK = "https://hooks.example.com/marketplace"


class WebhooksWorld(DealsWorld):
    """Endpoints, which nobody calls until a test lets them be called."""

    def endpoint(self, *, owner: User | None = None, url: str = HOOK, types: Any = (EVERY_TYPE,)) -> tuple[Endpoint, str]:
        """An active endpoint for all types of events, and its secret."""
        return webhooks.create_endpoint(by=owner or self.brand(), url=url, types=types)
