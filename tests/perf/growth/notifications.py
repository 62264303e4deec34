"""More notices than anybody reads."""

from typing import Any

from core.notifications.models import Notification
from tests.perf.growth import grows


@grows("GET /api/notifications")
def notices_of_the_owner(stage: Any, count: int) -> None:
    facts = {"title": "Tea", "comment": "Brighter."}
    Notification.objects.bulk_create(
        Notification(user=stage.owner, type="CHANGES_REQUESTED", category="DEALS", facts=facts, href="/jobs") for _ in range(count)
    )
