"""Whose views staff see, and which they may throw away."""

from typing import Any

from django.db.models import Q

from core.base.models import QuerySet
from core.desk.views.models import SavedView


def visible_views(user: Any) -> QuerySet:
    """One's own, and those that colleagues share. The door shows only those of lists that the person has."""
    if not getattr(user, "is_staff", False):
        return SavedView.objects.none()
    return SavedView.objects.filter(Q(owner=user) | Q(is_shared=True))


def can_keep_views(user: Any) -> bool:
    """Staff only."""
    return bool(getattr(user, "is_staff", False) and user.is_active)


def can_delete_view(user: Any, view: SavedView) -> bool:
    """Its owner, and a superuser."""
    return can_keep_views(user) and (view.owner_id == user.pk or user.is_superuser)
