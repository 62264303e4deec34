"""A receiver that may be called, and a mailbox in which nothing but this test's parcels lie."""

from collections.abc import Callable, Iterator

import pytest
from django.db.models.functions import Now

from core.webhooks.models import Endpoint
from core.webhooks.sender import WebhookSender
from outbox import carrier, sequencer
from outbox.channels import SENDERS, WEBHOOK
from outbox.models import Delivery, Pace
from tests.outbox.parcels import forget_parcels
from tests.outbox.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    """A receiver on this machine, which this machine may call."""
    settings.DEBUG = settings.WEBHOOK_PRIVATE_HOSTS_ALLOWED = True
    with receiving() as server:
        yield server


@pytest.fixture
def sender(receiver) -> Iterator[WebhookSender]:
    """The sender of this process, made under the settings of this test."""
    SENDERS.made[WEBHOOK] = made = WebhookSender()
    yield made
    del SENDERS.made[WEBHOOK]
    made.calls.close()


@pytest.fixture(autouse=True)
def _own_mailbox(request) -> Iterator[None]:
    """What other tests have committed is not delivered here, and what this one commits is not delivered elsewhere."""
    commits = "committed" in request.fixturenames
    if commits:
        request.getfixturevalue("committed")
        _clear()
    yield
    if commits:
        _clear()


def _clear() -> None:
    Endpoint.objects.filter(is_active=True).update(is_active=False)
    sequencer.sequence()
    forget_parcels(channel=WEBHOOK)
    Pace.objects.filter(name__startswith=WEBHOOK).delete()


@pytest.fixture
def carry(sender, monkeypatch) -> Callable[[], None]:
    """Everything that has happened is sequenced and offered to its receivers once, and what waits for its repeat too."""

    monkeypatch.setattr(carrier, "NAP_SECONDS_MAX", 0)  # a repeat waits for the next call

    def carry_now() -> None:
        sequencer.sequence()
        Delivery.objects.filter(channel=WEBHOOK, state="PENDING").update(next_at=Now())
        Pace.objects.filter(name__startswith=WEBHOOK).delete()
        carrier.drain(WEBHOOK)

    return carry_now
