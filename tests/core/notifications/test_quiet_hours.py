"""From when on a notice may make a sound."""

from datetime import UTC, datetime

import pytest

from core.notifications.models import QuietHours
from core.notifications.quiet import quiet_until


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(starts: str, ends: str, zone: str) -> QuietHours:
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in (starts, ends)]
    return QuietHours(from_minute=minutes[0], to_minute=minutes[1], time_zone=zone)


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-03-05T18:59:59", None),
        ("2026-03-05T19:00:00", "2026-03-06T05:00:00"),
        ("2026-03-05T20:59:59", "2026-03-06T05:00:00"),
        ("2026-03-05T21:00:00", "2026-03-06T05:00:00"),
        ("2026-03-06T04:59:59.999999", "2026-03-06T05:00:00"),
        ("2026-03-06T05:00:00", None),
        ("2026-03-06T12:00:00", None),
    ],
)
def test_a_night_runs_over_midnight(at, ends):
    assert quiet_until(hours("22:00", "08:00", "Europe/Moscow"), utc(at)) == (utc(ends) if ends else None)


@pytest.mark.parametrize(
    ("at", "ends"), [("2026-03-05T07:59:00", None), ("2026-03-05T08:00:00", "2026-03-05T09:30:00"), ("2026-03-05T09:30:00", None)]
)
def test_a_rest_at_noon_begins_and_ends_on_the_same_day(at, ends):
    assert quiet_until(hours("13:00", "14:30", "Asia/Almaty"), utc(at)) == (utc(ends) if ends else None)


def test_a_night_until_midnight_ends_at_midnight():
    assert quiet_until(hours("22:00", "00:00", "UTC"), utc("2026-03-05T23:30:00")) == utc("2026-03-06T00:00:00")
    assert quiet_until(hours("22:00", "00:00", "UTC"), utc("2026-03-06T00:00:00")) is None


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-03-28T22:00:00", "2026-03-29T06:00:00"),  # the night of 29 March has one hour less: 08:00 is 06:00 UTC
        ("2026-03-27T22:00:00", "2026-03-28T07:00:00"),  # and the night before has all its hours
        ("2026-10-24T22:00:00", "2026-10-25T07:00:00"),  # the night of 25 October has one hour more
    ],
)
def test_the_wall_clock_counts_where_clocks_are_changed(at, ends):
    assert quiet_until(hours("22:00", "08:00", "Europe/Berlin"), utc(at)) == utc(ends)


def test_an_end_that_the_wall_clock_skips_comes_as_much_later():
    # On 29 March 02:00 is followed by 03:00: what should end at 02:30 ends at 03:30, which is 01:30 UTC.
    assert quiet_until(hours("22:00", "02:30", "Europe/Berlin"), utc("2026-03-29T00:30:00")) == utc("2026-03-29T01:30:00")


def test_an_hour_that_comes_twice_is_quiet_both_times():
    night = hours("22:00", "02:30", "Europe/Berlin")

    # On 25 October 02:00 to 03:00 comes twice: from 00:00 UTC, and from 01:00 UTC.
    assert quiet_until(night, utc("2026-10-25T00:10:00")) == utc("2026-10-25T00:30:00")
    assert quiet_until(night, utc("2026-10-25T00:40:00")) is None
    assert quiet_until(night, utc("2026-10-25T01:10:00")) == utc("2026-10-25T01:30:00")
    assert quiet_until(night, utc("2026-10-25T01:30:00")) is None


def test_quiet_always_ends_later_than_now_and_outside_itself():
    for zone in ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"):
        for starts, ends in (("22:00", "08:00"), ("01:15", "03:45"), ("23:59", "00:01"), ("02:00", "01:59")):
            wanted = hours(starts, ends, zone)
            for hour in range(0, 24 * 366, 7):
                at = datetime.fromtimestamp(1_767_225_600 + hour * 3_600 + hour % 60 * 60, tz=UTC)
                end = quiet_until(wanted, at)
                assert end is None or end > at
                assert end is None or (end - at).total_seconds() < 26 * 3_600
