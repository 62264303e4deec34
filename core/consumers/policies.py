"""Who manages those who pull events."""

from core.base.policy import staff_can
from core.people.models import User


def can_manage_consumers(user) -> bool:
    """Whether this person, or the operator at the console, decides who gets events."""
    return user.role == User.Role.SYSTEM or staff_can(user, "engineer")
