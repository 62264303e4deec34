"""Reads of notices. Reading a list marks nothing as read."""

from typing import Any

from core.base.models import QuerySet
from core.notifications import policies


def notification_list(by: Any) -> QuerySet:
    """One's own notices."""
    return policies.visible_notifications(by)


def unread_count(by: Any) -> int:
    """How many of one's own notices wait to be read."""
    return policies.visible_notifications(by).filter(read_at=None).count()
