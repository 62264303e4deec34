"""Alerts over HTTP: kept under the names of the contract, and what they found, explained in the reader's language."""

import pytest

from core.jobs import services as jobs
from core.jobs.alerts.services import ALERTS_MAX, find_alerts
from tests.api.callers import Caller
from tests.core.jobs.traces import nothing_happens

ALERT = {
    "name": "Tea on TikTok",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "lang": "ru",
    "contentFormats": ["REVIEW"],
    "minBudgetCents": 300_000,
    "maxBudgetCents": 900_000,
    "currency": "RUB",
}


def test_an_alert_is_made_shown_changed_and_deleted(world):
    caller = Caller(world.creator())

    made = caller.post("/api/alerts", ALERT)
    assert (made.status, made.data["alert"].items() >= ALERT.items()) == (201, True)
    assert made.data["alert"]["isActive"] is True
    where = f"/api/alerts/{made.data['alert']['id']}"
    assert caller.get(where).data == made.data
    assert caller.get("/api/alerts").data["items"] == [made.data["alert"]]

    changed = caller.patch(where, {"lang": "", "maxBudgetCents": None, "contentFormats": []}).data["alert"]
    assert (changed["lang"], changed["maxBudgetCents"], changed["contentFormats"], changed["niche"]) == ("", None, [], "FOOD")
    rested = caller.post(f"{where}/toggle", {"isActive": False}).data["alert"]
    assert rested["isActive"] is False
    assert caller.get("/api/alerts?isActive=true").data["items"] == []

    assert caller.delete(where).data == {"deleted": True}
    assert caller.get(where).status == caller.delete(where).status == 404
    assert caller.get("/api/alerts").data["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "T", "niche": "FOOD"}, "name"),
        ({"niche": "FOOD"}, "name"),
        ({"name": "Tea"}, None),
        ({"name": "Tea", "lang": "RU"}, "lang"),
        ({"name": "Tea", "lang": "tlh"}, "lang"),
        ({"name": "Tea", "minBudgetCents": 1}, "currency"),
        ({"name": "Tea", "minBudgetCents": 2, "maxBudgetCents": 1, "currency": "RUB"}, "maxBudgetCents"),
        ({"name": "Tea", "minBudgetCents": 1.5, "currency": "RUB"}, "minBudgetCents"),
        ({"name": "Tea", "minBudgetCents": "1", "currency": "RUB"}, "minBudgetCents"),
        ({"name": "Tea", "niche": "FOOD", "isActive": False}, "isActive"),
        ({"name": "Tea", "niche": "FOOD", "creatorId": "x"}, "creatorId"),
    ],
)
def test_a_bad_alert_is_a_clear_400(world, body, field):
    caller = Caller(world.creator())

    with nothing_happens():
        answer = caller.post("/api/alerts", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert list(answer.details["fieldErrors"]) == ([field] if field else [])
    assert bool(answer.details["formErrors"]) is (field is None)


def test_too_many_and_the_same_name_are_refused_with_their_reasons(world):
    creator = world.creator()
    caller = Caller(creator)
    caller.post("/api/alerts", ALERT)

    same = caller.post("/api/alerts", ALERT)
    for _ in range(ALERTS_MAX - 1):
        world.alert(creator=creator)
    many = caller.post("/api/alerts", ALERT | {"name": "One more"})

    assert (same.status, same.reason) == (409, "ALERT_NAME_TAKEN")
    assert (many.status, many.reason, many.details["limit"]) == (409, "ALERT_LIMIT", ALERTS_MAX)


def test_found_jobs_come_newest_first_with_the_reasons_in_the_readers_language(world):
    creator = world.creator()
    caller = Caller(creator)
    alert = caller.post("/api/alerts", {"name": "Tea", "niche": "FOOD", "minBudgetCents": 300_000, "currency": "RUB"}).data["alert"]
    first, second, third = (world.live_job() for _ in range(3))
    find_alerts()
    jobs.pause_job(second.id, by=second.brand)

    found = caller.get(f"/api/alerts/{alert['id']}/hits?limit=1")
    rest = caller.get(f"/api/alerts/{alert['id']}/hits?limit=1&cursor={found.data['nextCursor']}")

    assert [row["job"]["id"] for row in (*found.data["items"], *rest.data["items"])] == [str(third.id), str(first.id)]
    assert rest.data["nextCursor"] is None
    assert found.data["items"][0]["matchedBecause"] == [
        {"criterion": "NICHE", "text": "Ниша: Еда"},
        {"criterion": "BUDGET", "text": "Бюджет: от 3\u202f000,00\u00a0₽ до 5\u202f000,00\u00a0₽"},
    ]
    assert found.data["items"][0]["job"] == next(job for job in Caller().get("/api/jobs").data["items"] if job["id"] == str(third.id))
    english = caller.get(f"/api/alerts/{alert['id']}/hits", accept_language="en")
    assert english.data["items"][0]["matchedBecause"][0]["text"] == "Niche: Food"


def test_the_notice_is_read_in_both_languages(world):
    creator = world.creator()
    world.alert(creator=creator, name="Чай", niche="FOOD")
    job = world.live_job()
    find_alerts()

    (notice,) = Caller(creator).get("/api/notifications").data["items"]

    assert (notice["type"], notice["href"], notice["jobId"]) == ("JOB_ALERT_MATCHED", f"/jobs/{job.id}", str(job.id))
    assert "Чай" in notice["body"]
    assert job.title in notice["body"]


def test_alerts_are_listed_newest_first_page_by_page(world):
    creator = world.creator()
    made = [world.alert(creator=creator) for _ in range(5)]
    caller, seen, cursor = Caller(creator), [], ""

    while cursor is not None:
        page = caller.get(f"/api/alerts?limit=2{cursor and f'&cursor={cursor}'}").data
        seen += [alert["id"] for alert in page["items"]]
        cursor = page["nextCursor"]

    assert seen == [str(alert.id) for alert in reversed(made)]
