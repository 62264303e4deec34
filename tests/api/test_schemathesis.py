"""The API keeps its OpenAPI document: schemathesis makes requests from it, and every answer is held to it.

The requests are always the same ones, each as a person who is let in, with the ids of real things where a path has some.
What a call changes is undone before the next one.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.docs import document
from api.routes import routes
from tests.api.lines import all_lines, undone
from tests.api.matrix import PEOPLE, PLACEHOLDER, THINGS, Line, Stage

pytestmark = pytest.mark.slow

EXAMPLES_MAX = 2
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LINES = {line.template: line for line in all_lines()}
SHOWN = {route.shown: route.name for route in routes()}


def described() -> dict[str, Any]:
    """Every operation of the document, by `POST /api/jobs/{id}/apply`."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document(), default=str)))
    schema.app = get_wsgi_application()
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


OPERATIONS = described()


def line_of(label: str) -> Line:
    """The line of the matrix that speaks of this operation."""
    return LINES[PLACEHOLDER.sub("{}", SHOWN[label])]


def visitor(line: Line) -> str:
    """Who calls: somebody whom the route lets in, or at least past its door."""
    return line.welcome or next(name for name in PEOPLE if line.expected[name] not in {401, 403})


def ids_for(stage: Stage, operation: Any, line: Line) -> dict[str, str]:
    """The ids in the path: of things made now, as the line of the matrix names them."""
    names = PLACEHOLDER.findall(operation.path)
    return {name: str(THINGS[thing](stage)) for name, thing in zip(names, PLACEHOLDER.findall(line.path), strict=True)}


def headers_of(stage: Stage, line: Line) -> dict[str, str]:
    """The headers of a call by the visitor."""
    token = stage.callers[visitor(line)].token
    return line.headers | ({"Authorization": f"Bearer {token}"} if token else {})


@pytest.fixture(scope="module", autouse=True)
def open_connection() -> Iterator[None]:
    """A call leaves the connection open, as Django's own test client does: the transaction that undoes it is on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_one_that_the_document_describes(stage, label):
    operation, line = OPERATIONS[label], line_of(label)
    headers = headers_of(stage, line)
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @seed(2)
    @settings(
        max_examples=EXAMPLES_MAX,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def answers(case: Any) -> None:
        with undone():
            line.body_for(stage)  # may also set the stage
            case.path_parameters |= ids_for(stage, operation, line)
            case.call_and_validate(headers=headers, checks=CHECKS)

    answers()


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_what_the_matrix_sends_is_answered_as_the_document_describes(stage, label):
    """Here most calls succeed, so that the shapes of successes are held to the document too."""
    operation, line = OPERATIONS[label], line_of(label)

    with undone():
        ids = ids_for(stage, operation, line)
        body = line.body_for(stage)
        case = operation.Case(
            path_parameters=ids,
            query=dict(parse_qsl(line.path.partition("?")[2])),
            **({} if body is None else {"body": body, "media_type": "application/json"}),
        )
        response = case.call_and_validate(headers=headers_of(stage, line), checks=CHECKS)

    assert response.status_code == line.expected[visitor(line)]
