"""Preferences and putting notices away over HTTP: shapes and codes. What they do is judged in tests/core/notifications."""

import pytest

from core.notifications.models import Notification, Preference, QuietHours
from core.notifications.steps import notify
from tests.api.callers import Caller

WHERE = "/api/notifications/preferences"
NIGHT = {"startsAt": "22:00", "endsAt": "08:30", "timeZone": "Europe/Moscow"}


def switches(caller: Caller) -> dict[str, dict]:
    return {item["type"]: item for item in caller.get(WHERE).data["items"]}


def test_everybody_sees_the_notices_that_may_come_to_them(world):
    shown = {
        name: switches(Caller(person))
        for name, person in (("brand", world.brand()), ("creator", world.creator()), ("staff", world.moderator))
    }

    assert shown["creator"]["APPLICATION_ACCEPTED"] == {
        "type": "APPLICATION_ACCEPTED",
        "category": "DEALS",
        "title": "Ваш отклик принят",
        "canMute": True,
        "channels": {"inApp": True, "telegram": True, "email": True},
    }
    assert "APPLICATION_ACCEPTED" not in shown["brand"]
    assert "JOB_PUBLISHED" in shown["staff"]
    assert not {"JOB_PUBLISHED"} & (shown["brand"].keys() | shown["creator"].keys())
    for items in shown.values():
        assert not items["PASSWORD_CHANGED"]["canMute"]
        assert not any("{" in item["title"] for item in items.values())


def test_titles_come_in_the_language_of_the_caller(world):
    caller = Caller(world.creator())

    titles = {item["type"]: item["title"] for item in caller.get(WHERE, accept_language="en").data["items"]}

    assert titles["APPLICATION_ACCEPTED"] == "Your application is accepted"


def test_what_is_not_named_stays_as_it_is(world):
    caller = Caller(world.creator())
    caller.patch(WHERE, {"items": [{"type": "REVIEW_RECEIVED", "channels": {"telegram": False}}]})

    answered = caller.patch(WHERE, {"items": [{"type": "REVIEW_RECEIVED", "channels": {"email": False}}], "quietHours": NIGHT})

    assert answered.data == caller.get(WHERE).data
    assert switches(caller)["REVIEW_RECEIVED"]["channels"] == {"inApp": True, "telegram": False, "email": False}
    assert switches(caller)["REVIEW_WAITS"]["channels"] == {"inApp": True, "telegram": True, "email": True}
    assert answered.data["quietHours"] == NIGHT
    assert caller.patch(WHERE, {"quietHours": None}).data["quietHours"] is None


def test_a_muted_type_does_not_come(world):
    creator = world.creator()
    caller = Caller(creator)
    caller.patch(WHERE, {"items": [{"type": "CREATOR_VERIFIED", "channels": {"inApp": False}}]})

    notify([creator], "CREATOR_VERIFIED")

    assert caller.get("/api/notifications").data["items"] == []


def test_money_and_security_cannot_be_muted(world):
    caller = Caller(world.creator())

    refused = caller.patch(WHERE, {"items": [{"type": "PAYOUT_PAID", "channels": {"telegram": False}}], "quietHours": NIGHT})

    assert (refused.status, refused.code, refused.details["code"], refused.details["types"]) == (
        409,
        "CONFLICT",
        "CANNOT_MUTE",
        ["PAYOUT_PAID"],
    )
    assert not Preference.objects.exists()
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"items": [{"type": "JOB_PUBLISHED", "channels": {"inApp": False}}]},
        {"items": [{"type": "NONE", "channels": {"inApp": False}}]},
        {"items": [{"type": "REVIEW_RECEIVED", "channels": {"pigeon": False}}]},
        {"items": [{"type": "REVIEW_RECEIVED", "channels": {"inApp": "no"}}]},
        {"items": [{"type": "REVIEW_RECEIVED"}]},
        {"items": "all"},
        {"quietHours": NIGHT | {"startsAt": "25:00"}},
        {"quietHours": NIGHT | {"startsAt": "08:30"}},
        {"quietHours": NIGHT | {"endsAt": "8.30"}},
        {"quietHours": NIGHT | {"timeZone": "Moscow"}},
        {"quietHours": {"startsAt": "22:00"}},
        {"volume": 11},
    ],
)
def test_a_body_that_says_nothing_sensible_is_refused(world, body):
    refused = Caller(world.creator()).patch(WHERE, body)

    assert (refused.status, refused.code) == (400, "VALIDATION_ERROR")
    assert not Preference.objects.exists()
    assert not QuietHours.objects.exists()


def test_notices_are_put_away(world):
    creator = world.creator()
    caller = Caller(creator)
    for _ in range(3):
        notify([creator], "CREATOR_VERIFIED")
    items = caller.get("/api/notifications").data["items"]

    cleared = caller.post("/api/notifications/clear", {"upToId": items[1]["id"]})

    assert cleared.data == {"cleared": True, "count": 2}
    assert [item["id"] for item in caller.get("/api/notifications").data["items"]] == [items[0]["id"]]
    assert caller.post("/api/notifications/clear").data == {"cleared": True, "count": 1}
    assert caller.get("/api/notifications").data["items"] == []
    assert caller.post(f"/api/notifications/{items[0]['id']}/read").status == 404
    assert Notification.objects.filter(user=creator).count() == 3


def test_what_waits_is_counted_by_category(world):
    creator = world.creator()
    notify([creator], "CREATOR_VERIFIED")
    notify([creator], "PAYOUT_PAID", facts={"amount_cents": 1, "currency": "RUB", "method": "4242"})

    shown = Caller(creator).get("/api/notifications/unread").data

    assert shown == {"count": 2, "byCategory": {"DEALS": 0, "PAYMENTS": 1, "DISPUTES": 0, "SYSTEM": 1}}


def test_the_filters_narrow_before_the_page_is_cut(world):
    creator = world.creator()
    caller = Caller(creator)
    notify([creator], "PAYOUT_PAID", facts={"amount_cents": 1, "currency": "RUB", "method": "4242"})
    for _ in range(3):
        notify([creator], "CREATOR_VERIFIED")
    newest = caller.get("/api/notifications?limit=1").data["items"][0]
    caller.post(f"/api/notifications/{newest['id']}/read")

    def page(query: str) -> tuple[list[str], bool]:
        shown = caller.get(f"/api/notifications?{query}").data
        return [item["type"] for item in shown["items"]], shown["nextCursor"] is not None

    assert page("category=PAYMENTS&limit=1") == (["PAYOUT_PAID"], False)
    assert page("filter=unread&category=SYSTEM&limit=2") == (["CREATOR_VERIFIED"] * 2, False)
    assert page("filter=unread&limit=2") == (["CREATOR_VERIFIED"] * 2, True)
