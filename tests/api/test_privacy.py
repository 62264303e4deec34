"""Taking one's data along, and leaving, as clients see it."""

import re

import orjson
from django.test import Client

from api import privacy
from api.models import IdempotencyKey
from core.people.models import User
from tests.api.callers import Caller
from tests.world import PASSWORD


def test_the_export_is_one_object_in_the_envelope_and_a_download(world):
    creator = world.verified_creator()

    answer = Caller(creator).get("/api/me/export")

    assert answer.data["account"]["email"] == creator.email
    assert re.search(r'attachment; filename="[a-z.-]+"', answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_long_export_leaves_in_pieces_and_reads_the_same(world, monkeypatch):
    caller = Caller(world.verified_creator())
    whole = caller.get("/api/me/export")
    monkeypatch.setattr(privacy, "IN_MEMORY_BYTES_MAX", 1_000)

    response = Client().get("/api/me/export", headers={"authorization": f"Bearer {caller.token}"})

    assert response.streaming
    body = b"".join(response.streaming_content)
    assert int(response.headers["Content-Length"]) == len(body)
    streamed = orjson.loads(body)
    assert list(streamed) == ["ok", "data", "requestId"]
    assert streamed["requestId"] == response.headers["X-Request-Id"]
    assert streamed["data"]["portfolio"] == whole.data["portfolio"]


def test_the_sixth_export_within_an_hour_is_too_many(world, settings):
    settings.THROTTLE_MULTIPLIER = 1
    caller = Caller(world.brand())

    assert [caller.get("/api/me/export").status for _ in range(6)] == [200] * 5 + [429]


def test_whoever_leaves_is_signed_out_and_no_stored_answer_stays(world):
    caller = Caller(world.creator())
    caller.post("/api/creator/portfolio", {"url": "https://example.com/own"}, idempotency_key="own-answer-1")
    assert IdempotencyKey.objects.filter(principal=f"user:{caller.user.id}").exists()

    assert caller.post("/api/me/delete", {"password": PASSWORD, "confirm": True}).data == {"deleted": True}

    assert caller.get("/api/me").code == "SESSION_INVALID"
    assert not IdempotencyKey.objects.filter(principal=f"user:{caller.user.id}").exists()
    unknown, left = (
        Caller().post("/api/auth/login", {"email": email, "password": PASSWORD}) for email in ("nobody@example.com", caller.user.email)
    )
    assert (unknown.status, unknown.code, unknown.json["error"]) == (left.status, left.code, left.json["error"])


def test_a_browser_that_leaves_loses_its_cookie(world):
    browser, creator = Client(), world.creator()
    signed = browser.post(
        "/api/auth/login", {"email": creator.email, "password": PASSWORD, "cookie": True}, content_type="application/json"
    )
    token = signed.json()["data"]["csrfToken"]

    response = browser.post(
        "/api/me/delete", {"password": PASSWORD, "confirm": True}, content_type="application/json", headers={"X-CSRFToken": token}
    )

    assert response.status_code == 200
    assert "Max-Age=0" in str(response.headers.get("Set-Cookie", "")) + response.cookies.output()


def test_leaving_has_to_be_confirmed_with_the_password(world):
    caller = Caller(world.creator())

    for body, field in (
        ({"password": PASSWORD, "confirm": False}, "confirm"),
        ({"password": "wrong-horse-9", "confirm": True}, "password"),
    ):
        answer = caller.post("/api/me/delete", body)
        assert (answer.status, list(answer.details["fieldErrors"])) == (400, [field])
    assert User.objects.get(id=caller.user.id).erased_at is None


def test_what_stands_in_the_way_is_named_with_what_to_do(world):
    job = world.reviewed_deal()

    answer = Caller(job.brand).post("/api/me/delete", {"password": PASSWORD, "confirm": True}, accept_language="ru")

    assert (answer.status, answer.reason) == (409, "ACCOUNT_HAS_OBLIGATIONS")
    assert answer.details["blockers"] == [
        {
            "code": "DEAL_IN_WORK",
            "message": f"«{job.title}» ещё в работе. Завершите сделку или отмените её.",
            "href": f"/dashboard/jobs/{job.id}/review",
            "subjectId": str(job.id),
        }
    ]


def test_staff_are_told_that_they_cannot_leave_this_way(world):
    answer = Caller(world.moderator).post("/api/me/delete", {"password": PASSWORD, "confirm": True})

    assert (answer.status, answer.reason) == (403, "STAFF_ACCOUNT")
