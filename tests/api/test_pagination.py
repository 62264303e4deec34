"""Pages: nothing is skipped, nothing comes twice, and a cursor opens only its own list."""

import base64
import random
from datetime import UTC, datetime, timedelta

import pytest

from core.base import clock
from core.base.ids import uuid7
from core.people.models import Session
from tests.api.callers import Caller
from tests.api.floor import EVERYTHING
from tests.perf.statements import counted

pytestmark = pytest.mark.urls("tests.api.floor")

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ROUTES = [
    "/api/things",
    "/api/things?sort=old",
    "/api/things/raw",
    "/api/things?kind=TOKEN&agents=fox,owl",
    "/api/things/public",
    "/api/things/public?kind=TOKEN",
]


def keep(owner, count: int, *, agent: str = "fox") -> None:
    """So many things whose moments are often equal, and else a microsecond apart."""
    rows = [
        Session(
            user=owner,
            digest=uuid7().hex * 2,
            kind="TOKEN",
            user_agent=agent,
            created_at=START + timedelta(microseconds=place // 3),
            expires_at=clock.now() - timedelta(hours=1),
        )
        for place in range(count)
    ]
    random.shuffle(rows)
    Session.objects.bulk_create(rows)


def with_parameter(path: str, parameter: str) -> str:
    """The path with one more parameter."""
    return f"{path}{'&' if '?' in path else '?'}{parameter}"


def walk(caller: Caller, path: str, limit: int) -> list[dict]:
    """Every item, page by page."""
    items, cursor = [], None
    while True:
        asked = with_parameter(path, f"limit={limit}")
        page = caller.get(with_parameter(asked, f"cursor={cursor}") if cursor else asked).data
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return items


@pytest.mark.parametrize("limit", [1, 3, 7, 20, 40, 41, 100])
@pytest.mark.parametrize("path", ["/api/things/raw", "/api/things/public", "/api/things/public?kind=TOKEN&agents=fox"])
def test_a_walk_shows_every_row_once_and_in_order(world, path, limit):
    owner = world.brand()
    keep(owner, 41)
    expected = [str(pk) for pk in Session.objects.filter(user=owner).order_by("-created_at", "-id").values_list("id", flat=True)]
    caller = Caller(owner)

    assert [item["id"] for item in walk(caller, path, limit)] == expected


def test_a_public_list_follows_its_order_and_filters(world):
    owner = world.brand()
    keep(owner, 5)
    keep(owner, 2, agent="owl")
    newest_first = [item["id"] for item in walk(Caller(), "/api/things/public", 2)]

    assert [item["id"] for item in walk(Caller(), "/api/things/public?sort=old", 3)] == newest_first[::-1]
    assert len(walk(Caller(), "/api/things/public?agents=owl", 1)) == 2
    assert Caller().get("/api/things/public?agents=cat").details["fieldErrors"].keys() == {"agents"}
    assert Caller().get("/api/things/public?agents=cat").status == 400


def test_a_public_list_is_compiled_once_and_asked_each_time(world):
    EVERYTHING.statements.clear()
    owner = world.brand()
    for count in range(1, 4):
        keep(owner, 1)
        with counted() as statements:
            assert len(Caller().get("/api/things/public").data["items"]) == count
        assert len(statements) == 1

    assert len(EVERYTHING.statements) == 1


def test_a_public_list_keeps_only_so_many_statements(world, monkeypatch):
    monkeypatch.setattr("api.statements.STATEMENTS_MAX", 3)
    EVERYTHING.statements.clear()
    keep(world.brand(), 5)

    answers = [Caller().get(f"/api/things/public?limit={limit}").data["items"] for limit in range(1, 6)]

    assert [len(items) for items in answers] == [1, 2, 3, 4, 5]
    assert len(EVERYTHING.statements) <= 3


def test_rows_that_come_and_go_move_nobodys_place(world):
    owner = world.brand()
    keep(owner, 30)
    before = set(Session.objects.filter(user=owner).values_list("id", flat=True))
    caller = Caller(owner)
    seen, cursor = [], ""
    gone = set()
    while cursor is not None:
        page = caller.get(f"/api/things/raw?limit=4{'&cursor=' + cursor if cursor else ''}").data
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        keep(owner, 2)
        victim = Session.objects.filter(user=owner, id__in=before).exclude(id__in=seen).first()
        if victim:
            gone.add(str(victim.id))
            victim.delete()

    assert len(seen) == len(set(seen))
    assert {str(pk) for pk in before} - gone <= set(seen)


def test_the_last_page_has_no_cursor_even_when_it_is_full(world):
    owner = world.brand()
    keep(owner, 20)

    assert Caller(owner).get("/api/things").data["nextCursor"] is None


def test_what_only_orders_is_not_shown(world):
    owner = world.brand()
    keep(owner, 1)

    assert Caller(owner).get("/api/things").data["items"] == [{"user_agent": "fox"}]


def test_moments_keep_their_microseconds(world):
    owner = world.brand()
    keep(owner, 1)

    assert Caller(owner).get("/api/things/raw").data["items"][0]["createdAt"] == "2026-03-01T12:00:00.123456+00:00"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "ten", "", "٣", "1e1", "0x5", " 5", "99999999999"])
