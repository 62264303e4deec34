"""What owners do with their webhooks: named, counted, changed, rotated, tried, deleted; and when the marketplace closes one."""

import io
import json
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from core.audit.models import AuditEntry
from core.base import clock, crypto
from core.base.errors import Forbidden, Invalid, NotFound
from core.notifications.models import Notification, Preference
from core.notifications.selectors import notification_list
from core.people.models import User
from core.privacy.export import write_personal_data
from core.privacy.services import erase_account
from core.webhooks import services
from core.webhooks.errors import DeliveryNotFailed, EndpointLimit, EndpointOff
from core.webhooks.models import Endpoint
from core.webhooks.selectors import SAMPLE_TYPE
from core.webhooks.sender import secrets_of
from outbox.channels import WEBHOOK
from outbox.ids import uuid7
from outbox.models import Attempt, Delivery
from tests.api.matrix.webhooks import dead
from tests.core.jobs.traces import audited
from tests.world import PASSWORD
from tests.world.webhooks import HOOK


@contextmanager
def nothing_happens():
    """Fails when the block, also one that raises, changes an endpoint or a delivery, or leaves a trace."""

    def picture() -> list[Any]:
        rows = [list(table.objects.order_by("pk").values()) for table in (Endpoint, Delivery)]
        return [*rows, AuditEntry.objects.count(), Notification.objects.count()]

    before = picture()
    try:
        yield
    finally:
        assert picture() == before


def test_an_endpoint_keeps_what_it_was_told_and_its_secret_sealed(world):
    brand = world.brand()

    endpoint, secret = services.create_endpoint(by=brand, url=HOOK, types=["ESCROW_FUNDED", "ESCROW_FUNDED"])

    endpoint.refresh_from_db()
    assert (endpoint.owner, endpoint.url, endpoint.types, endpoint.is_active) == (brand, HOOK, ["ESCROW_FUNDED"], True)
    assert secret.startswith("whsec_")
    assert secret not in endpoint.sealed_secret
    assert crypto.unseal_webhook_secret(endpoint.sealed_secret) == secret
    assert audited(endpoint) == ["WEBHOOK_CREATED"]


