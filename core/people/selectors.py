"""Reads about people."""

from uuid import UUID

from core.people.models import User


def staff_ids(capability: str) -> list[UUID]:
    """The active members of staff with this capability, superusers included."""
    return list(User.objects.on_duty(capability).values_list("id", flat=True))
