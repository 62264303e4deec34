"""Webhooks of others in the hands of an engineer: sampled, renewed, switched, and their queue sent again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backoffice import show
from core.audit.models import AuditEntry
from core.base import crypto
from core.base.errors import Invalid, NotFound
from core.webhooks import care
from core.webhooks.errors import EndpointLimit, EndpointOff, EndpointOn
from core.webhooks.models import Endpoint
from outbox.models import Delivery
from tests.backoffice.outbox.test_consumers import secret_of
from tests.backoffice.pages import MODAL, dialog_url, list_url, page_url, seen
from tests.core.mailbox.rows import parcel

REASON = "Владелец попросил об этом."


def fresh(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.get(pk=endpoint.pk)


def test_the_address_is_not_shown_but_its_host_is(world, enter):
    endpoint, _secret = world.endpoint(url="https://hooks.example.com/in?token=abc123")
    client = enter("engineer")

    for page in (client.get(list_url("endpoint")), client.get(page_url(endpoint))):
        assert "hooks.example.com" in seen(page)
        assert "abc123" not in page.content.decode()


def test_a_sample_is_on_its_way_and_named_in_the_trail(world, enter):
    endpoint, _secret = world.endpoint()

    enter("engineer").post(dialog_url(endpoint, "sample"))

    assert Delivery.objects.filter(channel="WEBHOOK", recipient_id=endpoint.id, type="WEBHOOK_SAMPLE").count() == 1
    assert AuditEntry.objects.filter(action="WEBHOOK_SAMPLE_SENT", subject_id=str(endpoint.pk)).count() == 1


def test_a_new_secret_signs_beside_the_old_one_for_as_long_as_was_said(world, enter):
    endpoint, old = world.endpoint()
    client = enter("engineer")

    response = client.post(dialog_url(endpoint, "rotate"), {"hours": "1"}, headers=MODAL)
    row = fresh(endpoint)

    assert crypto.unseal_webhook_secret(row.sealed_secret) == secret_of(response) != old
    assert crypto.unseal_webhook_secret(row.sealed_old_secret) == old
    assert timedelta(minutes=59) < row.old_secret_until - timezone.now() <= timedelta(hours=1)
    assert secret_of(response) not in client.get(page_url(endpoint)).content.decode()


def test_it_is_switched_off_with_a_reason_and_on_again(world, enter):
    endpoint, _secret = world.endpoint()
    client = enter("engineer")

    client.post(dialog_url(endpoint, "switch_off"), {"reason": REASON})
    assert not fresh(endpoint).is_active
    assert AuditEntry.objects.get(action="WEBHOOK_SWITCHED_OFF", subject_id=str(endpoint.pk)).reason == REASON

    client.post(dialog_url(endpoint, "switch_on"))
    assert fresh(endpoint).is_active


def test_what_did_not_arrive_goes_out_again_and_nobody_elses(world, enter):
    endpoint, _secret = world.endpoint()
    dead = parcel("DEAD", channel="WEBHOOK", recipient_id=endpoint.id)
    other = parcel("DEAD", channel="WEBHOOK")
    client = enter("engineer")
    now = timezone.now().astimezone(show.zone())
    asked = {
        "state": "DEAD",
        "since": (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"),
        "until": (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"),
        "per_second": "10",
        "reason": REASON,
    }

    first = client.post(dialog_url(endpoint, "resend"), asked, headers=MODAL)
    mark = first.content.decode().partition('name="rehearsed" value="')[2].partition('"')[0]
    client.post(dialog_url(endpoint, "resend"), asked | {"rehearsed": mark}, headers=MODAL)

    assert Delivery.objects.get(pk=dead.pk).state == "HELD"
    assert Delivery.objects.get(pk=other.pk).state == "DEAD"


@pytest.mark.parametrize("role", ["moderator", "finance", "support"])
def test_nobody_but_engineers_cares_for_the_webhooks_of_others(world, role):
    endpoint, _secret = world.endpoint()
    by = world.staff(role)
    before = AuditEntry.objects.count()

    for refused in (
        lambda: care.switch_off_endpoint(endpoint.id, by=by, reason=REASON),
        lambda: care.switch_on_endpoint(endpoint.id, by=by),
        lambda: care.send_sample_for(endpoint.id, by=by),
        lambda: care.rotate_secret_for(endpoint.id, by=by, overlap_hours=1),
    ):
        with pytest.raises(NotFound):
            refused()
    assert AuditEntry.objects.count() == before
    assert fresh(endpoint).sealed_secret == endpoint.sealed_secret


def test_steps_that_do_not_fit_the_state_are_refused(world):
    endpoint, _secret = world.endpoint()
    engineer = world.staff("engineer")

    with pytest.raises(EndpointOn):
        care.switch_on_endpoint(endpoint.id, by=engineer)
    with pytest.raises(Invalid):
        care.switch_off_endpoint(endpoint.id, by=engineer, reason=" ")
    assert fresh(endpoint).is_active

    care.switch_off_endpoint(endpoint.id, by=engineer, reason=REASON)
    for refused in (care.send_sample_for, lambda number, by: care.switch_off_endpoint(number, by=by, reason=REASON)):
        with pytest.raises(EndpointOff):
            refused(endpoint.id, by=engineer)


def test_nobody_has_more_active_webhooks_than_their_owner_may(world):
    owner = world.brand()
    first, _secret = world.endpoint(owner=owner)
    engineer = world.staff("engineer")
    care.switch_off_endpoint(first.id, by=engineer, reason=REASON)
    for number in range(5):
        world.endpoint(owner=owner, url=f"https://hooks{number}.example.com/in")

    with pytest.raises(EndpointLimit):
        care.switch_on_endpoint(first.id, by=engineer)
    assert not fresh(first).is_active
