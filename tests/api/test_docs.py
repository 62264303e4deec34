"""The OpenAPI document says what is really sent, and its pages fetch nothing from elsewhere."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from api.codes import CODES
from api.docs import document
from api.openapi import operations
from tests.api.callers import Caller


def test_the_document_is_valid_and_gives_no_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_it_is_openapi_3_1():
    assert document()["openapi"].startswith("3.1")


def test_every_success_stands_in_the_envelope_and_has_an_example():
    for path, method, operation in operations(document()):
        for status, response in operation["responses"].items():
            if not status.startswith("2") or path == "/api/schema":
                continue
            content = response["content"].get("application/json")
            if content is None:
                assert list(response["content"]) == ["text/event-stream"], (method, path)
                continue
            assert content["schema"]["required"] == ["ok", "data", "requestId"], (method, path)
            assert content["example"]["ok"] is True, (method, path)


def test_a_list_is_described_by_its_page():
    feed = document()["paths"]["/api/jobs"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    assert feed["properties"]["data"] == {"$ref": "#/components/schemas/FeedJobPage"}


def test_a_body_has_no_fields_but_those_that_are_described():
    bodies = 0
    for path, method, operation in operations(document()):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            shape = document()["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
            assert shape["additionalProperties"] is (path == "/api/telegram/webhook"), (method, path)  # Telegram adds as it likes
            bodies += 1
    assert bodies


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "POST", "DELETE"])
def test_the_pages_are_only_read(method):
    assert Caller().call(method, "/api/docs").status == 405


def test_every_body_has_an_example():
    for path, method, operation in operations(document()):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content or "examples" in content, (method, path)


def test_every_operation_names_its_errors_by_codes_of_the_registry():
    for path, method, operation in operations(document()):
        statuses = {int(status) for status in operation["responses"]}
        assert {400, 500, 503} <= statuses, (method, path)
        assert statuses - {200, 201, 304} <= {code.status for code in CODES.values()}, (method, path)
        if operation.get("security") and {} not in operation["security"]:
            assert {401, 403} <= statuses, (method, path)
        if method != "get":
            assert {413, 415} <= statuses, (method, path)


def test_every_write_offers_the_idempotency_key_unless_it_answers_with_a_secret():
    for path, method, operation in operations(document()):
        offered = any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
        assert offered == operation["x-replayable"], (method, path)


def test_both_ways_to_sign_in_are_described():
    assert document()["components"]["securitySchemes"].keys() >= {"bearer", "cookie"}


def test_the_document_is_served_to_everybody():
    answer = Caller().get("/api/schema")

    assert answer.data["openapi"] == document()["openapi"]


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs?script="])
def test_the_pages_fetch_nothing_from_elsewhere(path):
    response = Client().get(path)

    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert re.findall(rb"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", response.content) == []


def test_no_script_stands_in_the_page():
    page = Client().get("/api/docs").content.decode()

    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page


def test_a_wrong_method_of_the_pages_is_in_the_envelope():
    assert Caller().post("/api/docs").code == "METHOD_NOT_ALLOWED"
