"""The envelope stands around every answer of every route, whatever is sent and whatever breaks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from api.docs import document
from api.openapi import operations
from api.routes import routes
from tests.api.callers import MISSING, Caller
from tests.api.lines import all_lines, undone
from tests.api.matrix import PEOPLE, PLACEHOLDER, Line, Stage

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
LINES = {line.template: line for line in all_lines()}
PATHS = sorted({route.path for route in routes()})
READING = [line for line in LINES.values() if line.method in {"POST", "PUT", "PATCH", "DELETE"}]
OPEN = {"POST /api/telegram/webhook"}  # Telegram adds to its updates as it likes
MALFORMED = {
    "nothing closed": b'{"title": "a"',
    "not JSON": b"title=a",
    "a list": b"[1, 2]",
    "a text": b'"title"',
    "null": b"null",
    "a key twice": b'{"a": 1, "a": 2}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "a huge exponent": b'{"a": 1e400}',
    "a fraction that comes back as a longer integer": b'{"a": 1e30}',
    "an integer beyond 64 bits": b'{"a": 9223372036854775808}',
    "thousands of digits": b'{"a": ' + b"9" * 5_000 + b"}",
    "NUL": b'{"a": "\\u0000"}',
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "not UTF-8": b'{"a": "\xff"}',
    "too deep": b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
}


def caller_for(stage: Stage, line: Line) -> Caller:
    """Somebody who gets past the permission of this route."""
    return stage.callers[next(name for name in PEOPLE if line.expected[name] not in {401, 403})]


def breaking(error: Exception) -> Callable[..., Any]:
    """A connection that raises this at the first statement."""

    def execute(*_arguments: Any) -> None:
        raise error

    return execute


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/nothing/", "/api/health/", "/api//health", "/api/%00", "/api/nothing?x=1"]
)
@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_path_is_a_404(path, method):
    answer = Caller().call(method, path)

    assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_method_is_a_405_that_names_the_right_ones(path):
    served = {route.method for route in routes() if route.path == path}
    concrete = PLACEHOLDER.sub(MISSING, path)

    for method in sorted(set(METHODS) - served):
        answer = Caller().call(method, concrete)
        assert (answer.status, answer.code) == (405, "METHOD_NOT_ALLOWED"), (method, answer.content)
        assert served <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("line", READING, ids=lambda line: line.name)
def test_a_body_that_cannot_be_read_is_a_400(stage, line):
    with undone():
        path = line.filled(stage)
        for name, body in MALFORMED.items():
            answer = caller_for(stage, line).call(line.method, path, raw=body, **line.headers)
            assert (answer.status, answer.code) == (400, "VALIDATION_ERROR"), (name, answer.content.decode())
            assert answer.details["formErrors"], name


@pytest.mark.parametrize("line", [line for line in READING if line.name not in OPEN], ids=lambda line: line.name)
def test_an_unknown_field_is_a_400_that_names_it(stage, line):
    with undone():
        body = {**(line.body_for(stage) or {}), "surprise": 1}
        answer = caller_for(stage, line).call(line.method, line.filled(stage), body, **line.headers)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert "surprise" in answer.details["fieldErrors"]


@pytest.mark.parametrize("line", READING, ids=lambda line: line.name)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=koi8-r"])
def test_a_body_of_another_kind_is_a_415(stage, line, kind):
    with undone():
        answer = caller_for(stage, line).call(line.method, line.filled(stage), raw=b'{"a": 1}', content_type=kind, **line.headers)

    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("line", LINES.values(), ids=lambda line: line.name)
def test_a_body_that_is_too_large_is_a_413(stage, line):
    answer = caller_for(stage, line).call(line.method, line.with_ids(MISSING), raw=b" " * 262_145)

    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("line", LINES.values(), ids=lambda line: line.name)
def test_an_unknown_parameter_is_a_400_that_names_it(stage, line):
    with undone():
        path = line.filled(stage)
        odd = f"{path}{'&' if '?' in path else '?'}surprise=1"
        answer = caller_for(stage, line).call(line.method, odd, line.body_for(stage), **line.headers)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert answer.details["fieldErrors"].keys() == {"surprise"}


@pytest.mark.parametrize("line", LINES.values(), ids=lambda line: line.name)
def test_an_exception_that_nobody_foresaw_is_a_500_that_tells_nothing(stage, line):
    with undone():
        path, body = line.filled(stage), line.body_for(stage)
        with connection.execute_wrapper(breaking(RuntimeError("SELECT secret FROM /etc/passwd"))):
            answer = caller_for(stage, line).call(line.method, path, body, **line.headers)

    assert answer.status < 500 or (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert b"SELECT secret" not in answer.content
    assert b"RuntimeError" not in answer.content
    assert answer.status == 500 or not touches_database(stage, line)


@pytest.mark.parametrize("line", LINES.values(), ids=lambda line: line.name)
def test_a_database_that_is_away_is_a_503_with_retry_after(stage, line):
    with undone():
        path, body = line.filled(stage), line.body_for(stage)
        with connection.execute_wrapper(breaking(OperationalError("connection to server on socket failed"))):
            answer = caller_for(stage, line).call(line.method, path, body, **line.headers)

    if answer.status == 503:
        assert answer.code == "SERVICE_UNAVAILABLE"
        assert int(answer.headers["Retry-After"]) > 0
        assert b"socket" not in answer.content
    else:
        assert not touches_database(stage, line)


def touches_database(stage: Stage, line: Line) -> bool:
    """Whether the route needs the database at all."""
    touched = []
    with undone():
        path, body = line.filled(stage), line.body_for(stage)
        with connection.execute_wrapper(lambda execute, *statement: touched.append(1) or execute(*statement)):
            caller_for(stage, line).call(line.method, path, body, **line.headers)
    return bool(touched)


def test_the_document_lists_exactly_the_routes_that_are_served():
    documented = {f"{method.upper()} {path}" for path, method, _operation in operations(document())}

    assert documented == {route.shown for route in routes()}
