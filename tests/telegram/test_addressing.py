"""Whether a notice is wanted, and where: asked when it is sent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.base import clock
from core.notifications.models import Notification, QuietHours
from core.notifications.services import mark_read, update_preferences
from core.privacy.services import erase_account
from core.telegram.addressing import Addressed, address
from core.telegram.services import mark_unreachable, mute, unlink
from outbox.channels import Hold, Outcome, Parcel, Skip
from outbox.models import Delivery
from tests.telegram.chats import CRITICAL, PLAIN, bound, told
from tests.world import PASSWORD

NIGHT = datetime(2026, 12, 1, 23, 30, tzinfo=ZoneInfo("Europe/Moscow"))
HOURS = {"from_minute": 22 * 60, "to_minute": 8 * 60, "time_zone": "Europe/Moscow"}


def parcel(row: Delivery, *, age_seconds: float = 0.0) -> Parcel:
    names = (
        "id",
        "channel",
        "recipient_id",
        "letter_id",
        "event_id",
        "type",
        "aggregate",
        "is_critical",
        "failures",
        "copies",
        "request_id",
    )
    return Parcel(**{name: getattr(row, name) for name in names}, age_seconds=age_seconds)


def verdict(row: Delivery, *, age_seconds: float = 0.0) -> Addressed | Outcome:
    return address([parcel(row, age_seconds=age_seconds)])[row.id]


@pytest.fixture
def chat(world):
    """A creator's chat with the bot."""
    return bound(world.bare_creator())


def test_a_notice_goes_to_the_chat_of_its_reader_in_their_language(chat):
    found = verdict(told(chat.user))

    assert (found.chat_id, found.language, found.notice.type) == (chat.chat_id, "ru", CRITICAL)


def test_who_has_no_chat_is_not_written_to(world):
    assert verdict(told(world.bare_creator())) == Skip("NO_ACCOUNT", whole_lane=True)


def test_who_has_unlinked_the_chat_is_not_written_to(chat):
    unlink(by=chat.user)

    assert verdict(told(chat.user)) == Skip("NO_ACCOUNT", whole_lane=True)


def test_who_is_out_of_reach_is_not_written_to_even_about_money(chat):
    mark_unreachable(chat.chat_id)

    assert verdict(told(chat.user)) == Skip("UNREACHABLE", whole_lane=True)


def test_who_has_left_is_not_written_to(chat):
    row = told(chat.user)
    erase_account(by=chat.user, password=PASSWORD)

    assert verdict(row) == Skip("NO_NOTICE")
    assert verdict(told(chat.user)) == Skip("ERASED", whole_lane=True)


def test_a_kind_that_this_version_does_not_know_is_left_out(chat):
    row = told(chat.user, PLAIN)
    Notification.objects.filter(id=row.letter_id).update(type="OF_TOMORROW")

    assert verdict(row) == Skip("UNKNOWN_TYPE")


@pytest.mark.parametrize("hours", [None, 8])
def test_a_muted_chat_hears_of_money_alone(chat, hours):
    mute(by=chat.user, hours=hours)

    assert verdict(told(chat.user, PLAIN)) == Skip("MUTED")
    assert isinstance(verdict(told(chat.user, CRITICAL)), Addressed)


def test_a_chat_that_was_muted_for_some_hours_hears_everything_after_them(chat):
    mute(by=chat.user, hours=8)
    row = told(chat.user, PLAIN)

    with time_machine.travel(clock.now() + timedelta(hours=8, seconds=1)):
        assert isinstance(verdict(row), Addressed)


def test_a_kind_that_is_switched_off_for_telegram_is_not_sent_there(chat):
    update_preferences(by=chat.user, changes={"switches": {(PLAIN, "TELEGRAM"): False}})

    assert verdict(told(chat.user, PLAIN)) == Skip("MUTED")


def test_a_kind_that_is_switched_off_in_the_app_is_sent_to_telegram_nevertheless(chat):
    update_preferences(by=chat.user, changes={"switches": {(PLAIN, "IN_APP"): False}})

    assert isinstance(verdict(told(chat.user, PLAIN)), Addressed)


def test_what_was_read_in_the_app_meanwhile_is_not_sent_unless_it_is_about_money(chat):
    plain, critical = told(chat.user, PLAIN), told(chat.user, CRITICAL)
    for row in (plain, critical):
        mark_read(row.letter_id, by=chat.user)

    assert verdict(plain) == Skip("READ")
    assert isinstance(verdict(critical), Addressed)


def test_what_would_come_a_day_late_is_not_sent_unless_it_is_about_money(chat):
    plain, critical = told(chat.user, PLAIN), told(chat.user, CRITICAL)
    day = 24 * 60 * 60.0

    assert isinstance(verdict(plain, age_seconds=day), Addressed)
    assert verdict(plain, age_seconds=day + 1) == Skip("TOO_OLD")
    assert isinstance(verdict(critical, age_seconds=day + 1), Addressed)


def test_at_night_only_money_wakes_anybody_and_the_rest_waits_for_the_morning(chat):
    QuietHours.objects.create(user=chat.user, **HOURS)
    plain, critical = told(chat.user, PLAIN), told(chat.user, CRITICAL)

    with time_machine.travel(NIGHT, tick=False):
        assert verdict(plain) == Hold("QUIET_HOURS", seconds=8.5 * 60 * 60)
        assert isinstance(verdict(critical), Addressed)
    with time_machine.travel(NIGHT + timedelta(hours=8, minutes=30), tick=False):
        assert isinstance(verdict(plain), Addressed)


def test_twenty_parcels_cost_two_queries(world):
    rows = [told(bound(world.bare_creator()).user, kind) for kind in (PLAIN, CRITICAL) for _ in range(10)]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = address([parcel(row) for row in rows])
        assert all(each.notice.facts and each.chat_id for each in found.values())

    assert len(queries) == 2
