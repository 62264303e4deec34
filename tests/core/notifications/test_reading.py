"""A person reads notices. Nobody else does, and no list does it by being looked at."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from core.base import clock
from core.base.errors import NotFound
from core.notifications.models import Notification
from core.notifications.selectors import notification_list, unread_counts
from core.notifications.services import clear_notifications, mark_all_read, mark_read
from core.notifications.steps import notify


def tell(*people, times=1):
    for _ in range(times):
        notify(people, "CREATOR_VERIFIED")


def unread_count(by):
    return sum(unread_counts(by=by).values())


def mine(person):
    return list(notification_list(by=person).order_by("created_at", "id"))


def test_each_person_named_has_one_notice(world):
    first, second = world.bare_creator(), world.bare_creator()

    notify([first, second, first.id], "CREATOR_VERIFIED")

    assert [notice.type for notice in mine(first)] == ["CREATOR_VERIFIED"]
    assert unread_count(by=second) == 1


def test_a_notice_is_read_once_and_stays_read(world):
    person = world.bare_creator()
    tell(person, times=2)
    first = mine(person)[0]

    read = mark_read(first.id, by=person)
    again = mark_read(first.id, by=person)

    assert read.read_at is not None
    assert again.read_at == read.read_at
    assert unread_count(by=person) == 1


def test_nobody_reads_the_notices_of_others(world):
    person, stranger = world.bare_creator(), world.bare_creator()
    tell(person)
    notice = mine(person)[0]

    for wrong in (notice.id, uuid.uuid4(), "not an id"):
        with pytest.raises(NotFound):
            mark_read(wrong, by=stranger)

    notice.refresh_from_db()
    assert notice.read_at is None
    assert mine(stranger) == []


def test_reading_all_reads_ones_own(world):
    person, stranger = world.bare_creator(), world.bare_creator()
    tell(person, stranger, times=3)

    became_read = mark_all_read(by=person)

    assert became_read == 3
    assert (unread_count(by=person), unread_count(by=stranger)) == (0, 3)
    assert mark_all_read(by=person) == 0


def test_reading_up_to_a_notice_leaves_what_came_later(world):
    person = world.bare_creator()
    tell(person, times=4)
    notices = mine(person)

    became_read = mark_all_read(by=person, up_to_id=notices[1].id)

    assert became_read == 2
    assert [notice.read_at is None for notice in mine(person)] == [False, False, True, True]


def test_notices_of_one_moment_are_told_apart_by_their_ids(world):
    person = world.bare_creator()
    tell(person, times=3)
    notices = sorted(mine(person), key=lambda notice: notice.id)
    Notification.objects.filter(user=person).update(created_at=notices[0].created_at)

    became_read = mark_all_read(by=person, up_to_id=notices[1].id)

    assert became_read == 2
    assert [notice.read_at is None for notice in mine(person)] == [False, False, True]


def test_a_foreign_notice_is_no_place_to_read_up_to(world):
    person, stranger = world.bare_creator(), world.bare_creator()
    tell(person, stranger)

    with pytest.raises(NotFound):
        mark_all_read(by=person, up_to_id=mine(stranger)[0].id)

    assert unread_count(by=person) == 1


def test_what_waits_is_counted_by_category(world):
    person = world.bare_creator()
    notify([person], "CREATOR_VERIFIED")
    notify([person], "PAYOUT_PAID", facts={"amount_cents": 1, "currency": "RUB", "method": "4242"})
    notify([person], "PAYOUT_PAID", facts={"amount_cents": 2, "currency": "RUB", "method": "4242"})

    assert unread_counts(by=person) == {"DEALS": 0, "PAYMENTS": 2, "DISPUTES": 0, "SYSTEM": 1}


def test_what_is_put_away_is_read_and_seen_no_more_and_stays_in_the_books(world):
    person, stranger = world.bare_creator(), world.bare_creator()
    tell(person, stranger, times=2)
    read = mark_read(mine(person)[0].id, by=person)

    assert clear_notifications(by=person) == 2

    assert (mine(person), unread_count(by=person)) == ([], 0)
    kept = Notification.objects.filter(user=person)
    assert kept.count() == 2
    assert kept.get(id=read.id).read_at == read.read_at
    assert (len(mine(stranger)), unread_count(by=stranger)) == (2, 2)


def test_what_came_later_is_not_put_away(world):
    person = world.bare_creator()
    tell(person, times=3)
    shown = mine(person)[1]

    assert clear_notifications(by=person, up_to_id=shown.id) == 2

    assert (len(mine(person)), unread_count(by=person)) == (1, 1)


def test_nothing_is_put_away_up_to_the_notice_of_somebody_else(world):
    person, stranger = world.bare_creator(), world.bare_creator()
    tell(person, stranger)

    with pytest.raises(NotFound):
        clear_notifications(by=person, up_to_id=mine(stranger)[0].id)

    assert unread_count(by=person) == 1


def test_the_database_puts_nothing_away_unread(world):
    person = world.bare_creator()
    tell(person)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.filter(user=person).update(cleared_at=clock.now())
