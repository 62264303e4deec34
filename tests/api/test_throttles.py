"""How often one may knock: the count is shared, honest about what is left, and knows one caller from another."""

import threading
from contextlib import suppress

import pytest
from django.db import connections
from django.test import RequestFactory

from api.errors import RateLimited
from api.models import ThrottleCounter
from api.throttles import RATES, Rate, client_ip, count, forget_old_counters
from tests.api.callers import Caller

pytestmark = pytest.mark.urls("tests.api.floor")

PREVIEW = "/api/things/preview"
SIGN_IN = "/api/secrets"


@pytest.fixture(autouse=True)
def strict(settings):
    settings.THROTTLE_MULTIPLIER = 1


def ends(answers) -> list[int]:
    """The statuses of the answers."""
    return [answer.status for answer in answers]


def test_the_window_has_so_many_calls_and_no_more(world):
    caller = Caller(world.brand())
    calls = RATES["money"][0].calls

    answers = [caller.post(PREVIEW) for _ in range(calls + 2)]

    assert ends(answers) == [200] * calls + [429] * 2
    assert [answer.headers["RateLimit-Remaining"] for answer in answers[:3]] == ["19", "18", "17"]
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"20"}


def test_a_refusal_says_when_to_come_back(world):
    caller = Caller(world.brand())
    for _ in range(20):
        caller.post(PREVIEW)

    answer = caller.post(PREVIEW)

    assert answer.code == "RATE_LIMITED"
    assert 1 <= answer.details["retryAfterSec"] <= 60
    assert answer.headers["Retry-After"] == str(answer.details["retryAfterSec"])
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert answer.headers["RateLimit-Reset"] == answer.headers["Retry-After"]


def test_a_new_window_starts_from_nothing(world):
    caller = Caller(world.brand())
    for _ in range(21):
        caller.post(PREVIEW)
    ThrottleCounter.objects.update(bucket=0)

    answer = caller.post(PREVIEW)

    assert answer.status == 200
    assert answer.headers["RateLimit-Remaining"] == "19"


def test_people_do_not_use_up_each_others_calls(world):
    loud, quiet = Caller(world.brand()), Caller(world.brand())
    for _ in range(21):
        loud.post(PREVIEW)

    assert quiet.post(PREVIEW).status == 200


def test_a_read_is_not_counted(world):
    answer = Caller(world.brand()).get("/api/things")

    assert "RateLimit-Limit" not in answer.headers
    assert not ThrottleCounter.objects.exists()


def test_the_address_and_the_account_are_counted_apart(db):
    attacker = [Caller().post(SIGN_IN, {"email": "a@example.com"}) for _ in range(6)]
    elsewhere = Caller()
    elsewhere.client.defaults["REMOTE_ADDR"] = "10.0.0.2"

    assert ends(attacker) == [200] * 5 + [429]
    assert elsewhere.post(SIGN_IN, {"email": "b@example.com"}).status == 200


def test_one_account_is_not_guessed_from_many_addresses(db):
    statuses = []
    for number in range(50):
        caller = Caller()
        caller.client.defaults["REMOTE_ADDR"] = f"10.0.1.{number}"
        statuses.append(caller.post(SIGN_IN, {"email": " Victim@Example.com" if number % 2 else "victim@example.com"}).status)

    assert statuses.count(200) == 10


def test_the_table_names_nobody(db):
    Caller().post(SIGN_IN, {"email": "victim@example.com"})

    assert "victim" not in str(list(ThrottleCounter.objects.values()))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"email": 5}', b"{}"])
def test_a_body_without_an_account_is_counted_by_address_alone(db, body):
    statuses = [Caller().call("POST", SIGN_IN, raw=body).status for _ in range(6)]

    assert statuses[-1] == 429
    assert ThrottleCounter.objects.count() == 1


def test_invented_forwarded_headers_make_one_caller(db):
    answers = [Caller().post(SIGN_IN, {"email": f"{number}@example.com"}, x_forwarded_for=f"1.2.3.{number}") for number in range(6)]

    assert ends(answers)[-1] == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, nonsense", "0.0.0.0"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_our_own_proxies_saw(settings, proxies, forwarded, address):
    settings.NUM_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}

    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", headers=headers)) == address


def test_one_customer_of_ipv6_is_one_caller(db):
    for number in range(6):
        caller = Caller()
        caller.client.defaults["REMOTE_ADDR"] = f"2001:db8:0:1::{number}"
        status = caller.post(SIGN_IN, {"email": f"{number}@example.com"}).status

    assert status == 429


def test_the_multiplier_stretches_every_rate(world, settings):
    settings.THROTTLE_MULTIPLIER = 3
    caller = Caller(world.brand())

    answers = [caller.post(PREVIEW) for _ in range(61)]

    assert ends(answers) == [200] * 60 + [429]


def test_every_rate_is_counted_by_something_known():
    assert {rate.by for rates in RATES.values() for rate in rates} <= {"ip", "user", "account"}


def test_old_counters_go(world):
    Caller(world.brand()).post(PREVIEW)
    ThrottleCounter.objects.update(expires_at="2020-01-01T00:00:00Z")
    Caller(world.brand()).post(PREVIEW)

    assert forget_old_counters() == 1
    assert ThrottleCounter.objects.count() == 1


class Knock:
    """What the throttle needs of a request."""

    auth = None

    def __init__(self, user) -> None:
        self.user = user


@pytest.mark.race
def test_no_window_overshoots_when_many_knock_at_once(committed, monkeypatch):
    monkeypatch.setitem(RATES, "crowd", (Rate(50, 3600),))
    user = committed.brand()
    passed, barrier = [], threading.Barrier(16)

    def knock() -> None:
        barrier.wait()
        for _ in range(10):
            with suppress(RateLimited):
                count(Knock(user), "crowd")
                passed.append(1)
        connections.close_all()

    threads = [threading.Thread(target=knock) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == 50
