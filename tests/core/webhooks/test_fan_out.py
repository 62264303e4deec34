"""Which endpoint hears of what: its owner's events, of the types that it asks for, once."""

import uuid

import pytest

from core.base import clock
from core.people.models import User
from core.webhooks import services
from core.webhooks.fan_out import copy_to_endpoints
from core.webhooks.models import Endpoint
from outbox.channels import WEBHOOK
from outbox.models import Delivery, Event


def event(actor: User, *recipients: User, type: str = "ESCROW_FUNDED") -> Event:
    """A fact that was placed."""
    made = Event.objects.create(
        uid=uuid.uuid4(),
        type=type,
        aggregate=f"job:{uuid.uuid4()}",
        payload={},
        actor_id=actor.id,
        recipient_ids=[person.id for person in recipients],
        request_id="req-of-the-cause",
        occurred_at=clock.now(),
    )
    Event.objects.filter(id=made.id).update(
        position=Event.objects.order_by("-position").values_list("position", flat=True).first() or made.id
    )
    return made


def heard(endpoint: Endpoint, *events: Event) -> list[int]:
    """The events that are on their way to this endpoint once all of these are copied."""
    copy_to_endpoints([one.id for one in events])
    return list(Delivery.objects.filter(channel=WEBHOOK, recipient_id=endpoint.id).order_by("id").values_list("event_id", flat=True))


def test_an_endpoint_hears_what_its_owner_did_and_what_concerns_them(world):
    brand, creator = world.brand(), world.creator()
    endpoint, _ = world.endpoint(owner=brand)
    own, told, foreign = event(brand), event(creator, brand, world.moderator), event(creator, world.brand())

    assert heard(endpoint, own, told, foreign) == [own.id, told.id]


def test_an_event_of_and_for_the_same_person_comes_once_also_when_it_is_copied_twice(world):
    brand = world.brand()
    endpoint, _ = world.endpoint(owner=brand)
    both = event(brand, brand)

    heard(endpoint, both)

    assert heard(endpoint, both) == [both.id]


def test_a_parcel_carries_what_the_event_says_of_itself(world):
    brand = world.brand()
    endpoint, _ = world.endpoint(owner=brand)
    fact = event(brand)

    heard(endpoint, fact)

    parcel = Delivery.objects.get(event=fact, recipient_id=endpoint.id)
    assert (parcel.type, parcel.aggregate, parcel.request_id, parcel.state) == (fact.type, fact.aggregate, "req-of-the-cause", "PENDING")
    assert (parcel.is_critical, parcel.letter_id) == (False, None)


def test_an_endpoint_hears_of_the_types_that_it_asks_for(world):
    brand = world.brand()
    some, _ = world.endpoint(owner=brand, types=["ESCROW_FUNDED", "JOB_COMPLETED"])
    every, _ = world.endpoint(owner=brand)
    facts = [event(brand, type=kind) for kind in ("ESCROW_FUNDED", "MESSAGE_SENT", "JOB_COMPLETED")]

    assert heard(some, *facts) == [facts[0].id, facts[2].id]
    assert heard(every, *facts) == [fact.id for fact in facts]


def test_an_endpoint_that_is_off_deleted_or_closed_hears_nothing(world):
    brand = world.brand()
    off, deleted, closed = (world.endpoint(owner=brand)[0] for _ in range(3))
    services.edit_endpoint(off.id, by=brand, is_active=False)
    services.delete_endpoint(deleted.id, by=brand)
    services.close_endpoint(closed.id, reason="GONE")

    assert [heard(endpoint, event(brand)) for endpoint in (off, deleted, closed)] == [[], [], []]


@pytest.mark.parametrize("lost", [{"blocked_at": "2026-01-01T00:00:00Z"}, {"is_active": False}])
def test_who_cannot_sign_in_hears_nothing(world, lost):
    brand, engineer = world.brand(), world.staff("engineer")
    endpoints = [world.endpoint(owner=owner)[0] for owner in (brand, engineer)]
    User.objects.filter(id__in=[brand.id, engineer.id]).update(**lost)

    assert [heard(endpoint, event(brand)) for endpoint in endpoints] == [[], []]


def test_what_was_before_an_endpoint_is_not_told_to_it(world):
    brand = world.brand()
    before = event(brand)
    endpoint, _ = world.endpoint(owner=brand)
    between = event(brand)
    services.edit_endpoint(endpoint.id, by=brand, is_active=False)
    services.edit_endpoint(endpoint.id, by=brand, is_active=True)
    after = event(brand)

    assert heard(endpoint, before, between, after) == [after.id]


def test_an_engineer_hears_everything_until_they_are_one_no_more(world):
    engineer, brand = world.staff("engineer"), world.brand()
    endpoint, _ = world.endpoint(owner=engineer)
    first, second = event(brand), event(brand, engineer)

    assert heard(endpoint, first) == [first.id]
    engineer.groups.clear()
    assert heard(endpoint, second) == [first.id]


def test_many_events_and_endpoints_cost_one_statement(world, django_assert_num_queries):
    brands = [world.brand() for _ in range(3)]
    for brand in brands:
        for _ in range(3):
            world.endpoint(owner=brand)
    facts = [event(brand, *brands) for brand in brands]

    with django_assert_num_queries(1):
        copy_to_endpoints([fact.id for fact in facts])

    assert Delivery.objects.filter(event__in=facts).count() == 27
