"""Reads of notices, and of what a person wants to hear of. Reading a list marks nothing as read."""

import dataclasses
from typing import Any

from django.db.models import Count

from core.base.models import QuerySet
from core.notifications import policies
from core.notifications.models import Notification, Preference, QuietHours


@dataclasses.dataclass(frozen=True)
class Preferences:
    """What somebody wants to hear of: (type, channel) that are off, and the quiet hours, if there are any."""

    muted: frozenset[tuple[str, str]]
    quiet_hours: QuietHours | None


def notification_list(by: Any) -> QuerySet:
    """One's own notices."""
    return policies.visible_notifications(by)


def newest_position(by: Any) -> int:
    """Where one's last notice that is not put away stands in the order of the commits; 0 when there is none yet."""
    found = (
        Notification.objects.filter(user_id=by.pk, position__isnull=False, cleared_at=None)
        .order_by("-position")
        .values_list("position", flat=True)
    )
    return found.first() or 0


def unread_counts(by: Any) -> dict[str, int]:
    """How many of one's own notices wait to be read, by category; one query."""
    unread = policies.visible_notifications(by).filter(read_at=None).order_by()
    counted = dict(unread.values_list("category").annotate(count=Count("id")))
    return {category: counted.get(category, 0) for category in Notification.Category.values}


def preferences(by: Any) -> Preferences:
    """What this person wants to hear of."""
    off = Preference.objects.filter(user_id=by.pk, is_on=False).values_list("type", "channel")
    return Preferences(muted=frozenset(off), quiet_hours=QuietHours.objects.filter(user_id=by.pk).first())
