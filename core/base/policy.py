"""Turns a judgement into a refusal, and a refusal into an answer; and knows what staff may do.

A judge is a function `judge_…` that lets pass or raises. A verb calls it under its locks; a screen that shows what is possible
calls the same one without any, and asks `refusal_of` it.
"""

from collections.abc import Callable
from typing import Any

from core.base.errors import Forbidden, Refusal


def require(allowed: bool, refusal: Refusal | None = None) -> None:
    """Nothing happens when allowed; otherwise the refusal (Forbidden unless told) is raised."""
    if not allowed:
        raise refusal or Forbidden()


def refusal_of(judge: Callable[[], object]) -> Refusal | None:
    """What the judge refuses with, or None when it lets pass."""
    try:
        judge()
    except Refusal as refusal:
        return refusal
    return None


def actions(**judges: Callable[[], object]) -> list[dict[str, Any]]:
    """Each action under its name, and whether its judge lets pass; if not, the code and the message of the refusal."""
    whys = {name: refusal_of(judge) for name, judge in judges.items()}
    return [
        {
            "name": name,
            "allowed": why is None,
            "reasonCode": (why.reason or why.code) if why else None,
            "message": why.text() if why else None,
        }
        for name, why in whys.items()
    ]


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
