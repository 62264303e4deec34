"""Of every route: a read changes nothing, a write has a rate, and nobody is sent anywhere else."""

import re

import pytest
from django.db import connection
from django.test import Client

from api.routes import Route, routes
from tests.api.lines import all_lines, template_of, undone
from tests.perf.statements import counted
from tests.world import PASSWORD

LINES = {line.template: line for line in all_lines() if line.welcome}
READS = [route for route in routes() if route.method == "GET"]
WRITES = re.compile(r"(^|[(;])\s*(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE)\b", re.IGNORECASE)
# Counting a call is no change of the marketplace, nor is the moment at which a session or a token was last seen, nor a lease of events.
OWN_BOOKS = ("api_throttlecounter", "last_seen_at", "last_used_at", "outbox_handout")


def changes(statements: list[str]) -> list[str]:
    """Those that write something of the business."""
    return [text for text in statements if WRITES.search(text) and not any(book in text for book in OWN_BOOKS)]


@pytest.mark.parametrize("route", [pytest.param(route, id=route.name) for route in READS])
def test_a_read_writes_nothing(stage, route: Route):
    line = LINES[template_of(route.name)]
    with undone():
        path = line.filled(stage)
        with counted() as statements:
            answer = stage.callers[line.welcome].call("GET", path)

    assert answer.status == line.expected[line.welcome] or "/api/health/" in route.name  # no worker runs here
    assert changes(statements) == []


@pytest.mark.parametrize("form", ["{}", "WITH done AS ({} RETURNING id) SELECT 1"])
def test_a_write_would_be_noticed(stage, form):
    with undone(), counted() as statements, connection.cursor() as cursor:
        cursor.execute(form.format("UPDATE core_job SET title = title WHERE false"))

    assert len(changes(statements)) == 1


# Each of these is bound to something that a caller cannot make more of: the present session, or a token from a letter.
WITHOUT_A_RATE = {"POST /api/auth/logout"}


def test_every_write_has_a_rate():
    free = {route.name for route in routes() if route.method != "GET" and scope_of(route) is None}

    assert free == WITHOUT_A_RATE


def scope_of(route: Route) -> str | None:
    scope = route.viewset.throttle_scope
    return scope if isinstance(scope, str) or scope is None else scope.get(route.action)


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)"])
def test_signing_in_to_the_backoffice_leads_to_no_other_host(world, where):
    browser, person = Client(), world.staff("moderator")

    answer = browser.post(f"/backoffice/login/?next={where}", {"username": person.email, "password": PASSWORD, "next": where})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/backoffice/")


@pytest.mark.parametrize("query", ["next=//evil.example", "redirect=https://evil.example"])
def test_the_api_sends_nobody_anywhere(stage, query):
    for route in READS:
        line = LINES[template_of(route.name)]
        if "{" not in line.path:
            answer = stage.callers[line.welcome].get(f"{line.path}{'&' if '?' in line.path else '?'}{query}")
            assert answer.status < 300 or answer.status >= 400
            assert "Location" not in answer.headers
