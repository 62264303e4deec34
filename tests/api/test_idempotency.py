"""One answer per Idempotency-Key, whoever asks again, and however soon."""

import threading

import pytest
from django.db import connection, connections, transaction

from api.idempotency import claim, forget_old_keys
from api.models import IdempotencyKey
from core.people.models import Session, User
from tests.api.callers import MISSING, Caller
from tests.api.floor import keep_thing

pytestmark = pytest.mark.urls("tests.api.floor")

THINGS = "/api/things"
KEY = "a1b2c3d4-e5f6"


def kept(user: User) -> int:
    """How many things the commands have left behind."""
    return Session.objects.filter(user=user, user_agent="fox").count()


def test_the_same_key_and_body_do_it_once(world):
    caller = Caller(world.brand())

    first = caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)
    again = caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY, x_request_id="the-second-call")

    assert (first.status, again.status) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["X-Request-Id"] == first.headers["X-Request-Id"] == first.json["requestId"]
    assert "Idempotency-Replayed" not in first.headers
    assert kept(caller.user) == 1


def test_another_spelling_of_the_same_body_is_the_same_request(world):
    caller = Caller(world.brand())
    first = caller.call("POST", THINGS, raw=b'{"userAgent": "fox", "kind": "TOKEN"}', idempotency_key=KEY)
    again = caller.call("POST", THINGS, raw=b'{ "kind":"TOKEN",\n"userAgent":"\\u0066ox" }', idempotency_key=f'"{KEY}"')

    assert again.content == first.content
    assert kept(caller.user) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", THINGS, {"userAgent": "owl"}),
        ("POST", f"{THINGS}?x=1", {"userAgent": "fox"}),
        ("POST", "/api/things/preview", None),
        ("POST", f"/api/things/{MISSING}/touch", None),
        ("DELETE", f"/api/things/{MISSING}/touch", None),
    ],
)
def test_the_same_key_for_something_else_is_a_422(world, method, path, body):
    caller = Caller(world.brand())
    caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)

    answer = caller.call(method, path, body, idempotency_key=KEY)

    assert (answer.status, answer.code) == ((400, "VALIDATION_ERROR") if "x=1" in path else (422, "IDEMPOTENCY_CONFLICT"))
    assert kept(caller.user) == 1


def test_a_preview_and_the_real_thing_are_two_requests(world):
    caller = Caller(world.brand())
    caller.post("/api/things/preview?dryRun=true", idempotency_key=KEY)

    assert caller.post("/api/things/preview", idempotency_key=KEY).code == "IDEMPOTENCY_CONFLICT"


def test_the_key_of_another_person_is_another_key(world):
    one, other = Caller(world.brand()), Caller(world.brand())

    answers = [caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY) for caller in (one, other)]

    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].data != answers[1].data
    assert (kept(one.user), kept(other.user)) == (1, 1)


@pytest.mark.parametrize("key", ["", "short", "x" * 256, "with a space", "ключ-ключ-ключ", '"unclosed1', "tab\tinside", '""'])
def test_a_malformed_key_is_a_400(world, key):
    caller = Caller(world.brand())

    answer = caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=key)

    if key == '"unclosed1':  # a quote is a visible character like any other
        assert answer.status == 201
    else:
        assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
        assert kept(caller.user) == 0


@pytest.mark.parametrize(("agent", "status"), [("occupied", 409), ("missing", 404)])
def test_a_no_that_stands_is_kept(world, agent, status):
    caller = Caller(world.brand())

    first = caller.post(THINGS, {"userAgent": agent}, idempotency_key=KEY)
    again = caller.post(THINGS, {"userAgent": agent}, idempotency_key=KEY)

    assert first.status == again.status == status
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Session.objects.filter(user_agent=agent).count() == 0


@pytest.mark.parametrize(("agent", "status"), [("away", 503), ("broken", 500), ("", 400), ("f" * 21, 400)])
def test_a_no_that_may_pass_is_not_kept(world, agent, status):
    caller = Caller(world.brand())

    first = caller.post(THINGS, {"userAgent": agent}, idempotency_key=KEY)
    better = caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)

    assert (first.status, better.status) == (status, 201)
    assert "Idempotency-Replayed" not in better.headers
    assert Session.objects.filter(user_agent=agent).exclude(user_agent="").count() == 0


