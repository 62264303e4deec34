"""Every no, in one shape: what went wrong becomes the error envelope here, and nowhere else."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from api.codes import CODES
from api.renderers import refuse
from core.base import trace
from core.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from core.money.errors import InvariantViolation, stopped_by_guard

log = structlog.get_logger("api")

RETRY_SECONDS = 2
BUG = 500


class HTTPRefusal(Refusal):
    """A refusal that only this door can make. Its text is the one of its code unless it has a finer one."""

    headers: ClassVar[dict[str, str]] = {}

    def text(self) -> str:
        return super().text() or str(CODES[self.code].text)


class Unauthorized(HTTPRefusal):
    """Nobody is signed in, and this needs somebody."""

    code = "UNAUTHORIZED"
    headers = {"WWW-Authenticate": "Bearer"}


class SessionInvalid(HTTPRefusal):
    """A token was sent, and it opens nothing: unknown, revoked, expired, or its person may not sign in."""

    code = "SESSION_INVALID"
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

    def __init__(self) -> None:
        super().__init__(action="SIGN_IN")


class OutboxAuthError(HTTPRefusal):
    """The pull API is for the tokens of consumers, and this is none that opens anything."""

    code = "OUTBOX_AUTH_ERROR"
    headers = {"WWW-Authenticate": "Bearer"}


class CursorTooOld(HTTPRefusal):
    """Some of the events after this cursor are not kept any more. `oldestCursor` is the first one that is good."""

    code = "GONE"
    reason = "CURSOR_TOO_OLD"
    message = _("Some events after this cursor are no longer kept. Go on from oldestCursor.")


class CSRFFailed(Forbidden):
    """A browser's cookie came without the proof that the page was ours."""

    reason = "CSRF_FAILED"
    message = _("The CSRF token is missing or wrong.")


class MethodNotAllowed(HTTPRefusal):
    """The path exists, and does not answer to this method. The Allow header names those it does."""

    code = "METHOD_NOT_ALLOWED"

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__()
        self.headers = {"Allow": ", ".join(allowed)}  # type: ignore[misc]


class PayloadTooLarge(HTTPRefusal):
    code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(HTTPRefusal):
    code = "UNSUPPORTED_MEDIA_TYPE"


class KeyReused(HTTPRefusal):
    """The Idempotency-Key stands for another request of the same person."""

    code = "IDEMPOTENCY_CONFLICT"


class RequestInFlight(Conflict):
    """The same request is being carried out at this moment; its answer will be there soon."""

    reason = "REQUEST_IN_FLIGHT"
    message = _("The same request is being carried out right now. Repeat it in a moment.")
    headers: ClassVar[dict[str, str]] = {"Retry-After": str(RETRY_SECONDS)}


class RateLimited(HTTPRefusal):
    """Too many calls in this window; `retryAfterSec` says when the next one will be heard."""

    code = "RATE_LIMITED"

    def __init__(self, seconds: int) -> None:
        super().__init__(retryAfterSec=seconds)
        self.headers = {"Retry-After": str(seconds)}  # type: ignore[misc]


class Unavailable(HTTPRefusal):
    """Something we stand on is away. The command was not carried out."""

    code = "SERVICE_UNAVAILABLE"
    headers = {"Retry-After": str(RETRY_SECONDS)}


class Broken(HTTPRefusal):
    """A bug. The client learns the request id and nothing else."""

    code = "INTERNAL_ERROR"


def handle(error: Exception, context: Mapping[str, Any] | None = None) -> HttpResponse:
    """The error envelope for anything that a view raised. Signature of REST framework's EXCEPTION_HANDLER."""
    view = (context or {}).get("view")
    return answer(translate(error, allowed=getattr(view, "allowed_methods", ())))


def answer(refusal: Refusal) -> HttpResponse:
    """The refusal in the envelope, with its status and headers."""
    return refuse(
        code=refusal.code,
        status=CODES[refusal.code].status,
        message=refusal.text(),
        details=details_of(refusal),
        headers=getattr(refusal, "headers", {}),
    )


def details_of(refusal: Refusal) -> dict[str, Any]:
    """What `error.details` says: the reason, the facts, and for bad input the fields."""
    details: dict[str, Any] = {"code": refusal.reason} if refusal.reason else {}
    if isinstance(refusal, Invalid):
        details |= {"formErrors": refusal.form, "fieldErrors": refusal.fields}
    return details | {camel(name): fact for name, fact in refusal.details.items()}


def camel(name: str) -> str:
    """`required_cents` as clients spell it: `requiredCents`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def translate(error: Exception, *, allowed: Iterable[str] = ()) -> Refusal:
    """The refusal that stands for this exception. An exception nobody foresaw is logged whole and told as INTERNAL_ERROR."""
    if isinstance(error, Refusal):
        if CODES[error.code].status == BUG:
            log.error("refused", code=error.code, exc_info=error)
        return error
    if isinstance(error, exceptions.MethodNotAllowed):
        return MethodNotAllowed(allowed)
    for kind, stands_for in TRANSLATIONS:
        if isinstance(error, kind):
            return stands_for(error)
    if stopped_by_guard(error):
        log.error("stopped by a guard", request_id=trace.request_id(), exc_info=error)
        return InvariantViolation()
    log.error("unhandled", error=type(error).__name__, request_id=trace.request_id(), exc_info=error)
    return Broken()


def unreadable(error: Exception) -> Invalid:
    """A request that could not be taken apart."""
    return Invalid(form=[str(_("The request cannot be read."))])


def database_away(error: Exception) -> Unavailable:
    """The database is away, was too slow, or had to stop this statement for another one."""
    log.warning("database_unavailable", error=type(error.__cause__ or error).__name__)
    return Unavailable()


TRANSLATIONS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (exceptions.ValidationError, lambda error: invalid(error.detail)),
    (exceptions.NotAuthenticated, lambda _: Unauthorized()),
    (exceptions.AuthenticationFailed, lambda _: SessionInvalid()),
    (exceptions.PermissionDenied, lambda _: Forbidden()),
    (PermissionDenied, lambda _: Forbidden()),
    (exceptions.NotFound, lambda _: NotFound()),
    (Http404, lambda _: NotFound()),
    (exceptions.UnsupportedMediaType, lambda _: UnsupportedMediaType()),
    (exceptions.Throttled, lambda error: RateLimited(math.ceil(error.wait or RETRY_SECONDS))),
    (RequestDataTooBig, lambda _: PayloadTooLarge()),
    (exceptions.ParseError, unreadable),
    (exceptions.NotAcceptable, unreadable),
    (SuspiciousOperation, unreadable),
    (BadRequest, unreadable),
    (OperationalError, database_away),
    (InterfaceError, database_away),
)


def invalid(detail: Any) -> Invalid:
    """REST framework's tree of messages, as messages by the dotted path of the field."""
    fields: dict[str, list[str]] = {}
    form: list[str] = []
    for path, message in leaves(detail, ()):
        if path:
            fields.setdefault(".".join(path), []).append(message)
        else:
            form.append(message)
    return Invalid(fields, form)


def leaves(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each message of the tree with its path; messages about a whole object stand at the path of the object."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            yield from leaves(below, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list | tuple):
        for place, below in enumerate(detail):
            yield from leaves(below, (*path, str(place)) if isinstance(below, Mapping | list) else path)
    else:
        yield path, str(detail)


def not_found(request: HttpRequest) -> HttpResponse:
    """What stands behind every path that nobody serves, with DEBUG or without."""
    return answer(NotFound())
