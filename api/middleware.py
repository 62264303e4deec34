"""The frame around every call under /api/: its id, its language, its limits and its headers."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.utils import translation

from api.auth import SESSION_COOKIE
from api.errors import Broken, MethodNotAllowed, PayloadTooLarge, RateLimited, answer
from api.parsers import BODY_MAX
from api.renderers import JSON
from core.base import clock, trace
from core.base.errors import Forbidden, Invalid, NotFound, Refusal

log = structlog.get_logger("api")

PREFIX = "/api/"
PAGES = ("/api/docs", "/api/schema")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class RequestMiddleware:
    """First of all. A call under /api/ has an id, speaks its language, and never leaves without the envelope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        clock.forget()
        request_id = trace.begin(request.META.get("HTTP_X_REQUEST_ID"))
        if request.path_info == PREFIX.rstrip("/"):
            request.path_info = PREFIX  # or Django would redirect a GET, and fail on a POST
        try:
            answer_it = self.answer if request.path_info.startswith(PREFIX) else self.get_response
            response = answer_it(request)
            response.headers.setdefault("X-Request-Id", request_id)
            return response
        finally:
            trace.end()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer of the API, in the language of the caller."""
        language = language_of(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        with translation.override(language):
            response = read_in_bounds(request) or self.get_response(request)
            if response.status_code >= 400:
                response = refused(request, response)
        headers = response.headers
        for name, value in HEADERS.items():
            headers[name] = value
        headers["Content-Language"] = language
        if not response.streaming and response.status_code != 304:
            headers.setdefault("Content-Length", str(len(response.content)))
        if request.path_info.startswith(PAGES):
            headers["Content-Security-Policy"] = PAGE_POLICY
        if request.method != "GET" or "HTTP_AUTHORIZATION" in request.META or SESSION_COOKIE in request.COOKIES:
            headers["Cache-Control"] = "no-store"
        return response


@lru_cache(maxsize=256)
def language_of(header: str) -> str:
    """Russian, unless the header prefers English to it."""
    weights = {"ru": 0.0, "en": 0.0}
    for part in header[:200].split(","):
        tag, _, quality = part.strip().partition(";")
        language = tag.split("-")[0].strip().lower()
        if language in weights:
            weights[language] = max(weights[language], weight(quality))
    return "en" if weights["en"] > weights["ru"] else "ru"


def weight(quality: str) -> float:
    """The number of `q=0.8`; 1 without it, 0 when it cannot be read."""
    name, _, number = quality.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0


def read_in_bounds(request: HttpRequest) -> HttpResponse | None:
    """None when the body is small enough; else the refusal, before more than the limit was read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > BODY_MAX:
        return answer(PayloadTooLarge())
    if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
        # Django reads nothing without a length, so that a chunked body would silently be an empty one.
        body = request.META["wsgi.input"].read(BODY_MAX + 1)
        if len(body) > BODY_MAX:
            return answer(PayloadTooLarge())
        request._body = body
    return None


def read_to_its_end(request: HttpRequest) -> None:
    """Nothing of the body is left: a server that answers before it has read everything hangs up, and the next call finds nobody."""
    with suppress(UnreadablePostError, RawPostDataException):
        _ = request.body


def refused(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The refusal, in the envelope whoever made it, and with one line in the log that knows the request id."""
    if response.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        read_to_its_end(request)
    if not response.headers.get("Content-Type", "").startswith(JSON):
        response = enveloped(response)
    log.info("refused", method=request.method, path=request.path_info, status=response.status_code)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log it again, after the id is forgotten
    return response


def enveloped(response: HttpResponse) -> HttpResponse:
    """The envelope for an error that Django, and not a view of ours, has answered."""
    refusals: dict[int, Refusal] = {
        400: Invalid(),
        403: Forbidden(),
        404: NotFound(),
        405: MethodNotAllowed([response.headers.get("Allow", "")]),
        413: PayloadTooLarge(),
        429: RateLimited(60),
    }
    return answer(refusals.get(response.status_code, Broken()))