def test_a_throttled_call_is_not_kept(world, settings):
    settings.THROTTLE_MULTIPLIER = 1
    caller = Caller(world.brand())
    for _ in range(20):
        caller.post("/api/things/preview")

    assert caller.post("/api/things/preview", idempotency_key=KEY).status == 429
    assert not IdempotencyKey.objects.exists()


def test_rights_are_judged_before_the_replay(world):
    brand, moderator = Caller(world.brand()), Caller(world.staff("moderator"))
    brand.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)
    User.objects.filter(id=brand.user.id).update(role="CREATOR")
    creator_may = brand.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)
    User.objects.filter(id=brand.user.id).update(role="STAFF")
    staff_may_not = brand.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)
    User.objects.filter(id=brand.user.id).update(role="BRAND", blocked_at="2026-01-01T00:00:00Z")
    blocked = brand.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)

    assert creator_may.headers["Idempotency-Replayed"] == "true"
    assert (staff_may_not.status, staff_may_not.code) == (403, "FORBIDDEN")
    assert (blocked.status, blocked.code) == (401, "SESSION_INVALID")
    assert moderator.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY).status == 403


def test_a_route_that_answers_with_a_secret_keeps_nothing(db):
    first = Caller().post("/api/secrets", {"email": "a@example.com"}, idempotency_key=KEY)
    again = Caller().post("/api/secrets", {"email": "a@example.com"}, idempotency_key=KEY)

    assert first.data != again.data
    assert not IdempotencyKey.objects.exists()


def test_a_read_ignores_the_key(world):
    caller = Caller(world.brand())

    assert caller.get(THINGS, idempotency_key="bad").status == 200


def test_old_keys_go_and_young_ones_stay(world):
    caller = Caller(world.brand())
    for number in range(2):
        caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=f"{KEY}-{number}")
    IdempotencyKey.objects.filter(key=f"{KEY}-0").update(created_at="2020-01-01T00:00:00Z")

    assert forget_old_keys() == 1
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == [f"{KEY}-1"]


def together(count: int, work) -> None:
    """So many threads that start at the same moment, each with connections of its own."""
    barrier = threading.Barrier(count)

    def run(place: int) -> None:
        barrier.wait()
        try:
            work(place)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.race
def test_a_crowd_with_one_key_does_it_once_and_reads_the_same_bytes(committed):
    caller, answers = Caller(committed.brand()), []

    together(16, lambda _: answers.append(Caller(token=caller.token).post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY)))

    assert [answer.status for answer in answers] == [201] * 16
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 15
    assert kept(caller.user) == 1


@pytest.mark.race
def test_a_crowd_without_a_key_does_it_many_times(committed):
    """The control of the test above: it can fail."""
    caller = Caller(committed.brand())

    together(16, lambda _: Caller(token=caller.token).post(THINGS, {"userAgent": "fox"}))

    assert kept(caller.user) == 16


@pytest.mark.race
def test_a_twin_that_waits_too_long_is_told_to_come_back(committed, monkeypatch):
    monkeypatch.setattr("api.idempotency.PATIENCE", "200ms")
    caller = Caller(committed.brand())
    claimed, finish, answers = threading.Event(), threading.Event(), []

    def slow_twin() -> None:
        with transaction.atomic():
            claim(f"user:{caller.user.id}", KEY, "f" * 64)
            claimed.set()
            finish.wait(10)
            transaction.set_rollback(True)
        connections.close_all()

    twin = threading.Thread(target=slow_twin)
    twin.start()
    claimed.wait(10)
    answers.append(caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY))
    finish.set()
    twin.join()
    answers.append(caller.post(THINGS, {"userAgent": "fox"}, idempotency_key=KEY))

    assert (answers[0].status, answers[0].code, answers[0].reason) == (409, "CONFLICT", "REQUEST_IN_FLIGHT")
    assert int(answers[0].headers["Retry-After"]) > 0
    assert answers[1].status == 201
    assert kept(caller.user) == 1


def test_the_command_runs_with_the_usual_patience(world):
    with transaction.atomic():
        claim("user:1", KEY, "f" * 64)
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("10s",)


def test_the_floor_keeps_things_without_a_key_too(world):
    owner = world.brand()

    keep_thing(by=owner, user_agent="fox")

    assert kept(owner) == 1
