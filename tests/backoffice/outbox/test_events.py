"""Events: found by what they are about, shown with what became of them, and read by each only as far as their work needs."""

import pytest

from backoffice.mailbox import masks
from backoffice.mailbox.words import event_types, type_label
from outbox.events import REGISTRY
from outbox.models import Event
from tests.backoffice.pages import list_url, page_url


def test_an_event_is_found_by_its_object_its_request_and_itself(world, enter):
    world.job()
    event = Event.objects.latest("id")
    Event.objects.filter(pk=event.pk).update(request_id="req-outbox-1")
    other = Event.objects.exclude(aggregate=event.aggregate).first()
    client = enter("engineer")

    for term in (str(event.uid), event.aggregate, event.aggregate.partition(":")[2], "req-outbox-1"):
        page = client.get(list_url("event"), {"q": term}).content.decode()
        assert page_url(event) in page, term
        assert other is None or page_url(other) not in page, term


def test_the_page_names_what_else_happened_to_the_same_thing(world, enter):
    job = world.live_job()
    first, second = Event.objects.filter(aggregate=f"job:{job.id}").order_by("id")[:2]

    page = enter("engineer").get(page_url(first)).content.decode()

    assert page_url(second) in page


def test_amounts_are_hidden_from_engineers_and_private_messages_altogether(world):
    engineer, chief = world.staff("engineer"), world.staff()
    chief.is_superuser = True
    payload = {"jobId": "1", "amountCents": 5}

    assert masks.masked("ESCROW_FUNDED", payload, engineer) == {"jobId": "1", "amountCents": masks.HIDDEN}
    assert masks.masked("MESSAGE_SENT", payload, engineer) == dict.fromkeys(payload, masks.HIDDEN)
    assert masks.masked("MESSAGE_SENT", payload, chief) == payload


def test_the_hidden_values_are_not_on_the_page(world, enter):
    deal = world.deal()
    event = Event.objects.get(type="ESCROW_FUNDED", aggregate=f"job:{deal.id}")

    page = enter("engineer").get(page_url(event)).content.decode()

    assert str(event.payload["amountCents"]) not in page.partition("Содержимое")[2]
    assert masks.HIDDEN in page


def test_every_type_of_event_has_a_name_of_its_own():
    nameless = [name for name in REGISTRY if type_label(name) == type_label("NO_SUCH_TYPE")]

    assert nameless == []
    assert len(event_types()) == len(REGISTRY)


@pytest.mark.parametrize("role", ["moderator", "finance", "finance_approver", "support"])
def test_events_are_for_engineers(world, enter, role):
    world.job()
    event = Event.objects.latest("id")
    client = enter(role)

    assert client.get(list_url("event")).status_code == 403
    assert client.get(page_url(event)).status_code == 403
