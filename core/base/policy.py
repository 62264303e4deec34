"""Turns a judgement into a refusal."""

from core.base.errors import Forbidden, Refusal


def require(allowed: bool, refusal: Refusal | None = None) -> None:
    """Nothing happens when allowed; otherwise the refusal (Forbidden unless told) is raised."""
    if not allowed:
        raise refusal or Forbidden()
