"""Signing in with a token or a cookie: what opens, what does not, and what every no looks like."""

from datetime import timedelta

import pytest
from django.test import Client

from api.auth import SESSION_COOKIE
from core.base import clock
from core.people.models import Session, User
from tests.api.callers import Caller, envelope_of, token_for
from tests.perf.statements import counted

pytestmark = pytest.mark.urls("tests.api.floor")

ENDED = {
    "revoked": {"revoked_at": clock.now()},
    "expired": {"expires_at": clock.now()},
}
SHUT_OUT = {
    "inactive": {"is_active": False},
    "blocked": {"blocked_at": clock.now()},
}


def session_invalid(answer) -> bool:
    """Whether this is the one answer for every token that opens nothing."""
    assert (answer.status, answer.code) == (401, "SESSION_INVALID")
    assert answer.details == {"action": "SIGN_IN"}
    return answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_living_token_opens_at_the_price_of_one_query(world):
    caller = Caller(world.brand())

    with counted() as statements:
        answer = caller.get("/api/things/wait")

    assert answer.status == 200
    assert len(statements) == 1


def test_nobody_is_a_401_that_asks_to_sign_in(world):
    answer = Caller().get("/api/things")

    assert (answer.status, answer.code) == (401, "UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "details" not in answer.json["error"]


@pytest.mark.parametrize("change", ENDED.values(), ids=ENDED)
@pytest.mark.parametrize("path", ["/api/things", "/api/things/wait"])
def test_an_ended_session_opens_nothing_not_even_public_routes(world, change, path):
    caller = Caller(world.brand())
    Session.objects.filter(user=caller.user).update(**change)

    assert session_invalid(caller.get(path))


@pytest.mark.parametrize("change", SHUT_OUT.values(), ids=SHUT_OUT)
def test_a_person_who_is_shut_out_is_out_at_once(world, change):
    caller = Caller(world.brand())
    User.objects.filter(id=caller.user.id).update(**change)

    assert session_invalid(caller.get("/api/things"))


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer  two",
        "Bearer one two",
        "Basic dXNlcjpwYXNz",
        "Token abc",
        "",
        "Bearer mk_unknown",
        "Bearer " + "x" * 201,
        "Bearer \u0442\u043e\u043a\u0435\u043d",
        "Bearer a\tb",
    ],
)
def test_a_header_that_is_no_token_of_ours_is_a_stale_session(world, header):
    assert session_invalid(Caller().get("/api/things/wait", authorization=header))


def test_the_scheme_is_read_without_case(world):
    token = token_for(world.brand())

    assert Caller().get("/api/things", authorization=f"bEaReR {token}").status == 200


def test_only_the_digest_is_kept(world):
    token = token_for(world.brand())

    assert token not in str(list(Session.objects.values()))


def test_seen_is_written_at_most_every_five_minutes(world):
    caller = Caller(world.brand())
    earlier = clock.now() - timedelta(minutes=4)
    Session.objects.filter(user=caller.user).update(last_seen_at=earlier)

    caller.get("/api/things/wait")
    unchanged = Session.objects.get(user=caller.user).last_seen_at
    Session.objects.filter(user=caller.user).update(last_seen_at=clock.now() - timedelta(minutes=6))
    caller.get("/api/things/wait")

    assert unchanged == earlier
    assert clock.now() - Session.objects.get(user=caller.user).last_seen_at < timedelta(minutes=1)


class Browser:
    """A browser with a session cookie, held to Django's CSRF check."""

    def __init__(self, cookie: str, *, csrf: str | None = None) -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.client.cookies[SESSION_COOKIE] = cookie
        self.csrf = csrf
        if csrf:
            self.client.cookies["csrftoken"] = csrf

    def call(self, method: str, path: str, **headers: str):
        sent = {"x-csrftoken": self.csrf} if self.csrf else {}
        return self.client.generic(method, path, b"", headers=sent | headers)


CSRF = "a" * 32


def test_a_cookie_reads_without_proof_and_writes_only_with_it(world):
    cookie = token_for(world.brand(), kind=Session.Kind.COOKIE)

    assert Browser(cookie).call("GET", "/api/things").status_code == 200
    refused = Browser(cookie).call("POST", "/api/things/preview")
    assert refused.status_code == 403
    assert envelope_of(refused)["error"]["code"] == "FORBIDDEN"
    assert envelope_of(refused)["error"]["details"] == {"code": "CSRF_FAILED"}
    assert Browser(cookie, csrf=CSRF).call("POST", "/api/things/preview").status_code == 200


def test_a_page_of_somebody_else_cannot_use_the_cookie(world):
    browser = Browser(token_for(world.brand(), kind=Session.Kind.COOKIE), csrf=CSRF)

    assert browser.call("POST", "/api/things/preview", origin="https://evil.example").status_code == 403


def test_the_header_decides_and_cookies_are_not_even_looked_at(world):
    browser = Browser(token_for(world.brand(), kind=Session.Kind.COOKIE), csrf=CSRF)

    assert browser.call("GET", "/api/things", authorization="Bearer mk_unknown").status_code == 401
    assert browser.call("POST", "/api/things/preview", authorization=f"Bearer {token_for(world.brand())}").status_code == 200


def test_a_token_is_no_cookie_and_a_cookie_is_no_token(world):
    token, cookie = token_for(world.brand()), token_for(world.brand(), kind=Session.Kind.COOKIE)

    assert Browser(token).call("GET", "/api/things").status_code == 401
    assert session_invalid(Caller(token=cookie).get("/api/things"))


def test_a_stale_cookie_is_taken_away_so_that_the_browser_can_sign_in_again(world):
    response = Browser("mk_unknown").call("GET", "/api/things/wait")

    assert response.status_code == 401
    assert response.headers["Set-Cookie"].startswith(f"{SESSION_COOKIE}=; Max-Age=0; Path=/")


def test_a_sign_in_route_looks_at_no_token(world):
    assert Caller(token="mk_unknown").post("/api/secrets").status == 200


@pytest.mark.parametrize(
    ("path", "method", "welcome"),
    [
        ("/api/things/brands", "POST", {"brand"}),
        ("/api/things/creators", "GET", {"creator"}),
        ("/api/things/moderators", "GET", {"moderator", "support", "superuser"}),
        ("/api/forgotten", "GET", set()),
        ("/api/half", "POST", set()),
    ],
)
def test_the_wrong_role_is_a_403(world, path, method, welcome):
    people = {"brand": world.brand(), "creator": world.creator(), "superuser": world.staff()}
    people |= {name: world.staff(name) for name in ("moderator", "finance", "finance_approver", "support", "engineer")}
    User.objects.filter(id=people["superuser"].id).update(is_superuser=True)

    body = {"userAgent": "fox"} if method == "POST" else None

    statuses = {name: Caller(user).call(method, path, body).status for name, user in people.items()}

    assert {name for name, status in statuses.items() if status == 200} == welcome
    assert {status for name, status in statuses.items() if name not in welcome} <= {403}
    assert Caller().call(method, path).status == 401