def test_the_secret_is_no_part_of_the_audit_trail_and_neither_is_the_path(world):
    endpoint, secret = world.endpoint(url="https://hooks.example.com/a-path-that-is-a-password")
    _, newer = services.rotate_secret(endpoint.id, by=endpoint.owner)
    services.edit_endpoint(endpoint.id, by=endpoint.owner, url="https://hooks.example.com/another-path")
    services.delete_endpoint(endpoint.id, by=endpoint.owner)

    said = str(list(AuditEntry.objects.filter(subject_id=str(endpoint.id)).values("before", "after")))

    assert "hooks.example.com" in said
    assert not any(hidden in said for hidden in (secret, newer, "whsec_", "a-path-that", "another-path"))


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://hooks.example.com:22/"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": ""}, "url"),
        ({"types": []}, "types"),
        ({"types": ["*", "ESCROW_FUNDED"]}, "types"),
        ({"types": ["NOTHING_OF_THE_KIND"]}, "types"),
        ({"types": [SAMPLE_TYPE]}, "types"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(world, settings, content, field):
    settings.DEBUG = False
    endpoint, _ = world.endpoint()

    with nothing_happens(), pytest.raises(Invalid) as created:
        services.create_endpoint(by=endpoint.owner, **({"url": HOOK, "types": ["*"]} | content))
    with nothing_happens(), pytest.raises(Invalid) as changed:
        services.edit_endpoint(endpoint.id, by=endpoint.owner, **content)

    assert list(created.value.fields) == list(changed.value.fields) == [field]


def test_this_machine_is_called_only_where_a_developer_says_so(world, settings):
    settings.DEBUG = True
    with pytest.raises(Invalid):
        world.endpoint(url="http://127.0.0.1:5000/")

    settings.WEBHOOK_PRIVATE_HOSTS_ALLOWED = True
    assert world.endpoint(url="http://127.0.0.1:5000/")

    settings.DEBUG = False
    with pytest.raises(Invalid):
        world.endpoint(url="http://127.0.0.1:5000/")


def test_brands_creators_and_engineers_have_webhooks_and_nobody_else(world):
    for person in (world.brand(), world.creator(), world.staff("engineer")):
        assert services.create_endpoint(by=person, url=HOOK, types=["*"])
    for person in (world.staff("moderator"), world.staff("finance"), world.staff()):
        with nothing_happens(), pytest.raises(Forbidden):
            services.create_endpoint(by=person, url=HOOK, types=["*"])


def test_five_are_active_and_no_more_but_one_that_is_off_does_not_count(world):
    brand = world.brand()
    endpoints = [world.endpoint(owner=brand)[0] for _ in range(services.ACTIVE_MAX)]

    with nothing_happens(), pytest.raises(EndpointLimit):
        world.endpoint(owner=brand)
    services.edit_endpoint(endpoints[0].id, by=brand, is_active=False)
    world.endpoint(owner=brand)
    with nothing_happens(), pytest.raises(EndpointLimit):
        services.edit_endpoint(endpoints[0].id, by=brand, is_active=True)
    services.delete_endpoint(endpoints[1].id, by=brand)

    assert services.edit_endpoint(endpoints[0].id, by=brand, is_active=True).is_active
    assert world.endpoint()


def test_somebody_elses_webhook_is_not_there(world):
    endpoint, _ = world.endpoint()
    delivery = dead(endpoint.id)
    stranger = world.brand()

    for verb in (
        lambda: services.edit_endpoint(endpoint.id, by=stranger, types=["*"]),
        lambda: services.delete_endpoint(endpoint.id, by=stranger),
        lambda: services.rotate_secret(endpoint.id, by=stranger),
        lambda: services.send_sample(endpoint.id, by=stranger),
        lambda: services.retry_delivery(endpoint.id, delivery.letter_id, by=stranger),
    ):
        with nothing_happens(), pytest.raises(NotFound):
            verb()


def test_an_edit_that_changes_nothing_leaves_no_trace(world):
    endpoint, _ = world.endpoint()

    with nothing_happens():
        services.edit_endpoint(endpoint.id, by=endpoint.owner, url=HOOK, types=["*"], is_active=True)


def test_after_a_rotation_both_secrets_sign_until_the_overlap_is_over(world):
    endpoint, old = world.endpoint()

    endpoint, new = services.rotate_secret(endpoint.id, by=endpoint.owner, overlap_hours=2)

    assert secrets_of(endpoint) == (new, old)
    endpoint.old_secret_until = clock.now() - timedelta(seconds=1)
    assert secrets_of(endpoint) == (new,)


def test_a_rotation_without_overlap_forgets_the_old_secret_at_once(world):
    endpoint, _ = world.endpoint()

    endpoint, new = services.rotate_secret(endpoint.id, by=endpoint.owner, overlap_hours=0)

    assert secrets_of(endpoint) == (new,)
    assert endpoint.sealed_old_secret == ""


def test_a_second_rotation_leaves_two_secrets_not_three(world):
    endpoint, first = world.endpoint()
    _, second = services.rotate_secret(endpoint.id, by=endpoint.owner)

    endpoint, third = services.rotate_secret(endpoint.id, by=endpoint.owner)

    assert secrets_of(endpoint) == (third, second)
    assert first not in secrets_of(endpoint)


def test_the_keys_that_seal_secrets_can_be_rotated(world, settings):
    endpoint, secret = world.endpoint()

    settings.WEBHOOK_SECRETS_KEYS = ["bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldyE=", *settings.WEBHOOK_SECRETS_KEYS]

    assert secrets_of(endpoint) == (secret,)


def test_a_deleted_webhook_is_gone_and_keeps_no_secret(world):
    endpoint, _ = world.endpoint()
    services.rotate_secret(endpoint.id, by=endpoint.owner)

    services.delete_endpoint(endpoint.id, by=endpoint.owner)

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.sealed_secret, endpoint.sealed_old_secret) == (False, "", "")
    assert audited(endpoint)[-1] == "WEBHOOK_DELETED"
    with nothing_happens(), pytest.raises(NotFound):
        services.delete_endpoint(endpoint.id, by=endpoint.owner)


def test_a_sample_waits_for_the_carrier_and_hurries_what_waits_before_it(world):
    endpoint, _ = world.endpoint()
    before = dead(endpoint.id)
    Delivery.objects.filter(id=before.id).update(state="PENDING", settled_at=None, next_at=Now() + timedelta(hours=2))

    webhook_id = services.send_sample(endpoint.id, by=endpoint.owner)

    sample = Delivery.objects.get(letter_id=webhook_id)
    assert (sample.channel, sample.recipient_id, sample.type, sample.state) == (WEBHOOK, endpoint.id, SAMPLE_TYPE, "PENDING")
    assert not Delivery.objects.filter(recipient_id=endpoint.id, next_at__gt=Now()).exists()
    assert audited(endpoint)[-1] == "WEBHOOK_SAMPLE_SENT"


def test_nothing_is_sent_to_a_webhook_that_is_off(world):
    endpoint, _ = world.endpoint()
    delivery = dead(endpoint.id)
    services.edit_endpoint(endpoint.id, by=endpoint.owner, is_active=False)

    for verb in (
        lambda: services.send_sample(endpoint.id, by=endpoint.owner),
        lambda: services.retry_delivery(endpoint.id, delivery.letter_id, by=endpoint.owner),
    ):
        with nothing_happens(), pytest.raises(EndpointOff):
            verb()


