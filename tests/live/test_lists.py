"""Each event stands in the list of everybody whom it concerns, once, and notices have places in the order of the commits."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from core.base import clock
from core.notifications.models import Notification
from core.notifications.services import mark_read
from core.notifications.steps import notify
from core.people.models import SYSTEM_USER_ID
from outbox import retention, sequencer
from outbox.live import selectors
from outbox.live.models import Addressee
from outbox.models import Event
from tests.outbox.test_sequencer import write_event


def fact(*people: UUID, by: UUID) -> Event:
    """An event that concerns these people."""
    event = write_event("job:of-a-list")
    Event.objects.filter(id=event.id).update(recipient_ids=list(people), actor_id=by)
    return event


def people_of(event: Event) -> set[UUID]:
    event.refresh_from_db()
    return set(Addressee.objects.filter(event=event.position).values_list("user_id", flat=True))


def address_to_nothing() -> None:
    Addressee.objects.create(user_id=uuid4(), event_id=10**15)
    connection.check_constraints()


def test_an_event_stands_in_the_lists_of_its_recipients_and_of_who_did_it(world):
    brand, creator, actor = uuid4(), uuid4(), uuid4()
    event = fact(brand, creator, by=actor)

    sequencer.sequence()

    assert people_of(event) == {brand, creator, actor}


def test_who_did_it_and_receives_it_has_it_once_and_the_clock_has_no_list(world):
    brand = uuid4()
    own, clockwork = fact(brand, by=brand), fact(brand, by=UUID(SYSTEM_USER_ID))

    sequencer.sequence()

    assert people_of(own) == people_of(clockwork) == {brand}
    assert selectors.newest_of(brand) == clockwork.position


def test_a_list_has_no_place_for_an_event_that_is_not_there(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        address_to_nothing()


def test_what_is_pruned_is_gone_from_every_list_and_the_rest_stays(world):
    person = uuid4()
    old, young = fact(person, by=person), fact(person, by=person)
    Event.objects.filter(id=old.id).update(occurred_at=clock.now() - timedelta(days=500))
    sequencer.sequence()
    old.refresh_from_db()
    young.refresh_from_db()

    retention.prune()

    assert list(selectors.event_list(person).values_list("event_id", flat=True)) == [young.position]
    assert selectors.bounds() == selectors.Bounds(newest=young.position, gone=old.position)


def test_notices_get_their_places_in_the_same_turn_in_the_order_of_the_telling(world):
    brand = world.brand()
    for _ in range(3):
        notify([brand], "PASSWORD_CHANGED")

    sequencer.sequence()

    places = list(Notification.objects.filter(user=brand).order_by("created_at", "id").values_list("position", flat=True))
    assert None not in places
    assert places == sorted(set(places))


def test_a_notice_that_says_something_new_gets_a_new_place_and_one_that_is_read_keeps_its_own(world):
    talk = world.talk()
    world.said(talk, by=talk.brand)
    sequencer.sequence()
    told = Notification.objects.get(user=talk.creator, conversation=talk)
    before = told.position

    world.said(talk, by=talk.brand, body="And another thing")
    sequencer.sequence()
    told.refresh_from_db()
    again = told.position
    mark_read(told.id, by=talk.creator)
    sequencer.sequence()
    told.refresh_from_db()

    assert before is not None
    assert again > before
    assert told.position == again


def test_two_notices_of_one_person_cannot_have_one_place(world):
    brand = world.brand()
    notify([brand], "PASSWORD_CHANGED")
    notify([brand], "PASSWORD_CHANGED")

    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.filter(user=brand).update(position=7)
