"""Who may see a notice: the person it was written to, and nobody else."""

from typing import Any

from core.base.models import QuerySet
from core.notifications.models import Notification


def visible_notifications(user: Any) -> QuerySet:
    """One's own, until one puts them away."""
    return Notification.objects.filter(user_id=user.pk, cleared_at=None)
