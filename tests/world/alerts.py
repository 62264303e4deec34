"""Saved searches of creators."""

from typing import Any

from core.jobs.alerts import services as alerts
from core.jobs.alerts.models import JobAlert
from core.people.models import User
from tests.world.deals import DealsWorld, unique


class AlertsWorld(DealsWorld):
    """Alerts, which look for what `job_content` is unless told otherwise."""

    def alert(self, *, creator: User | None = None, **content: Any) -> JobAlert:
        """An alert for jobs of the niche FOOD; other criteria take its place."""
        asked = {"name": unique("alert")} | (content or {"niche": "FOOD"})
        return alerts.create_alert(by=creator or self.creator(), content=asked)
