"""The one clock of the business. Nothing else in core asks the machine for the time."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current moment, in UTC, to the microsecond."""
    return timezone.now()