@pytest.mark.parametrize("state", ["DEAD", "SKIPPED"])
def test_what_was_given_up_goes_out_again_as_if_new(world, state):
    endpoint, _ = world.endpoint()
    delivery = dead(endpoint.id)
    Delivery.objects.filter(id=delivery.id).update(state=state)

    services.retry_delivery(endpoint.id, delivery.letter_id, by=endpoint.owner)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.failures, delivery.settled_at) == ("PENDING", 0, None)
    assert Attempt.objects.filter(delivery=delivery).count() == 1
    assert audited(endpoint)[-1] == "WEBHOOK_DELIVERY_RETRIED"
    with nothing_happens(), pytest.raises(DeliveryNotFailed):
        services.retry_delivery(endpoint.id, delivery.letter_id, by=endpoint.owner)


def test_what_has_arrived_or_was_never_there_is_not_sent_again(world):
    endpoint, other = world.endpoint()[0], world.endpoint()[0]
    sent, elsewhere = dead(endpoint.id), dead(other.id)
    Delivery.objects.filter(id=sent.id).update(state="SENT", copies=1)

    with nothing_happens(), pytest.raises(DeliveryNotFailed):
        services.retry_delivery(endpoint.id, sent.letter_id, by=endpoint.owner)
    for missing in (uuid7(), elsewhere.letter_id):
        with nothing_happens(), pytest.raises(NotFound):
            services.retry_delivery(endpoint.id, missing, by=endpoint.owner)


def test_a_closed_webhook_is_off_its_owner_is_told_once_and_may_switch_it_on_again(world):
    endpoint, _ = world.endpoint(url="https://hooks.example.com/a-path-that-is-a-password")

    assert services.close_endpoint(endpoint.id, reason="GONE")
    assert not services.close_endpoint(endpoint.id, reason="GONE")

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.closed_for) == (False, "GONE")
    (notice,) = Notification.objects.filter(user=endpoint.owner, type="WEBHOOK_CLOSED")
    assert notice.facts == {"name": "hooks.example.com"}
    assert AuditEntry.objects.get(subject_id=str(endpoint.id), action="WEBHOOK_CLOSED").actor == User.objects.system()
    assert services.edit_endpoint(endpoint.id, by=endpoint.owner, is_active=True).closed_for == ""


def test_the_notice_can_be_muted(world):
    endpoint, _ = world.endpoint()
    Preference.objects.create(user=endpoint.owner, type="WEBHOOK_CLOSED", channel="IN_APP", is_on=False)

    services.close_endpoint(endpoint.id, reason="GONE")

    assert not notification_list(by=endpoint.owner).filter(type="WEBHOOK_CLOSED").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"types": []},
        {"types": ["*", "ESCROW_FUNDED"]},
        {"sealed_secret": ""},
        {"sealed_old_secret": "sealed"},
        {"closed_for": "GONE"},
        {"deleted_at": "2026-01-01T00:00:00Z"},
        {"url": "ftp://hooks.example.com/"},
        {"created_at": "2026-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_the_database_itself_refuses_an_endpoint_that_cannot_be(world, wrong):
    endpoint, _ = world.endpoint()

    with pytest.raises(DatabaseError), transaction.atomic():
        Endpoint.objects.filter(id=endpoint.id).update(**wrong)
    with pytest.raises(DatabaseError), transaction.atomic():
        Endpoint.objects.filter(id=endpoint.id).delete()


def test_who_leaves_for_good_leaves_no_address_and_no_secret(world):
    endpoint, _ = world.endpoint(url="https://hooks.example.com/a-path-that-names-a-person")
    services.rotate_secret(endpoint.id, by=endpoint.owner)

    erase_account(by=endpoint.owner, password=PASSWORD)

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.sealed_secret, endpoint.sealed_old_secret) == (False, "", "")
    assert endpoint.deleted_at is not None
    assert "hooks.example.com" not in endpoint.url
    said = AuditEntry.objects.filter(subject_id=str(endpoint.id)).values_list("before", "after")
    assert "hooks.example.com" not in str(list(said))


def test_an_export_names_the_webhooks_of_a_person_and_no_secret(world):
    endpoint, secret = world.endpoint()
    file = io.BytesIO()

    write_personal_data(file, by=endpoint.owner)

    (told,) = json.loads(file.getvalue())["webhooks"]
    assert (told["id"], told["url"], told["types"]) == (str(endpoint.id), HOOK, ["*"])
    assert secret not in file.getvalue().decode()
    assert endpoint.sealed_secret not in file.getvalue().decode()
