"""Whose alerts these are: their creator's, and nobody else's."""

from typing import Any

from core.base.models import QuerySet
from core.jobs.alerts.models import JobAlert
from core.people.models import User


def is_creator(user: Any) -> bool:
    """Whether this is a creator who may act at all."""
    return isinstance(user, User) and user.role == User.Role.CREATOR and user.is_active and user.blocked_at is None


def own_alerts(user: Any) -> QuerySet:
    """The alerts that this creator keeps; nobody else has any."""
    return JobAlert.objects.filter(creator_id=user.pk, deleted_at=None) if is_creator(user) else JobAlert.objects.none()
