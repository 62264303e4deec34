"""The permission matrix: every route, every kind of person, own, foreign, missing and malformed ids."""

import pytest

from api.routes import routes
from tests.api.callers import MISSING
from tests.api.lines import all_lines, template_of, undone
from tests.api.matrix import PEOPLE, PLACEHOLDER, Line, Stage

LINES = all_lines()
WITH_IDS = [line for line in LINES if PLACEHOLDER.search(line.path)]


def play(stage: Stage, line: Line, name: str, path: str):
    """The answer that this person gets, of which nothing stays."""
    with undone():
        return stage.callers[name].call(line.method, path, line.body_for(stage), **line.headers)


def test_every_route_has_its_line():
    spoken_for = {line.template for line in LINES}
    assert [route.name for route in routes() if template_of(route.name) not in spoken_for] == []


def test_every_line_has_its_route():
    served = {template_of(route.name) for route in routes()}
    assert [line.name for line in LINES if line.template not in served] == []


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_everybody_gets_what_the_line_says(stage, line):
    with undone():
        path = line.filled(stage)
        statuses = {name: play(stage, line, name, path).status for name in PEOPLE}
    assert statuses == line.expected


@pytest.mark.parametrize("line", WITH_IDS, ids=lambda line: line.name)
def test_a_missing_thing_and_a_foreign_one_look_the_same(stage, line):
    with undone():
        path = line.filled(stage)
        foreign = [play(stage, line, name, path) for name in PEOPLE if line.expected[name] == 404]
        missing = [play(stage, line, name, line.with_ids(MISSING)) for name in PEOPLE if line.expected[name] not in {401, 403}]

    assert {answer.status for answer in missing} <= {404}
    assert len({answer.content.replace(answer.json["requestId"].encode(), b"") for answer in foreign + missing}) <= 1


@pytest.mark.parametrize("line", WITH_IDS, ids=lambda line: line.name)
@pytest.mark.parametrize("malformed", ["not-an-id", "123", "0199f0c0-0000-7000-8000-00000000deaX", "%00"])
def test_a_malformed_id_is_a_missing_one(stage, line, malformed):
    answer = play(stage, line, line.welcome or "owner", line.with_ids(malformed))

    assert (answer.status, answer.code) == (404, "NOT_FOUND")
