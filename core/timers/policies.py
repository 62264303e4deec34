"""Who turns the clocks."""

from typing import Any


def is_clock(user: Any) -> bool:
    """Whether this is the system itself, in whose name things happen when their time has come."""
    return getattr(user, "role", None) == "SYSTEM"
