"""The search field: what everybody may see, found by beginnings and in any form, and never an error."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from api import throttles
from core.base import clock
from core.jobs import services as jobs
from core.overview import search
from core.people.models import CreatorProfile, User
from tests.api.callers import Caller

WORD = "кузнечик"


def results(query: str, caller: Caller | None = None) -> list[dict]:
    return (caller or Caller()).call("GET", f"/api/search?{query}").data["results"]


def labels(word: str) -> list[str]:
    return [result["label"] for result in results(f"q={word}")]


def test_a_guest_finds_creators_by_their_profile_and_jobs(world):
    creator = world.verified_creator(display_name="Анна Кузнечикова", bio="Снимаю честные обзоры вещей на каждый день.")
    job = world.live_job(title="Обзор кузнечиков для террариума")

    assert results("q=кузнечик") == [
        {
            "type": "creator",
            "id": str(creator.creator_profile.id),
            "label": "Анна Кузнечикова",
            "href": f"/creators/{creator.creator_profile.id}",
        },
        {"type": "job", "id": str(job.id), "label": job.title, "href": f"/jobs/{job.id}"},
    ]


@pytest.mark.parametrize("typed", ["ку", "кузне", "Кузнечики", "кузнечиков обзор", "обз кузн", " кузнечик! "])
def test_a_job_is_found_by_the_beginnings_of_its_words_and_in_any_form(world, typed):
    job = world.live_job(title="Обзор кузнечиков для террариума")

    assert labels(typed) == [job.title]


@pytest.mark.parametrize("typed", ["кузнец", "обзор стрекозы", "узнечик"])
def test_what_has_not_all_the_words_is_not_found(world, typed):
    world.live_job(title="Обзор кузнечиков для террариума")

    assert labels(typed) == []


def test_only_live_jobs_are_found(world):
    title = "Обзор кузнечиков для террариума"
    world.draft_job(title=title)
    world.job(title=title)
    world.rejected_job(title=title)
    world.paused_job(title=title)
    world.accepted_job(job=world.live_job(title=title))

    assert labels(WORD) == []


@pytest.mark.parametrize("state", ["unverified", "hidden", "blocked", "closed"])
def test_only_listed_creators_are_found(world, state):
    make = world.creator if state == "unverified" else world.verified_creator
    creator = make(display_name="Анна Кузнечик", bio="Снимаю честные обзоры вещей на каждый день.")
    if state == "hidden":
        CreatorProfile.objects.filter(user=creator).update(is_public=False)
    if state == "blocked":
        User.objects.filter(id=creator.id).update(blocked_at=clock.now())
    if state == "closed":
        User.objects.filter(id=creator.id).update(is_active=False)

    assert labels(WORD) == []
    assert labels("Анна Кузнечик") == []


def test_nobody_is_found_by_an_address_or_a_brands_name(world):
    brand = world.brand(company_name="Кузнечик и компания")
    creator = world.verified_creator()
    world.live_job(brand=brand)

    assert labels("Кузнечик") == []
    assert labels(creator.email.partition("@")[0].replace("-", "")) == []


def test_five_of_each_kind_the_best_first(world):
    rated = []
    for rating in (3, 5, 1, 4, 2, 0):
        creator = world.verified_creator(display_name=f"Кузнечик {rating}", bio="Снимаю честные обзоры вещей на каждый день.")
        CreatorProfile.objects.filter(user=creator).update(rating_sum=rating, rating_count=1 if rating else 0)
        rated.append(rating)
    made = [world.live_job(title=f"Обзор кузнечиков, часть {number}") for number in range(7)]

    found = results(f"q={WORD}")

    assert [result["label"] for result in found[:5]] == [f"Кузнечик {rating}" for rating in (5, 4, 3, 2, 1)]
    assert [result["id"] for result in found[5:]] == [str(job.id) for job in reversed(made[2:])]


def test_old_jobs_are_found_though_the_new_ones_say_nothing(world, monkeypatch):
    monkeypatch.setattr(search, "LOOKED_AT", 2)
    old = [world.live_job(title=f"Обзор кузнечиков, часть {number}") for number in range(2)]
    for _ in range(4):
        world.live_job()
    new = world.live_job(title="Обзор кузнечиков, новая часть")

    assert [result["id"] for result in results(f"q={WORD}")] == [str(job.id) for job in (new, *reversed(old))]


def test_a_job_disappears_with_its_pause_and_its_change(world):
    job = world.live_job(title="Обзор кузнечиков для террариума")
    jobs.edit_job(job.id, by=job.brand, content={"title": "Обзор стрекоз для террариума"})
    assert labels(WORD) == [job.title]

    jobs.pause_job(job.id, by=job.brand)

    assert labels(WORD) == []


@pytest.mark.parametrize("typed", ["", "%20", "а", "%20а%20", "а" * 101, "%E2%A0%80%E2%A0%80", "%00%00"])
def test_a_query_that_is_too_short_or_too_long_is_refused(world, typed):
    answer = Caller().get(f"/api/search?q={typed}")

    assert (answer.status, answer.code, list(answer.details["fieldErrors"])) == (400, "VALIDATION_ERROR", ["q"])


def test_a_query_has_to_be_given_and_nothing_else(world):
    assert list(Caller().get("/api/search").details["fieldErrors"]) == ["q"]
    assert list(Caller().get("/api/search?q=чай&limit=5").details["fieldErrors"]) == ["limit"]


@pytest.mark.parametrize(
    "typed",
    [
        "'':*",
        "a' | 'b",
        "\\\\",
        "a:*",
        "!!",
        "& | !",
        "<->",
        "(((",
        "чай' OR 1=1 --",
        "--чай",
        "а б",
        "и на",
        "%%",
        "%s %(q)s",
        "№№№",
        "ﬁ ﷺ",
    ],
)
def test_signs_of_the_query_language_are_only_signs(world, typed):
    assert Caller().client.get("/api/search", {"q": typed}).status_code == 200


@profile(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=0, max_size=110))
def test_no_text_is_an_error(world, typed):
    response = Caller().client.get("/api/search", {"q": typed}, headers={"X-Request-Id": uuid.uuid4().hex})

    assert response.status_code in (200, 400)
    assert response.json()["ok"] is (response.status_code == 200)


def test_signs_alone_ask_nothing_of_the_database(world):
    with CaptureQueriesContext(connection) as asked:
        assert search.found("!!! ???") == []

    assert len(asked) == 0


def test_a_search_is_throttled(world, monkeypatch, settings):
    settings.THROTTLE_MULTIPLIER = 1
    monkeypatch.setitem(throttles.RATES, "search", (throttles.Rate(2, 60),))
    caller = Caller(world.brand())

    assert [caller.get("/api/search?q=чай").status for _ in range(3)] == [200, 200, 429]


def test_all_jobs_are_read_only_when_the_new_ones_are_not_enough(world):
    plan = search._other_jobs(search._word("кузн")).explain()

    assert "One-Time Filter" in plan
