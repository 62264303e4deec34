"""Webhooks over HTTP: named, shown, changed and deleted under the names of the contract, with the secret shown once."""

import pytest

from api.models import IdempotencyKey
from core.webhooks.models import Endpoint
from core.webhooks.services import ACTIVE_MAX
from tests.api.callers import Caller
from tests.api.matrix.webhooks import dead
from tests.world.webhooks import HOOK

WANTED = {"url": HOOK, "types": ["ESCROW_FUNDED", "SUBMISSION_SUBMITTED"]}


def test_a_webhook_is_made_shown_changed_and_deleted(world):
    caller = Caller(world.brand())

    made = caller.post("/api/webhooks", WANTED)
    endpoint, secret = made.data["endpoint"], made.data["secret"]
    where = f"/api/webhooks/{endpoint['id']}"
    assert made.status == 201
    assert secret.startswith("whsec_")
    assert endpoint.items() >= (WANTED | {"isActive": True, "closedFor": None, "oldSecretUntil": None}).items()
    assert caller.get(where).data == {"endpoint": endpoint}
    assert caller.get("/api/webhooks").data["items"] == [endpoint]

    changed = caller.patch(where, {"types": ["*"], "isActive": False}).data["endpoint"]
    assert (changed["types"], changed["isActive"], changed["url"]) == (["*"], False, HOOK)
    assert caller.get("/api/webhooks?isActive=true").data["items"] == []
    assert caller.get("/api/webhooks?isActive=false").data["items"] == [changed]

    assert caller.delete(where).data == {"deleted": True}
    assert caller.get(where).status == caller.delete(where).status == 404
    assert caller.get("/api/webhooks").data["items"] == []


def test_the_secret_is_shown_when_it_is_made_and_never_again(world):
    caller = Caller(world.brand())

    made = caller.post("/api/webhooks", WANTED, idempotency_key="webhook-is-made-1")
    where = f"/api/webhooks/{made.data['endpoint']['id']}"
    rotated = caller.post(f"{where}/rotate", {"overlapHours": 2}, idempotency_key="webhook-is-rotated-1")
    secrets = [made.data["secret"], rotated.data["secret"]]
    later = [caller.get(where), caller.get("/api/webhooks"), caller.patch(where, {"types": ["*"]}), caller.get(f"{where}/attempts")]

    assert len(set(secrets)) == 2
    assert rotated.data["endpoint"]["oldSecretUntil"] is not None
    assert not any("whsec_" in answer.content.decode() for answer in later)
    assert not IdempotencyKey.objects.filter(key__startswith="webhook-is-").exists()
    row = str(Endpoint.objects.filter(id=made.data["endpoint"]["id"]).values())
    assert not any(secret in row for secret in secrets)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"types": ["*"]}, "url"),
        ({"url": HOOK}, "types"),
        (WANTED | {"url": "https://10.0.0.1/"}, "url"),
        (WANTED | {"url": "https://user@hooks.example.com/"}, "url"),
        (WANTED | {"url": f"{HOOK}/{'a' * 2_000}"}, "url"),
        (WANTED | {"url": 7}, "url"),
        (WANTED | {"types": []}, "types"),
        (WANTED | {"types": "*"}, "types"),
        (WANTED | {"types": ["escrow_funded"]}, "types"),
        (WANTED | {"isActive": False}, "isActive"),
        (WANTED | {"secret": "whsec_mine"}, "secret"),
        (WANTED | {"ownerId": "x"}, "ownerId"),
    ],
)
def test_a_bad_webhook_is_a_clear_400(world, body, field):
    caller = Caller(world.brand())

    answer = caller.post("/api/webhooks", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert [name.partition(".")[0] for name in answer.details["fieldErrors"]] == [field]
    assert caller.get("/api/webhooks").data["items"] == []


@pytest.mark.parametrize("hours", [-1, 25, "2", 1.5])
def test_an_overlap_is_a_day_at_most(world, hours):
    endpoint, _ = world.endpoint()

    answer = Caller(endpoint.owner).post(f"/api/webhooks/{endpoint.id}/rotate", {"overlapHours": hours})

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, ["overlapHours"])


def test_a_refusal_says_why_in_the_language_of_the_caller(world):
    endpoint, _ = world.endpoint()
    caller = Caller(endpoint.owner)
    delivery = dead(endpoint.id)
    retry = f"/api/webhooks/{endpoint.id}/deliveries/{delivery.letter_id}/retry"

    assert caller.post(retry).status == 200
    again = caller.post(retry)
    assert (again.status, again.details["code"]) == (409, "DELIVERY_NOT_FAILED")

    caller.patch(f"/api/webhooks/{endpoint.id}", {"isActive": False})
    off = caller.post(f"/api/webhooks/{endpoint.id}/test", accept_language="en")
    assert (off.status, off.details["code"]) == (409, "ENDPOINT_OFF")
    assert off.json["error"]["message"] == "The webhook is switched off. Switch it on first."


def test_a_sixth_active_webhook_is_refused_with_the_number(world):
    caller = Caller(world.brand())
    for _ in range(ACTIVE_MAX):
        assert caller.post("/api/webhooks", WANTED).status == 201

    answer = caller.post("/api/webhooks", WANTED)

    assert (answer.status, answer.details["code"], answer.details["limit"]) == (409, "ENDPOINT_LIMIT", ACTIVE_MAX)


def test_samples_are_few(world, settings):
    settings.THROTTLE_MULTIPLIER = 1
    endpoint, _ = world.endpoint()
    caller = Caller(endpoint.owner)

    statuses = [caller.post(f"/api/webhooks/{endpoint.id}/test").status for _ in range(11)]

    assert statuses == [200] * 10 + [429]
