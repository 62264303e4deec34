"""What people want to hear of. What is muted is not written; what is critical cannot be muted."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction

from core.audit.models import AuditEntry
from core.base.errors import Invalid
from core.chat.models import Conversation
from core.notifications.errors import CannotMute
from core.notifications.models import Notification, Preference, QuietHours
from core.notifications.registry import KINDS
from core.notifications.selectors import preferences
from core.notifications.services import Quiet, update_preferences
from core.notifications.steps import Notice, notify, notify_all
from outbox import trace
from outbox.models import Delivery

NIGHT = Quiet(from_minute=22 * 60, to_minute=8 * 60, time_zone="Europe/Moscow")
CRITICAL = sorted(name for name, kind in KINDS.items() if kind.critical)
MONEY = {"amount_cents": 1, "currency": "RUB", "method": "4242"}


@contextmanager
def nothing_is_kept() -> Iterator[None]:
    def picture() -> list[object]:
        return [list(model.objects.order_by("pk").values()) for model in (Preference, QuietHours, AuditEntry)]

    before = picture()
    yield
    assert picture() == before


def mute(person, *types, channel="IN_APP"):
    update_preferences(by=person, changes={"switches": {(named, channel): False for named in types}})


def types_of(person) -> list[str]:
    """What the person sees in the app."""
    return list(Notification.objects.filter(user=person, cleared_at=None).order_by("created_at", "id").values_list("type", flat=True))


def test_by_itself_everything_comes(world):
    kept = preferences(world.creator())

    assert (kept.muted, kept.quiet_hours) == (frozenset(), None)


def test_what_is_muted_in_the_app_is_put_away_at_once_and_others_get_it(world):
    muted, other = world.creator(), world.creator()
    mute(muted, "CREATOR_VERIFIED")

    notify([muted, other], "CREATOR_VERIFIED")

    assert (types_of(muted), types_of(other)) == ([], ["CREATOR_VERIFIED"])
    put_away = Notification.objects.get(user=muted)
    assert put_away.read_at == put_away.cleared_at == put_away.created_at


def test_every_notice_is_on_its_way_to_telegram_whatever_is_muted_in_the_app(world):
    muted, other = world.creator(), world.creator()
    mute(muted, "CREATOR_VERIFIED")
    trace.begin("request-of-the-notice")

    notify([muted, other], "CREATOR_VERIFIED")

    for person in (muted, other):
        letter = Notification.objects.get(user=person)
        parcel = Delivery.objects.get(recipient_id=person.id, letter_id=letter.id)
        assert (parcel.channel, parcel.state, parcel.type, parcel.is_critical) == ("TELEGRAM", "PENDING", "CREATOR_VERIFIED", False)
        assert parcel.request_id == "request-of-the-notice"


def test_what_is_switched_on_again_comes_again(world):
    person = world.creator()
    mute(person, "CREATOR_VERIFIED")
    update_preferences(by=person, changes={"switches": {("CREATOR_VERIFIED", "IN_APP"): True}})

    notify([person], "CREATOR_VERIFIED")

    assert types_of(person) == ["CREATOR_VERIFIED"]
    assert preferences(person).muted == frozenset()


def test_another_channel_that_is_off_silences_nothing_in_the_app(world):
    person = world.creator()
    mute(person, "CREATOR_VERIFIED", channel="TELEGRAM")

    notify([person], "CREATOR_VERIFIED")

    assert types_of(person) == ["CREATOR_VERIFIED"]


def test_one_statement_tells_everybody_whatever_they_muted(world, django_assert_num_queries):
    muted, other = world.creator(), world.creator()
    mute(muted, "CREATOR_VERIFIED")

    with django_assert_num_queries(1):
        notify_all([Notice([muted, other], "CREATOR_VERIFIED"), Notice([muted, other], "PASSWORD_CHANGED")])
    with django_assert_num_queries(0):
        notify([], "CREATOR_VERIFIED")

    assert (types_of(muted), types_of(other)) == (["PASSWORD_CHANGED"], ["CREATOR_VERIFIED", "PASSWORD_CHANGED"])


def test_a_muted_conversation_is_not_announced(world):
    job = world.deal()
    mute(job.brand, "MESSAGE_SENT")

    world.said(Conversation.objects.get(job=job), by=job.active_creator)
    world.said(Conversation.objects.get(job=job), by=job.brand)

    assert "MESSAGE_SENT" not in types_of(job.brand)
    assert "MESSAGE_SENT" in types_of(job.active_creator)


@pytest.mark.parametrize("critical", CRITICAL)
def test_what_is_about_money_or_security_cannot_be_muted(world, critical):
    people = {"STAFF": world.moderator, "BRAND": world.brand(), "CREATOR": world.creator()}
    person = next(people[role] for role in people if KINDS[critical].concerns(role))

    for channel in ("IN_APP", "TELEGRAM", "EMAIL"):
        with nothing_is_kept(), pytest.raises(CannotMute) as refused:
            mute(person, critical, channel=channel)
        assert refused.value.details == {"types": [critical]}


def test_a_row_from_before_a_kind_became_critical_silences_nothing(world):
    person = world.creator()
    Preference.objects.create(user=person, type="PAYOUT_PAID", channel="IN_APP", is_on=False)
    Preference.objects.create(user=person, type="PAYOUT_PAID", channel="TELEGRAM", is_on=False)

    notify([person], "PAYOUT_PAID", facts=MONEY)

    assert types_of(person) == ["PAYOUT_PAID"]
    assert Delivery.objects.get(recipient_id=person.id, type="PAYOUT_PAID").is_critical  # so that nothing keeps it from their Telegram


def test_one_refused_switch_leaves_all_as_they_were(world):
    person = world.creator()

    with nothing_is_kept(), pytest.raises(CannotMute):
        mute(person, "CREATOR_VERIFIED", "PAYOUT_PAID")


@pytest.mark.parametrize(
    "changes",
    [
        {"switches": {("NO_SUCH_TYPE", "IN_APP"): False}},
        {"switches": {("JOB_PUBLISHED", "IN_APP"): False}},
        {"switches": {("CREATOR_VERIFIED", "PIGEON"): False}},
        {"quiet_hours": Quiet(60, 60, "Europe/Moscow")},
        {"quiet_hours": Quiet(0, 1_440, "Europe/Moscow")},
        {"quiet_hours": Quiet(60, 120, "Mars/Olympus")},
        {"quiet_hours": Quiet(60, 120, "../etc/passwd")},
    ],
)
def test_what_cannot_be_wanted_is_refused(world, changes):
    person = world.creator()

    with nothing_is_kept(), pytest.raises(Invalid):
        update_preferences(by=person, changes=changes)


def test_a_change_is_recorded(world):
    person = world.creator()

    update_preferences(by=person, changes={"switches": {("CREATOR_VERIFIED", "EMAIL"): False}, "quiet_hours": NIGHT})

    entry = AuditEntry.objects.get(action="PREFERENCES_UPDATED", subject_id=str(person.id))
    assert entry.after == {"switches": ["CREATOR_VERIFIED EMAIL off"], "quietHours": "22:00 - 08:00 Europe/Moscow"}


def test_quiet_hours_are_kept_replaced_and_given_up(world):
    person = world.creator()
    for hours in (NIGHT, Quiet(0, 30, "Asia/Almaty")):
        update_preferences(by=person, changes={"quiet_hours": hours})
        kept = preferences(person).quiet_hours
        assert (kept.from_minute, kept.to_minute, kept.time_zone) == (hours.from_minute, hours.to_minute, hours.time_zone)

    update_preferences(by=person, changes={})
    assert preferences(person).quiet_hours is not None
    update_preferences(by=person, changes={"quiet_hours": None})
    assert preferences(person).quiet_hours is None


def test_the_database_knows_no_other_minutes(world):
    person = world.creator()

    for minutes in ({"from_minute": 5, "to_minute": 5}, {"from_minute": 0, "to_minute": 1_440}):
        with pytest.raises(DatabaseError), transaction.atomic():
            QuietHours.objects.create(user=person, time_zone="Europe/Moscow", **minutes)
