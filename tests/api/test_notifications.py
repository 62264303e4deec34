"""A person's notices over HTTP."""

import pytest

from core.notifications.models import Notification
from core.notifications.steps import notify
from tests.api.callers import Caller

FACTS = {"title": "Tea", "job_id": "0199f0c0-0000-7000-8000-000000000001", "amount_cents": 450_000, "currency": "RUB"}


@pytest.fixture
def reader(world):
    """Somebody with three notices of different categories, the oldest first."""
    person = world.bare_creator()
    notify([person], "PASSWORD_CHANGED")
    notify([person], "APPLICATION_ACCEPTED", facts=FACTS)
    notify([person], "ESCROW_FUNDED", facts=FACTS)
    return Caller(person)


def types(answer) -> list[str]:
    return [item["type"] for item in answer.data["items"]]


def test_the_newest_notice_comes_first_with_its_text_and_link(reader):
    first, *others = reader.get("/api/notifications").data["items"]

    assert [first["type"], *(item["type"] for item in others)] == ["ESCROW_FUNDED", "APPLICATION_ACCEPTED", "PASSWORD_CHANGED"]
    assert set(first) == {"id", "type", "category", "title", "body", "href", "isRead", "createdAt", "jobId"}
    assert (first["category"], first["isRead"], first["jobId"]) == ("PAYMENTS", False, None)
    assert first["href"] == f"/dashboard/work/{FACTS['job_id']}"


@pytest.mark.parametrize(
    ("language", "title", "body"),
    [
        ("ru", "Деньги внесены в эскроу", "«Tea»: 4\u202f500,00\u00a0₽ зарезервировано для вас."),
        ("en", "The escrow is funded", "“Tea”: 4\u202f500.00\u00a0₽ is reserved for you."),
    ],
)
def test_a_notice_speaks_the_readers_language(reader, language, title, body):
    item = reader.get("/api/notifications", accept_language=language).data["items"][0]

    assert (item["title"], item["body"]) == (title, body)


def test_a_notice_about_a_job_names_it(world):
    job = world.live_job()
    notify([job.brand], "MODERATION_APPROVED", job=job)

    item = Caller(job.brand).get("/api/notifications").data["items"][0]

    assert item["jobId"] == str(job.id)
    assert job.title in item["body"]


def test_looking_changes_nothing(reader):
    for path in ("/api/notifications", "/api/notifications/unread", "/api/notifications?filter=unread"):
        assert reader.get(path).status == 200

    assert reader.get("/api/notifications/unread").data["count"] == 3
    assert not Notification.objects.filter(user=reader.user).exclude(read_at=None).exists()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=PAYMENTS", ["ESCROW_FUNDED"]),
        ("category=DEALS", ["APPLICATION_ACCEPTED"]),
        ("category=DISPUTES", []),
        ("category=SYSTEM", ["PASSWORD_CHANGED"]),
        ("filter=all", ["ESCROW_FUNDED", "APPLICATION_ACCEPTED", "PASSWORD_CHANGED"]),
        ("filter=unread", ["APPLICATION_ACCEPTED", "PASSWORD_CHANGED"]),
        ("filter=unread&category=SYSTEM", ["PASSWORD_CHANGED"]),
    ],
)
def test_filters_narrow_before_the_page_is_cut(reader, query, expected):
    newest = reader.get("/api/notifications").data["items"][0]["id"]
    reader.post(f"/api/notifications/{newest}/read")

    assert types(reader.get(f"/api/notifications?{query}&limit=1")) == expected[:1]
    assert types(reader.get(f"/api/notifications?{query}")) == expected


@pytest.mark.parametrize("query", ["filter=new", "category=deals", "category=OTHER", "page=2", "limit=0", "cursor=abc"])
def test_unknown_parameters_and_values_are_refused(reader, query):
    answer = reader.get(f"/api/notifications?{query}")

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")


def test_pages_follow_each_other_without_gap_or_repetition(reader):
    first = reader.get("/api/notifications?limit=2").data
    notify([reader.user], "CREATOR_VERIFIED")
    second = reader.get(f"/api/notifications?limit=2&cursor={first['nextCursor']}").data

    assert [item["type"] for item in first["items"] + second["items"]] == ["ESCROW_FUNDED", "APPLICATION_ACCEPTED", "PASSWORD_CHANGED"]
    assert second["nextCursor"] is None


def test_reading_one_is_repeatable(reader):
    notice = reader.get("/api/notifications").data["items"][0]["id"]

    answers = [reader.post(f"/api/notifications/{notice}/read") for _ in range(2)]

    assert [(answer.status, answer.data) for answer in answers] == [(200, {"read": True})] * 2
    assert reader.get("/api/notifications/unread").data["count"] == 2
    assert reader.get("/api/notifications").data["items"][0]["isRead"] is True


def test_reading_all_leaves_nothing_unread(reader):
    assert reader.post("/api/notifications/read-all").data == {"readAll": True, "count": 3}
    assert reader.get("/api/notifications/unread").data["count"] == 0
    assert reader.post("/api/notifications/read-all", {}).data == {"readAll": True, "count": 0}


def test_reading_up_to_one_leaves_what_came_later(reader):
    middle = reader.get("/api/notifications").data["items"][1]["id"]

    assert reader.post("/api/notifications/read-all", {"upToId": middle}).data == {"readAll": True, "count": 2}

    assert types(reader.get("/api/notifications?filter=unread")) == ["ESCROW_FUNDED"]


@pytest.mark.parametrize("body", [{"upToId": "newest"}, {"upToId": 1}, {"upTo": "0199f0c0-0000-7000-8000-000000000001"}, []])
def test_a_body_that_names_no_notice_is_refused(reader, body):
    answer = reader.post("/api/notifications/read-all", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert reader.get("/api/notifications/unread").data["count"] == 3


def test_a_foreign_notice_is_a_missing_one(reader, world):
    stranger = Caller(world.bare_creator())
    notice = reader.get("/api/notifications").data["items"][0]["id"]

    read = stranger.post(f"/api/notifications/{notice}/read")
    read_all = stranger.post("/api/notifications/read-all", {"upToId": notice})

    assert (read.status, read_all.status) == (404, 404)
    assert reader.get("/api/notifications/unread").data["count"] == 3
