"""When a fact happened. The business above has a clock of its own, which may be ahead in a sandbox, and hands it down at the start."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

_told: list[Callable[[], datetime]] = [timezone.now]


def follow(clock: Callable[[], datetime]) -> None:
    """From now on facts happen when this clock says."""
    _told[0] = clock


def now() -> datetime:
    """The current moment, as the business tells it."""
    return _told[0]()
