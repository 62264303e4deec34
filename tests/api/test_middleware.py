"""The frame around a call: its id, its language, its limits, its headers."""

import io
import re
import uuid

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from api.middleware import RequestMiddleware, language_of
from api.parsers import BODY_MAX
from core.base import trace
from tests.api.callers import Caller, token_for

pytestmark = pytest.mark.urls("tests.api.floor")

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.mark.parametrize("given", ["abcdefgh", "a.b_c-1234", "X" * 64, str(uuid.UUID(int=1))])
def test_a_good_request_id_is_kept(given):
    answer = Caller().get("/api/things/wait", x_request_id=given)

    assert answer.json["requestId"] == given


@pytest.mark.parametrize(
    "given", ["short", "X" * 65, "with space", 'quote"d-id', "new\\nline-id", "ключ-ключ", "<script>alert", "a/b/c/d/e"]
)
def test_any_other_request_id_is_replaced(given):
    answer = Caller().get("/api/things/wait", x_request_id=given)

    assert UUID4.fullmatch(answer.json["requestId"])


def test_every_call_has_an_id_of_its_own_and_leaves_none_behind():
    ids = {Caller().get("/api/things/wait").json["requestId"] for _ in range(5)}

    assert len(ids) == 5
    assert trace.request_id() == ""


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ru"),
        ("ru", "ru"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,en;q=0.8", "en"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en;q=0.5,ru;q=0.4", "en"),
        ("en;q=0.4,ru;q=0.5", "ru"),
        ("en;q=0", "ru"),
        ("fr", "ru"),
        ("*", "ru"),
        ("en;q=nonsense", "ru"),
        (",;=,;q=", "ru"),
        ("en," * 10_000, "en"),
    ],
)
def test_russian_unless_english_is_preferred(header, language):
    assert language_of(header) == language


def test_messages_follow_the_language_and_codes_do_not():
    russian, english = Caller().get("/api/things"), Caller().get("/api/things", accept_language="en")

    assert russian.json["error"] | {"message": ""} == english.json["error"] | {"message": ""}
    assert russian.json["error"]["message"] == "Войдите, чтобы продолжить."
    assert english.json["error"]["message"] == "Sign in to do this."
    assert (russian.headers["Content-Language"], english.headers["Content-Language"]) == ("ru", "en")


def test_a_small_enough_body_passes_and_a_byte_more_does_not(world):
    caller = Caller(world.brand())
    padding = b'{"userAgent": "fox"}'.ljust(BODY_MAX)

    assert caller.call("POST", "/api/things", raw=padding).status == 201
    assert caller.call("POST", "/api/things", raw=padding + b" ").code == "PAYLOAD_TOO_LARGE"


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, *_: int) -> bytes:
        raise AssertionError("the body was read")


def test_a_body_that_says_it_is_too_large_is_not_read():
    request = RequestFactory().post("/api/things")
    request.META |= {"CONTENT_LENGTH": str(10**12), "wsgi.input": Unread()}

    assert RequestMiddleware(lambda _: None)(request).status_code == 413  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("length", ["-1", "abc", "1e3"])
def test_a_length_that_is_no_length_is_refused(length):
    request = RequestFactory().post("/api/things")
    request.META["CONTENT_LENGTH"] = length

    assert RequestMiddleware(lambda _: None)(request).status_code == 413  # type: ignore[arg-type,return-value]


def chunked(client, token: str, body: bytes):
    """A call whose body comes in chunks: without a length, as the server hands it over."""
    environ = client._base_environ(
        PATH_INFO="/api/things",
        REQUEST_METHOD="POST",
        CONTENT_TYPE="application/json",
        HTTP_TRANSFER_ENCODING="chunked",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    return client.request(**environ | {"wsgi.input": io.BytesIO(body)})


def test_a_chunked_body_is_read_whole(world, client):
    response = chunked(client, token_for(world.brand()), b'{"userAgent": "fox"}')

    assert response.status_code == 201


def test_an_endless_chunked_body_is_refused(world, client):
    response = chunked(client, token_for(world.brand()), b" " * (BODY_MAX + 1))

    assert response.status_code == 413


def test_nothing_of_a_signed_in_person_is_cached(world):
    caller = Caller(world.brand())

    assert caller.get("/api/things").headers["Cache-Control"] == "no-store"
    assert Caller().post("/api/secrets", {}).headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Caller().get("/api/things/wait").headers


def test_every_answer_is_inert_in_a_browser():
    for path in ["/api/things/wait", "/api/nothing", "/api/things"]:
        headers = Caller().get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "Set-Cookie" not in headers


def test_a_page_that_is_not_the_apis_is_left_alone(client):
    response = client.get("/nothing")

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
    assert UUID4.fullmatch(response.headers["X-Request-Id"])


@pytest.mark.parametrize("debug", [True, False])
def test_an_error_below_the_views_is_told_in_the_envelope(settings, debug):
    settings.DEBUG = debug
    settings.MIDDLEWARE = ["api.middleware.RequestMiddleware", "tests.api.test_middleware.Breaking"]

    answer = Caller().get("/api/things/wait")

    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.content


class Breaking:
    """A middleware with a bug."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        raise RuntimeError("secret")


@pytest.mark.parametrize("debug", [True, False])
def test_an_unknown_path_and_an_unknown_host_look_the_same_with_debug_and_without(settings, debug):
    settings.DEBUG = debug
    settings.ALLOWED_HOSTS = ["testserver"]

    assert Caller().get("/api/nothing/").code == "NOT_FOUND"
    assert Caller().get("/api/things/wait", host="evil.example").status in {200, 400}


def test_a_call_that_is_refused_leaves_nothing_unread_for_the_next_one_on_its_connection():
    request = RequestFactory().post("/api/jobs", b'{"title": "Tea"}', content_type="application/json")
    unread = request.META["wsgi.input"]

    response = RequestMiddleware(lambda _: HttpResponse(status=403))(request)

    assert response.status_code == 403
    assert unread.read() == b""
