"""Whatever is raised, the answer is one of ours and tells nothing that is not the caller's business."""

import builtins
import re

import orjson
import psycopg
import pytest
from django.core import exceptions as django_exceptions
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf
from rest_framework.exceptions import ErrorDetail

from api.errors import answer, handle, invalid
from core.base.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, WrongState
from tests.api.floor import Occupied

SECRET = "SELECT password FROM core_user; /srv/app/core/settings.py"

KNOWN = [
    (NotFound(), 404, "NOT_FOUND"),
    (Forbidden(), 403, "FORBIDDEN"),
    (Occupied(seat_name="sofa"), 409, "CONFLICT"),
    (WrongState(status="DRAFT", state="draft"), 409, "CONFLICT"),
    (Invalid({"a": ["b"]}), 400, "VALIDATION_ERROR"),
    (Http404(SECRET), 404, "NOT_FOUND"),
    (django_exceptions.PermissionDenied(SECRET), 403, "FORBIDDEN"),
    (django_exceptions.SuspiciousOperation(SECRET), 400, "VALIDATION_ERROR"),
    (django_exceptions.BadRequest(SECRET), 400, "VALIDATION_ERROR"),
    (django_exceptions.RequestDataTooBig(SECRET), 413, "PAYLOAD_TOO_LARGE"),
    (drf.NotAuthenticated(), 401, "UNAUTHORIZED"),
    (drf.AuthenticationFailed(SECRET), 401, "SESSION_INVALID"),
    (drf.PermissionDenied(SECRET), 403, "FORBIDDEN"),
    (drf.NotFound(SECRET), 404, "NOT_FOUND"),
    (drf.MethodNotAllowed("BREW"), 405, "METHOD_NOT_ALLOWED"),
    (drf.UnsupportedMediaType("text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    (drf.ParseError(SECRET), 400, "VALIDATION_ERROR"),
    (drf.NotAcceptable(SECRET), 400, "VALIDATION_ERROR"),
    (drf.Throttled(wait=2.1), 429, "RATE_LIMITED"),
    (drf.ValidationError({"a": ["b"]}), 400, "VALIDATION_ERROR"),
    (OperationalError(SECRET), 503, "SERVICE_UNAVAILABLE"),
    (InterfaceError(SECRET), 503, "SERVICE_UNAVAILABLE"),
]
BUGS = [
    IntegrityError(SECRET),
    DataError(SECRET),
    psycopg.errors.UniqueViolation(SECRET),
    django_exceptions.FieldError(SECRET),
    django_exceptions.ObjectDoesNotExist(SECRET),
    django_exceptions.ValidationError(SECRET),
    drf.APIException(SECRET),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, SECRET),
    *(getattr(builtins, name)(SECRET) for name in (
        "ArithmeticError", "AssertionError", "AttributeError", "BufferError", "ImportError", "IndexError", "KeyError", "LookupError",
        "MemoryError", "NameError", "NotImplementedError", "OSError", "OverflowError", "RecursionError", "RuntimeError", "StopIteration",
        "SyntaxError", "TimeoutError", "TypeError", "ValueError", "ZeroDivisionError",
    )),
]  # fmt: skip


def told(error: Exception):
    """The status and the envelope for this exception."""
    response = handle(error, {})
    return response.status_code, orjson.loads(response.content)


@pytest.mark.parametrize(("error", "status", "code"), KNOWN)
def test_what_is_foreseen_has_its_code(error, status, code):
    got, envelope = told(error)

    assert (got, envelope["error"]["code"]) == (status, code)
    assert "password" not in str(envelope)


@pytest.mark.parametrize("error", BUGS, ids=lambda error: type(error).__name__)
def test_a_bug_is_a_500_without_a_word_about_itself(error, caplog):
    status, envelope = told(error)

    assert (status, envelope["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert envelope["error"].keys() == {"code", "message"}
    assert not re.search(r"password|settings|Error:|Traceback", str(envelope))
    assert "unhandled" in caplog.text


def test_a_refusal_tells_its_reason_and_its_facts():
    _, envelope = told(Occupied(seat_name="sofa"))

    assert envelope["error"] == {
        "code": "CONFLICT",
        "message": "Somebody sits on “sofa”.",
        "details": {"code": "OCCUPIED", "seatName": "sofa"},
    }


def test_a_missing_thing_has_no_details_at_all():
    assert "details" not in told(NotFound())[1]["error"]


def test_a_tree_of_messages_becomes_dotted_paths():
    tree = {
        "title": [ErrorDetail("Too short.")],
        "items": [{}, {"url": ["Not a link."], "non_field_errors": ["Odd."]}],
        "address": {"city": {"name": ["Unknown."]}},
        "non_field_errors": ["Min above max."],
    }

    refusal = invalid(tree)

    assert refusal.fields == {
        "title": ["Too short."],
        "items.1.url": ["Not a link."],
        "items.1": ["Odd."],
        "address.city.name": ["Unknown."],
    }
    assert refusal.form == ["Min above max."]


def test_an_unregistered_code_cannot_leave():
    class Strange(Refusal):
        code = "STRANGE"
        message = "?"

    with pytest.raises(KeyError):
        answer(Strange())


def test_messages_that_wait_for_a_language_are_told_in_it():
    assert told(Conflict())[1]["error"]["message"] == "Сейчас это сделать нельзя."
