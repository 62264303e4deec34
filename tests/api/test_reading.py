"""What is read from a body: exactly what the shape says, in exactly its JSON types."""

import pytest

from tests.api.callers import MISSING, Caller

pytestmark = pytest.mark.urls("tests.api.floor")


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world.brand())


def test_names_of_the_contract_become_names_of_python(caller):
    answer = caller.patch(f"/api/things/{MISSING}", {"userAgent": "fox"})

    assert answer.data == {"user_agent": "fox"}


def test_put_takes_the_whole_and_patch_a_part(caller):
    whole = caller.call("PUT", f"/api/things/{MISSING}", {"kind": "TOKEN"})

    assert whole.status == 400
    assert whole.details["fieldErrors"].keys() == {"userAgent"}
    assert caller.patch(f"/api/things/{MISSING}", {"kind": "TOKEN"}).data == {"kind": "TOKEN"}


def test_a_row_is_shown_under_its_name(caller):
    answer = caller.post("/api/things", {"userAgent": "fox"})

    assert answer.status == 201
    assert answer.data["thing"]["userAgent"] == "fox"
    assert caller.get(f"/api/things/{answer.data['thing']['id']}").data == answer.data


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"userAgent": "fox", "surprise": 1}, "surprise"),
        ({"userAgent": "fox", "user_agent": "owl"}, "user_agent"),
        ({"userAgent": "fox", "id": MISSING}, "id"),
        ({"userAgent": 5}, "userAgent"),
        ({"userAgent": 5.5}, "userAgent"),
        ({"userAgent": True}, "userAgent"),
        ({"userAgent": None}, "userAgent"),
        ({"userAgent": ["fox"]}, "userAgent"),
        ({"userAgent": {"a": 1}}, "userAgent"),
        ({"userAgent": ""}, "userAgent"),
        ({"userAgent": "f" * 21}, "userAgent"),
        ({"userAgent": "fox", "kind": "token"}, "kind"),
        ({"userAgent": "fox", "kind": 1}, "kind"),
        ({"userAgent": "fox", "parts": {}}, "parts"),
        ({"userAgent": "fox", "parts": [5]}, "parts.0"),
        ({"userAgent": "fox", "parts": [{"count": 1}, {"count": "2"}]}, "parts.1.count"),
        ({"userAgent": "fox", "parts": [{"count": 1.0}]}, "parts.0.count"),
        ({"userAgent": "fox", "parts": [{"count": True}]}, "parts.0.count"),
        ({"userAgent": "fox", "parts": [{"count": 0}]}, "parts.0.count"),
        ({"userAgent": "fox", "parts": [{"count": 9223372036854775807}]}, "parts.0.count"),
        ({"userAgent": "fox", "parts": [{"count": 1, "isLast": "true"}]}, "parts.0.isLast"),
        ({"userAgent": "fox", "parts": [{"count": 1, "isLast": 1}]}, "parts.0.isLast"),
        ({"userAgent": "fox", "parts": [{"count": 1, "surprise": 1}]}, "parts.0.surprise"),
        ({"userAgent": "fox", "tags": "fox"}, "tags"),
        ({"userAgent": "fox", "tags": ["fox", 5]}, "tags.1"),
        ({"userAgent": "fox", "tags": ["much too long"]}, "tags.0"),
    ],
)
def test_a_bad_field_is_a_400_at_its_path(caller, body, field):
    answer = caller.post("/api/things", body)

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert answer.details["fieldErrors"].keys() == {field}
    assert answer.details["formErrors"] == []


def test_every_fault_is_told_at_once(caller):
    answer = caller.post("/api/things", {"kind": "x", "surprise": 1, "parts": [{}]})

    assert answer.details["fieldErrors"].keys() == {"userAgent", "kind", "surprise", "parts.0.count"}


def test_a_verb_without_a_body_takes_none_or_an_empty_object(caller):
    path = f"/api/things/{MISSING}/touch"

    assert caller.post(path).status == 200
    assert caller.post(path, {}).status == 200
    assert caller.delete(path).status == 200
    assert caller.post(path, {"a": 1}).details["fieldErrors"] == {"a": ["Неизвестное поле."]}
    assert caller.post(path, []).status == 400


def test_no_body_at_all_names_the_fields_that_are_missing(caller):
    assert caller.post("/api/things").details["fieldErrors"].keys() == {"userAgent"}


def test_texts_arrive_in_one_spelling(caller):
    answer = caller.patch(f"/api/things/{MISSING}", {"userAgent": "и\u0306"})

    assert answer.data == {"user_agent": "й"}


def test_a_charset_that_is_utf_8_is_welcome(caller):
    answer = caller.call("PATCH", f"/api/things/{MISSING}", raw=b'{"userAgent": "fox"}', content_type='application/json; charset="UTF-8"')

    assert answer.status == 200


@pytest.mark.parametrize(("query", "dry"), [("", False), ("?dryRun=true", True), ("?dryRun=false", False)])
def test_dry_run_is_read_strictly(caller, query, dry):
    assert caller.post(f"/api/things/preview{query}").data == {"dryRun": dry}


@pytest.mark.parametrize("value", ["1", "TRUE", "yes", ""])
def test_a_half_meant_dry_run_is_refused(caller, value):
    assert caller.post(f"/api/things/preview?dryRun={value}").details["fieldErrors"].keys() == {"dryRun"}


def test_dry_run_is_refused_where_it_is_not_offered(caller):
    assert caller.post(f"/api/things/{MISSING}/touch?dryRun=true").details["fieldErrors"].keys() == {"dryRun"}


def test_other_parameters_are_read_by_their_shape(caller):
    assert caller.get("/api/things/wait?waitSeconds=25").data == {"wait_seconds": 25}
    assert caller.get("/api/things/wait").data == {"wait_seconds": 0}
    assert caller.get("/api/things/wait?waitSeconds=26").details["fieldErrors"].keys() == {"waitSeconds"}


def test_role_is_judged_before_the_body_is_read(world):
    creator, brand, guest = Caller(world.creator()), Caller(world.brand()), Caller()

    assert creator.call("POST", "/api/things/brands", raw=b"{").status == 403
    assert brand.call("POST", "/api/things/brands", raw=b"{").status == 400
    assert guest.call("POST", "/api/things/brands", raw=b"{").status == 401
