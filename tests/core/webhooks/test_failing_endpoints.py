"""When a webhook has failed for long enough to be switched off, and when it has not."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from core.base import clock
from core.notifications.models import Notification
from core.webhooks import services
from core.webhooks.models import Endpoint
from outbox.models import Delivery
from tests.api.matrix.webhooks import dead


def failed(endpoint: Endpoint, *, days: float, state: str = "DEAD") -> Delivery:
    """A delivery that was first tried so many days ago, and failed as often as there was time for."""
    moment = Now() - timedelta(days=days)
    delivery = dead(endpoint.id)
    gone = {"settled_at": moment + timedelta(hours=18)} if state == "DEAD" else {"settled_at": None}
    Delivery.objects.filter(id=delivery.id).update(state=state, first_try_at=moment, **gone)
    return delivery


def arrived(endpoint: Endpoint, *, days: float) -> None:
    """A delivery arrived so many days ago."""
    delivery = dead(endpoint.id)
    moment = Now() - timedelta(days=days)
    Delivery.objects.filter(id=delivery.id).update(state="SENT", copies=1, first_try_at=moment, settled_at=moment)


@pytest.fixture
def old(world) -> Endpoint:
    """An endpoint that has been active for a month."""
    endpoint, _ = world.endpoint()
    Endpoint.objects.filter(id=endpoint.id).update(active_since=clock.now() - timedelta(days=30))
    return endpoint


def is_closed(endpoint: Endpoint) -> bool:
    services.close_failing_endpoints()
    endpoint.refresh_from_db()
    return not endpoint.is_active and endpoint.closed_for == "FAILING"


def test_five_days_of_nothing_but_failures_close_a_webhook(old):
    failed(old, days=5.1)
    failed(old, days=0.2, state="PENDING")

    assert is_closed(old)
    assert Notification.objects.filter(user=old.owner, type="WEBHOOK_CLOSED").count() == 1


def test_four_days_of_failures_do_not(old):
    failed(old, days=4.9)
    failed(old, days=0.2, state="PENDING")

    assert not is_closed(old)


def test_one_arrival_since_then_keeps_it_open(old):
    failed(old, days=6)
    arrived(old, days=5.5)
    failed(old, days=0.2, state="PENDING")

    assert not is_closed(old)


def test_an_arrival_before_them_does_not(old):
    arrived(old, days=8)
    failed(old, days=6)
    failed(old, days=0.2, state="PENDING")

    assert is_closed(old)


def test_a_failure_long_ago_and_silence_since_close_nothing(old):
    failed(old, days=6)

    assert not is_closed(old)


def test_failures_from_before_it_was_switched_on_again_do_not_count(old):
    Endpoint.objects.filter(id=old.id).update(active_since=clock.now() - timedelta(days=5, hours=1))
    failed(old, days=6)
    failed(old, days=0.2, state="PENDING")

    assert not is_closed(old)
