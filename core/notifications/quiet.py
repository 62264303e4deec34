"""Quiet hours, by the clock on a person's wall."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.notifications.models import QuietHours

DAY = timedelta(days=1)


def quiet_until(hours: QuietHours, at: datetime) -> datetime | None:
    """When the quiet hours end in which this moment falls; None when it falls in none.

    The hours are those of the person's time zone and may run over midnight. Where clocks are put back, an hour that comes twice is
    quiet both times; where they are put forward and the end is skipped, quiet ends as much later.
    """
    zone = ZoneInfo(hours.time_zone)
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    starts, ends = hours.from_minute, hours.to_minute
    over_midnight = starts > ends
    inside = minute >= starts or minute < ends if over_midnight else starts <= minute < ends
    if not inside:
        return None
    day = local.date() + DAY if over_midnight and minute >= starts else local.date()
    wall = datetime(day.year, day.month, day.day, ends // 60, ends % 60, tzinfo=zone)
    # The first of two equal hours may be over already.
    return next(end for end in (wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)) if end > at)


def clock_time(minute: int) -> str:
    """The minute of a day as clocks show it: `08:30`."""
    return f"{minute // 60:02}:{minute % 60:02}"
