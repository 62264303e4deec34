"""The clock of a sandbox over HTTP; without SANDBOX=1 there is no such path."""

import importlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.urls import clear_url_caches

import api.urls
import core.urls
from api import docs, schema
from api.routes import routes
from core.base import clock
from core.jobs.models import Job
from core.sandbox.models import SandboxClock
from tests.api.callers import Caller
from tests.world import FILES

PATHS = (("GET", "/api/sandbox/clock"), ("POST", "/api/sandbox/clock/advance"))
DAY = 86_400


def serve_anew() -> None:
    """The routes are those of the settings as they are now."""
    importlib.reload(api.urls)
    importlib.reload(core.urls)
    clear_url_caches()
    for made_once in (docs.document, docs.document_text, schema.operation_ids):
        made_once.cache_clear()


@pytest.fixture
def sandbox(settings, db: None) -> Iterator[None]:
    """A server with SANDBOX=1."""
    settings.SANDBOX = True
    serve_anew()
    clock.forget()
    yield
    settings.SANDBOX = False
    serve_anew()
    clock.forget()


def test_without_a_sandbox_the_paths_are_as_unknown_as_any_other(world):
    caller = Caller(world.brand())
    unknown = caller.get("/api/no/such/path")

    for method, path in PATHS:
        answer = caller.call(method, path, {"seconds": DAY} if method == "POST" else None)

        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert answer.json["error"] == unknown.json["error"]
    assert not SandboxClock.objects.exists()
    assert not [route for route in routes() if "sandbox" in route.path]
    assert not [path for path in Caller().get("/api/schema").data["paths"] if "sandbox" in path]


def test_with_one_they_are_served_and_described(sandbox, world):
    assert {(route.method, route.path) for route in routes() if "sandbox" in route.path} == set(PATHS)
    assert {path for path in Caller().get("/api/schema").data["paths"] if "sandbox" in path} == {path for _method, path in PATHS}


def test_who_signed_in_reads_and_moves_the_clock(sandbox, world):
    for person in (world.brand(), world.creator(), world.staff("engineer")):
        caller = Caller(person)
        before = datetime.fromisoformat(caller.get(PATHS[0][1]).data["now"])
        moved = caller.post(PATHS[1][1], {"seconds": 3_600}).data
        after = datetime.fromisoformat(caller.get(PATHS[0][1]).data["now"])

        assert moved["fired"] == []
        assert timedelta(hours=1) <= after - before < timedelta(hours=1, minutes=1)
    assert [Caller().call(method, path).status for method, path in PATHS] == [401, 401]


def test_the_clock_is_moved_to_a_moment_too(sandbox, world):
    caller = Caller(world.brand())
    wanted = clock.now() + timedelta(days=3)

    moved = caller.post(PATHS[1][1], {"to": wanted.isoformat()}).data

    assert timedelta() <= datetime.fromisoformat(moved["now"]) - wanted < timedelta(minutes=1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"seconds": 0},
        {"seconds": -1},
        {"seconds": 400_000_000},
        {"seconds": 1, "to": "2100-01-01T00:00:00Z"},
        {"to": "2000-01-01T00:00:00Z"},
    ],
)
def test_other_wishes_are_refused(sandbox, world, body):
    answer = Caller(world.brand()).post(PATHS[1][1], body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert not SandboxClock.objects.exists()


def test_a_key_moves_the_clock_once(sandbox, world):
    caller = Caller(world.brand())

    first, again = (caller.post(PATHS[1][1], {"seconds": DAY}, idempotency_key="one-day-only") for _ in range(2))

    assert first.data == again.data
    assert clock.now() - clock.machine_now() < timedelta(days=1, minutes=1)


def test_a_deal_of_two_weeks_runs_in_five_seconds(sandbox, world):
    """From the job to the published reviews; what nobody does the clock does."""
    brand, creator, moderator = Caller(world.brand()), Caller(world.creator()), Caller(world.moderator)
    advance = PATHS[1][1]
    began = time.monotonic()

    job = brand.post("/api/jobs", CONTENT).data["job"]
    where = f"/api/jobs/{job['id']}"
    moderator.post(f"/api/admin/jobs/{job['id']}/approve", {"contentVersion": job["contentVersion"]})
    offer = creator.post(f"{where}/apply", {"message": "I love tea.", "priceQuote": 4_500}).data["application"]
    brand.post(f"{where}/applications/{offer['id']}/accept")
    brand.post(f"/api/escrow/{job['id']}/fund")
    brand.post(advance, {"seconds": 2 * DAY})
    creator.post(f"{where}/submissions", {"items": list(FILES)})
    waiting = creator.get(where).data["job"]
    approved = brand.post(advance, {"seconds": 6 * DAY}).data
    assert brand.post("/api/reviews", {"jobId": job["id"], "rating": 5, "text": "A pleasure."}).status == 201
    ended = brand.post(advance, {"seconds": 6 * DAY}).data

    seconds = time.monotonic() - began
    ours = [[fired["kind"] for fired in answer["fired"] if fired["jobId"] == job["id"]] for answer in (approved, ended)]
    assert (waiting["waitingOn"], [timer["kind"] for timer in waiting["timers"]]) == ("BRAND", ["REVIEW_WORK"])
    assert ours == [["REVIEW_WORK"], ["WRITE_REVIEWS"]]
    done = Job.objects.get(id=job["id"])
    assert (done.status, done.escrow.status) == ("COMPLETED", "RELEASED")
    assert done.reviews.get().published_at is not None
    assert seconds < 5


CONTENT = {
    "title": "Review of our green tea",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "usageTermDays": 90,
    "revisionRounds": 1,
    "budgetMin": 3000,
    "budgetMax": 5000,
    "deadlineType": "DAYS_3_5",
}
