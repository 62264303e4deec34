"""Turns a judgement into a refusal, and knows what staff may do."""

from typing import Any

from core.base.errors import Forbidden, Refusal


def require(allowed: bool, refusal: Refusal | None = None) -> None:
    """Nothing happens when allowed; otherwise the refusal (Forbidden unless told) is raised."""
    if not allowed:
        raise refusal or Forbidden()


def staff_can(user: Any, *capabilities: str) -> bool:
    """Whether this is an active member of staff with one of the capabilities. A superuser has all of them.

    The groups are read once per user object, which lives for one request.
    """
    if not getattr(user, "is_staff", False):
        return False
    if user.is_superuser:
        return True
    held = user.__dict__.get("_capabilities")
    if held is None:
        held = user.__dict__["_capabilities"] = frozenset(user.groups.values_list("name", flat=True))
    return not held.isdisjoint(capabilities)
