"""Two windows of one owner at once: the number of active webhooks stays right, and a delivery is sent again once."""

from functools import partial

import pytest

from core.people.models import User
from core.webhooks import services
from core.webhooks.errors import DeliveryNotFailed, EndpointLimit
from core.webhooks.models import Endpoint
from tests.api.matrix.webhooks import dead
from tests.core.jobs.traces import audited
from tests.meeting import meet, without_locks
from tests.world import World
from tests.world.webhooks import HOOK

pytestmark = pytest.mark.race


def almost_full(world: World) -> User:
    """A brand with room for one more webhook."""
    brand = world.brand()
    for _ in range(services.ACTIVE_MAX - 1):
        world.endpoint(owner=brand)
    return brand


def kinds(made: list) -> list[type]:
    return sorted((type(each) for each in made), key=lambda kind: kind.__name__)


def test_two_windows_make_one_webhook_when_there_is_room_for_one(committed):
    for _ in range(3):
        brand = almost_full(committed)

        made = meet(*[partial(services.create_endpoint, by=brand, url=HOOK, types=["*"])] * 2)

        assert kinds(made) == [EndpointLimit, tuple]
        assert Endpoint.objects.filter(owner=brand, is_active=True).count() == services.ACTIVE_MAX


def test_without_the_lock_there_is_one_too_many(committed):
    brand = almost_full(committed)

    with without_locks():
        made = meet(*[partial(services.create_endpoint, by=brand, url=HOOK, types=["*"])] * 2, before="core_endpoint")

    assert kinds(made) == [tuple, tuple]
    assert Endpoint.objects.filter(owner=brand, is_active=True).count() == services.ACTIVE_MAX + 1


def test_switching_one_on_and_making_another_meet_at_the_same_limit(committed):
    for _ in range(3):
        brand = almost_full(committed)
        sleeping, _ = committed.endpoint(owner=brand)
        services.edit_endpoint(sleeping.id, by=brand, is_active=False)

        meet(
            partial(services.edit_endpoint, sleeping.id, by=brand, is_active=True),
            partial(services.create_endpoint, by=brand, url=HOOK, types=["*"]),
        )

        assert Endpoint.objects.filter(owner=brand, is_active=True).count() == services.ACTIVE_MAX


def test_two_clicks_send_a_failed_delivery_again_once(committed):
    endpoint, _ = committed.endpoint()
    delivery = dead(endpoint.id)

    made = meet(*[partial(services.retry_delivery, endpoint.id, delivery.letter_id, by=endpoint.owner)] * 2)

    assert kinds(made) == [DeliveryNotFailed, type(None)]
    assert audited(endpoint).count("WEBHOOK_DELIVERY_RETRIED") == 1


def test_without_the_lock_both_clicks_believe_that_they_sent_it(committed):
    endpoint, _ = committed.endpoint()
    delivery = dead(endpoint.id)

    with without_locks():
        made = meet(*[partial(services.retry_delivery, endpoint.id, delivery.letter_id, by=endpoint.owner)] * 2, before="outbox_delivery")

    assert kinds(made) == [type(None), type(None)]


def test_two_workers_close_a_webhook_and_tell_its_owner_once(committed):
    endpoint, _ = committed.endpoint()

    made = meet(*[partial(services.close_endpoint, endpoint.id, reason="GONE")] * 2)

    assert sorted(made) == [False, True]
