"""From the verb to the receiver: event, sequencer, carrier, HTTP, signature, and what each answer leads to."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from core.base import clock
from core.money.services import fund_escrow
from core.notifications.models import Notification
from core.people.models import User
from core.webhooks import services
from core.webhooks.models import Endpoint
from core.webhooks.targets import rules
from outbox.channels import Parcel
from outbox.ids import uuid7
from outbox.models import Attempt, Delivery, Event
from outbox.webhooks.calls import Message
from tests.api.callers import Caller
from tests.outbox.webhooks.receiver import NotSigned, Receiver, hang_up, verified
from tests.world import World

Carry = Callable[[], None]


def deliveries(endpoint: Endpoint) -> list[Delivery]:
    return list(Delivery.objects.filter(recipient_id=endpoint.id).order_by("id"))


def contents(receiver: Receiver) -> list[dict]:
    return [json.loads(got.body) for got in receiver.got]


def sample(endpoint: Endpoint) -> str:
    return str(services.send_sample(endpoint.id, by=endpoint.owner))


def test_what_a_verb_did_arrives_signed_at_the_endpoints_of_both_sides(committed: World, receiver, carry):
    job = committed.deal(funded=False)
    for_brand, secret = committed.endpoint(owner=job.brand, url=receiver.url, types=["ESCROW_FUNDED"])
    for_creator, other_secret = committed.endpoint(owner=job.active_creator, url=receiver.url, types=["*"])
    committed.wallet_money(job.brand, 1_000_000)
    fund_escrow(job.id, by=job.brand)

    carry()

    event = Event.objects.get(aggregate=f"job:{job.id}", type="ESCROW_FUNDED")
    arrived = [got for got in receiver.got if json.loads(got.body)["type"] == "ESCROW_FUNDED"]
    assert [got.id for got in arrived] == [str(event.uid)] * 2
    readers = []
    for got in arrived:
        for name, key in (("brand", secret), ("creator", other_secret)):
            try:
                content = verified(got.headers, got.body, key)
            except NotSigned:
                continue
            readers.append(name)
            assert content["id"] == str(event.uid)
            assert content["createdAt"] == content["timestamp"] == event.occurred_at.isoformat()
            assert content["payload"]["jobId"] == str(job.id)
            assert content["payload"]["amountCents"] == event.payload["amountCents"]
    assert sorted(readers) == ["brand", "creator"]
    assert [parcel.state for parcel in deliveries(for_brand)] == ["SENT"]
    assert {parcel.state for parcel in deliveries(for_creator)} == {"SENT"}


def test_a_person_does_not_learn_who_else_heard_of_it_and_an_engineer_does(committed: World, receiver, carry):
    brand, creator, engineer = committed.brand(), committed.creator(), committed.staff("engineer")
    committed.endpoint(owner=creator, url=f"{receiver.url}&reader=creator", types=["INVITATION_SENT"])
    committed.endpoint(owner=engineer, url=f"{receiver.url}&reader=engineer", types=["INVITATION_SENT"])
    whole = {"recipientUserIds": [str(brand.id), str(creator.id)], "actorUserId": str(brand.id), "jobId": "1"}
    Event.objects.create(
        uid=uuid7(),
        type="INVITATION_SENT",
        aggregate="job:1",
        payload=whole,
        recipient_ids=[brand.id, creator.id],
        actor_id=brand.id,
        occurred_at=clock.now(),
    )

    carry()

    heard = {got.path.rpartition("=")[2]: json.loads(got.body)["payload"] for got in receiver.got}
    assert heard == {"creator": {"jobId": "1"}, "engineer": whole}


def test_a_sample_is_a_real_delivery_that_says_it_is_one(committed: World, receiver, carry):
    endpoint, secret = committed.endpoint(url=receiver.url, types=["ESCROW_FUNDED"])

    webhook_id = sample(endpoint)
    carry()

    (got,) = receiver.got
    content = verified(got.headers, got.body, secret)
    assert (got.id, content["id"], content["test"], content["type"]) == (webhook_id, webhook_id, True, "WEBHOOK_SAMPLE")
    assert not Event.objects.filter(uid=webhook_id).exists()


def test_a_repeat_keeps_its_id_and_its_body_and_order_is_kept(committed: World, receiver, carry):
    endpoint, secret = committed.endpoint(url=receiver.url)
    receiver.script = [(500, {}, b""), hang_up, (404, {}, b"")]
    first, second = sample(endpoint), sample(endpoint)

    for _ in range(4):
        carry()

    assert [got.id for got in receiver.got] == [first] * 4 + [second]
    assert len({got.body for got in receiver.got[:4]}) == 1
    assert all(verified(got.headers, got.body, secret) for got in receiver.got)
    assert [parcel.state for parcel in deliveries(endpoint)] == ["SENT", "SENT"]


def test_the_log_shows_every_try_to_its_owner(committed: World, receiver, carry):
    endpoint, _ = committed.endpoint(url=receiver.url)
    receiver.script = [(500, {}, b""), (302, {"Location": "http://169.254.169.254/"}, b""), (429, {"Retry-After": "7"}, b"")]
    webhook_id = sample(endpoint)
    caller = Caller(endpoint.owner)

    carry()
    waiting = caller.get(f"/api/webhooks/{endpoint.id}/attempts").data["items"]
    for _ in range(3):
        carry()
    log = caller.get(f"/api/webhooks/{endpoint.id}/attempts").data["items"]

    assert [(one["outcome"], one["status"], one["state"]) for one in waiting] == [("UNKNOWN", 500, "PENDING")]
    assert waiting[0]["nextAttemptAt"] > waiting[0]["at"]
    assert [(one["outcome"], one["status"], one["code"]) for one in log] == [
        ("SENT", 204, ""),
        ("WAIT", 429, "HTTP_429"),
        ("FAILED", 302, "REDIRECT"),
        ("UNKNOWN", 500, "HTTP_500"),
    ]
    assert {(one["webhookId"], one["type"], one["state"], one["nextAttemptAt"]) for one in log} == {
        (webhook_id, "WEBHOOK_SAMPLE", "SENT", None)
    }
    first = caller.get(f"/api/webhooks/{endpoint.id}/attempts?limit=3").data
    rest = caller.get(f"/api/webhooks/{endpoint.id}/attempts?limit=3&cursor={first['nextCursor']}").data
    assert first["items"] + rest["items"] == log


def test_during_a_rotation_a_receiver_with_either_secret_is_content(committed: World, receiver, carry):
    endpoint, old = committed.endpoint(url=receiver.url)
    _, new = services.rotate_secret(endpoint.id, by=endpoint.owner, overlap_hours=1)
    sample(endpoint)
    carry()
    Endpoint.objects.filter(id=endpoint.id).update(old_secret_until=clock.now())
    sample(endpoint)
    carry()

    during, after = receiver.got
    assert verified(during.headers, during.body, old) == verified(during.headers, during.body, new)
    assert verified(after.headers, after.body, new)
    with pytest.raises(NotSigned):
        verified(after.headers, after.body, old)


def test_a_receiver_that_is_gone_closes_the_endpoint_tells_its_owner_and_hears_no_more(committed: World, receiver, carry):
    endpoint, _ = committed.endpoint(url=receiver.url)
    receiver.always = (410, {}, b"")
    sample(endpoint)
    sample(endpoint)

    carry()
    carry()

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.closed_for) == (False, "GONE")
    assert len(receiver.got) == 1
    assert [(parcel.state, parcel.reason) for parcel in deliveries(endpoint)] == [("SKIPPED", "GONE"), ("SKIPPED", "ENDPOINT_OFF")]
    assert Notification.objects.filter(user=endpoint.owner, type="WEBHOOK_CLOSED").count() == 1


def test_after_sixteen_failures_a_delivery_is_given_up_and_its_owner_may_send_it_again(committed: World, receiver, carry):
    endpoint, _ = committed.endpoint(url=receiver.url)
    receiver.always = (500, {}, b"")
    webhook_id = sample(endpoint)
    for _ in range(20):
        carry()

    (parcel,) = deliveries(endpoint)
    assert (parcel.state, parcel.failures, len(receiver.got)) == ("DEAD", 16, 16)

    receiver.always = (200, {}, b"")
    answer = Caller(endpoint.owner).post(f"/api/webhooks/{endpoint.id}/deliveries/{webhook_id}/retry")
    assert (answer.status, answer.data) == (200, {"webhookId": webhook_id})
    carry()
    assert [parcel.state for parcel in deliveries(endpoint)] == ["SENT"]
    assert {got.id for got in receiver.got} == {webhook_id}


def test_a_receiver_that_is_down_holds_up_nobody_else(committed: World, receiver, carry):
    down, _ = committed.endpoint(url="http://127.0.0.1:9/")
    up, _ = committed.endpoint(url=receiver.url)
    for _ in range(3):
        sample(down)
        sample(up)

    carry()

    assert [parcel.state for parcel in deliveries(up)] == ["SENT"] * 3
    assert [parcel.state for parcel in deliveries(down)] == ["PENDING"] * 3
    assert set(Attempt.objects.filter(delivery__recipient_id=down.id).values_list("code", flat=True)) == {"CONNECT_FAILED"}


def test_what_waits_for_somebody_who_was_blocked_meanwhile_is_left_out(committed: World, receiver, carry):
    endpoint, _ = committed.endpoint(url=receiver.url)
    sample(endpoint)
    User.objects.filter(id=endpoint.owner_id).update(blocked_at=clock.now())

    carry()

    assert receiver.got == []
    assert [(parcel.state, parcel.reason) for parcel in deliveries(endpoint)] == [("SKIPPED", "OWNER_BLOCKED")]


def test_a_deleted_endpoint_gets_nothing_that_still_waited(committed: World, receiver, carry):
    endpoint, _ = committed.endpoint(url=receiver.url)
    sample(endpoint)
    services.delete_endpoint(endpoint.id, by=endpoint.owner)

    carry()

    assert receiver.got == []
    assert [parcel.reason for parcel in deliveries(endpoint)] == ["ENDPOINT_DELETED"]


def test_an_address_that_was_allowed_once_is_judged_again_before_the_call(committed: World, receiver, settings, carry, sender):
    endpoint, _ = committed.endpoint(url=receiver.url)
    sample(endpoint)
    settings.WEBHOOK_PRIVATE_HOSTS_ALLOWED = False
    sender.calls.rules = rules()

    carry()

    assert receiver.got == []
    assert Attempt.objects.get(delivery__recipient_id=endpoint.id).code == "ADDRESS_NOT_PUBLIC"


def test_a_worker_that_dies_while_it_sends_costs_a_second_copy_of_the_same_id_and_loses_nothing(committed: World, receiver, carry):
    endpoint, _ = committed.endpoint(url=receiver.url)
    webhook_id = sample(endpoint)
    carry()
    lost = {"state": "SENDING", "settled_at": None, "lease_token": uuid7(), "lease_until": Now() - timedelta(seconds=1), "claims": 1}
    Delivery.objects.filter(recipient_id=endpoint.id).update(**lost)

    carry()
    carry()

    assert [got.id for got in receiver.got] == [webhook_id] * 2
    assert [(parcel.state, parcel.copies) for parcel in deliveries(endpoint)] == [("SENT", 2)]


def test_the_log_names_no_address_and_no_secret(committed: World, receiver, carry, caplog):
    endpoint, secret = committed.endpoint(url=f"http://127.0.0.1:{receiver.port}/a-path-that-is-a-password")
    receiver.script = [(500, {}, b"a word of the receiver"), hang_up]
    sample(endpoint)

    with caplog.at_level(logging.INFO):
        for _ in range(3):
            carry()

    assert len(receiver.got) == 3
    assert "WEBHOOK_SAMPLE" in caplog.text
    assert not any(hidden in caplog.text for hidden in (secret, "a-path-that", "a word of the receiver"))
    assert secret not in repr(Message("https://hooks.example.com/", "1", b"{}", (secret,)))


def test_many_parcels_are_prepared_with_three_statements(world, receiver, sender, django_assert_max_num_queries):
    endpoints = [world.endpoint(url=receiver.url)[0] for _ in range(6)]
    for endpoint in endpoints:
        sample(endpoint)
    rows = Delivery.objects.filter(recipient_id__in=[endpoint.id for endpoint in endpoints])
    parcels = [Parcel(row.id, row.channel, row.recipient_id, row.letter_id, None, row.type, row.aggregate, False, 0, 0, "") for row in rows]

    with django_assert_max_num_queries(3):
        prepared = sender.prepare(parcels)

    assert len(prepared) == 6
    assert {crowds for row in parcels for crowds in sender.crowds(row, prepared[row.id])} == {
        "host:127.0.0.1",
        *(f"owner:{endpoint.owner_id}" for endpoint in endpoints),
    }