def test_a_bad_limit_is_a_400(world, limit):
    answer = Caller(world.brand()).get(f"/api/things?limit={limit}")

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert answer.details["fieldErrors"].keys() == {"limit"}


def cursor_of(caller: Caller, path: str) -> str:
    """A good cursor of this list."""
    return caller.get(with_parameter(path, "limit=2")).data["nextCursor"]


def refused(caller: Caller, path: str, cursor: str) -> bool:
    """Whether the list says that this cursor is not its own."""
    answer = caller.get(with_parameter(path, f"cursor={cursor}"))
    return answer.status == 400 and answer.code == "VALIDATION_ERROR" and answer.details["fieldErrors"].keys() == {"cursor"}


def test_a_cursor_opens_only_the_list_it_came_from(world):
    owner = world.brand()
    keep(owner, 5)
    caller = Caller(owner)
    cursors = {path: cursor_of(caller, path) for path in ROUTES}

    for origin, cursor in cursors.items():
        assert caller.get(with_parameter(origin, f"cursor={cursor}")).status == 200
        assert [path for path in ROUTES if path != origin and not refused(caller, path, cursor)] == []


def test_a_cursor_lives_on_when_only_the_limit_changes(world):
    owner = world.brand()
    keep(owner, 5)
    caller = Caller(owner)
    cursor = cursor_of(caller, "/api/things")

    assert len(caller.get(f"/api/things?limit=100&cursor={cursor}").data["items"]) == 3


def test_no_changed_character_passes(world):
    owner = world.brand()
    keep(owner, 5)
    caller = Caller(owner)
    cursor = cursor_of(caller, "/api/things")

    for place in range(len(cursor)):
        other = "A" if cursor[place] != "A" else "B"
        assert refused(caller, "/api/things", cursor[:place] + other + cursor[place + 1 :]), place


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "%00",
        "%F0%9F%98%80",
        base64.urlsafe_b64encode(b'{"id": 1}').decode(),
        base64.urlsafe_b64encode(b"\x01" + b"\x00" * 16 + b"[]").decode().rstrip("="),
        base64.urlsafe_b64encode(b"\x02" + b"\x00" * 16 + b"[]").decode().rstrip("="),
        "A" * 5_000,
    ],
)
def test_a_cursor_that_is_not_ours_is_a_400(world, cursor):
    assert refused(Caller(world.brand()), "/api/things", cursor)


def test_another_secret_makes_every_cursor_foreign(world, settings):
    owner = world.brand()
    keep(owner, 5)
    caller = Caller(owner)
    cursor = cursor_of(caller, "/api/things")
    settings.CURSOR_SECRET = "another-secret-of-another-machine-another-secret-of-another-machine"

    assert refused(caller, "/api/things", cursor)


def test_filters_narrow_the_list(world):
    owner = world.brand()
    keep(owner, 2)
    keep(owner, 3, agent="owl")
    caller = Caller(owner)

    assert len(caller.get("/api/things?agents=owl").data["items"]) == 3
    assert len(caller.get("/api/things?agents=owl,fox&kind=TOKEN").data["items"]) == 5
    assert caller.get("/api/things?kind=COOKIE").data["items"] == []
    assert caller.get("/api/things?revoked=true").data["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=token", "kind"),
        ("kind=TOKEN,COOKIE", "kind"),
        ("agents=fox,cat", "agents"),
        ("revoked=yes", "revoked"),
        ("revoked=True", "revoked"),
        ("length=-1", "length"),
        ("length=21", "length"),
        ("length=1.0", "length"),
        ("length=1e1", "length"),
        ("length=ten", "length"),
        ("sort=best", "sort"),
        ("limit=2&limit=3", "limit"),
        ("kind=%00", "kind"),
        ("page=2", "page"),
        ("user_id=1", "user_id"),
    ],
)
def test_a_bad_parameter_is_a_400_that_names_it(world, query, field):
    answer = Caller(world.brand()).get(f"/api/things?{query}")

    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert answer.details["fieldErrors"].keys() == {field}
