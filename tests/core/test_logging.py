"""A log line is JSON, belongs to a call, and tells nobody's secrets."""

import ast
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from core.base import trace
from core.logging import FIELDS, keep_fields, logging_configuration, without_personal
from core.settings import ROOT


def line_of(record: logging.LogRecord) -> dict[str, object]:
    """The record as the console handler would write it."""
    shape = logging_configuration("INFO")["formatters"]["json"]
    formatter = shape.pop("()")(**shape)
    return json.loads(formatter.format(record))


def record(text: str, *arguments: object, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("a.room", logging.WARNING, __file__, 1, text, arguments, None)
    made.__dict__.update(fields)
    return made


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("new login failure by anna.p+x@mail.test", "new login failure by [email]"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer [token]"),
        ("token mk_abcdEFGH-1234_x used", "token [token] used"),
        ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret [token]"),
        ("consumer ugc_out_abcdEFGH-1234_x", "consumer [token]"),
        ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_", "got [token]"),
        ("GET /bot123456789:AAF-abcdefghijklmnopqrstuvwxyz12345/getMe", "GET /bot[bot token]/getMe"),
        ("card 4111 1111 1111 1111 refused", "card [card] refused"),
        ("card 2200123412341234 refused", "card [card] refused"),
        ("called +7 (999) 123-45-67", "called [telephone]"),
        ("called 79991234567", "called [telephone]"),
        ("to KZ86125KZT5004100100", "to [iban]"),
    ],
)
def test_what_belongs_to_a_person_is_not_written(text, kept):
    assert without_personal(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "started at 2026-11-23 15:52:12.933620",
        "deal 019ae2a4-1234-7abc-8def-0123456789ab canceled",
        "entry 1234567 of 500000 cents",
        "GET /api/jobs/019ae2a4-1234-7abc-8def-0123456789ab",
    ],
)
def test_what_belongs_to_nobody_is_written_as_it_is(text):
    assert without_personal(text) == text


def test_a_line_names_its_call():
    trace.begin("a-request-id")
    try:
        line = line_of(record("payout %s", "approved"))
    finally:
        trace.end()

    assert line["event"] == "payout approved"
    assert line["request_id"] == "a-request-id"
    assert line["level"] == "warning"
    assert line["logger"] == "a.room"


def test_a_quoted_exception_loses_its_personal_data():
    try:
        raise ValueError("Key (email)=(boris@mail.test) already exists")
    except ValueError:
        made = record("failed", exc_info=sys.exc_info())

    line = line_of(made)

    assert "boris" not in json.dumps(line)
    assert "ValueError: Key (email)=([email])" in line["exception"]


def test_what_a_library_hangs_on_a_record_is_left_out():
    line = line_of(record("Not Found", request="GET with a header", status_code=404))

    assert line["status_code"] == 404
    assert "header" not in json.dumps(line)


def test_a_field_that_is_not_on_the_list_is_left_out_and_named():
    line = keep_fields(None, "info", {"event": "payout approved", "amount": 5, "bank_account": "40817…", "code": "OK"})

    assert line == {"event": "payout approved", "code": "OK", "dropped": ["amount", "bank_account"]}


def test_every_field_that_the_code_logs_is_on_the_list():
    unknown = {}
    for floor in ("core", "outbox", "api", "backoffice", "telegram"):
        for file in (ROOT / floor).rglob("*.py"):
            for call in logging_calls(file.read_text()):
                names = {keyword.arg for keyword in call.keywords if keyword.arg} - {"exc_info"} - FIELDS
                unknown |= {f"{file.relative_to(ROOT)}:{call.lineno}": names} if names else {}

    assert unknown == {}


def logging_calls(source: str) -> Iterator[ast.Call]:
    """The calls of `log.info` and the like."""
    if "get_logger" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "log":
            yield node


def test_a_line_break_in_a_text_does_not_make_a_second_line():
    shape = logging_configuration("INFO")["formatters"]["json"]
    formatter = shape.pop("()")(**shape)

    written = formatter.format(record("name is %s", 'x"}\n{"event": "payout approved'))

    assert "\n" not in written
    assert json.loads(written)["event"].startswith("name is x")
