"""Reads about people."""

from django.db.models import Q

from core.people.models import User


def staff_ids(capability: str) -> list:
    """The active members of staff with this capability, superusers included."""
    on_duty = User.objects.filter(role="STAFF", is_active=True, blocked_at=None)
    return list(on_duty.filter(Q(groups__name=capability) | Q(is_superuser=True)).values_list("id", flat=True).distinct())
