"""Who may look after parcels."""

from typing import Any

from core.base.policy import staff_can
from core.people.models import User


def can_carry(user: Any) -> bool:
    """Whether this person, or the operator at the console, looks after the mailbox."""
    return user.role == User.Role.SYSTEM or staff_can(user, "engineer")


def can_help(user: Any) -> bool:
    """Whether this person may try a single parcel again for somebody who waits for it."""
    return can_carry(user) or staff_can(user, "support")
