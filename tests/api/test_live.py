"""Lists that are followed: nothing is lost, nothing comes twice, and a wait costs little."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from api import live
from core.chat.models import Conversation, Participant
from core.chat.services import archive_conversation, read_messages, send_message
from tests.api.callers import Caller
from tests.core.chat.traces import miscounted
from tests.world import World

STORM_ROUNDS = 2
CONTROL_ROUNDS = 8
PEOPLE = 6
LATE_SECONDS = 0.03


def follow(caller: Caller, path: str, cursor: str, **also: Any) -> dict[str, Any]:
    """What came after this place."""
    parameters = "".join(f"&{name}={value}" for name, value in also.items())
    return caller.get(f"{path}?after={cursor}{parameters}").data


def messages_of(talk: Conversation) -> str:
    return f"/api/conversations/{talk.id}/messages"


@pytest.fixture
def talk(world):
    return world.talk()


@pytest.fixture
def brand(talk):
    return Caller(talk.brand)


def test_what_came_after_comes_in_the_order_in_which_it_was_said(world, talk, brand):
    world.said(talk, by=talk.brand, body="Before")
    start = brand.get(messages_of(talk)).data["liveCursor"]
    for number in range(3):
        world.said(talk, by=talk.creator, body=f"Word {number}")

    first = follow(brand, messages_of(talk), start, limit=2)
    rest = follow(brand, messages_of(talk), first["liveCursor"])
    nothing = follow(brand, messages_of(talk), rest["liveCursor"])

    assert [[row["body"] for row in page["items"]] for page in (first, rest, nothing)] == [["Word 0", "Word 1"], ["Word 2"], []]
    assert nothing["liveCursor"] == rest["liveCursor"]
    assert {page["nextCursor"] for page in (first, rest, nothing)} == {None}
    assert (rest["pollInSec"], nothing["pollInSec"]) == (0, 5)


def test_an_empty_conversation_can_be_followed_from_its_beginning(world, talk, brand):
    start = brand.get(messages_of(talk)).data["liveCursor"]
    world.said(talk, by=talk.creator)

    assert len(follow(brand, messages_of(talk), start)["items"]) == 1


def test_the_list_tells_what_changed_archived_and_read_ones_too(world):
    brand = world.brand()
    talks = [world.talk(job=world.live_job(brand=brand)) for _ in range(3)]
    caller = Caller(brand)
    start = caller.get("/api/conversations").data["liveCursor"]
    said = world.said(talks[0], by=talks[0].creator)
    archive_conversation(talks[1].id, by=brand)
    read_messages(talks[0].id, by=brand, up_to_id=said.id)

    page = follow(caller, "/api/conversations", start)

    assert [row["id"] for row in page["items"]] == [str(talks[1].id), str(talks[0].id)]
    assert page["items"][0]["archivedAt"] is not None
    assert (page["items"][1]["unreadCount"], page["items"][1]["lastReadNumber"]) == (0, 1)
    assert follow(caller, "/api/conversations", page["liveCursor"])["items"] == []


def test_a_conversation_that_begins_is_news_to_both(world):
    application = world.application()
    sides = [Caller(application.job.brand), Caller(application.creator)]
    starts = [side.get("/api/conversations").data["liveCursor"] for side in sides]

    sides[0].post("/api/conversations", {"jobId": str(application.job_id), "participantId": str(application.creator_id)})

    for side, start in zip(sides, starts, strict=True):
        assert len(follow(side, "/api/conversations", start)["items"]) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=nonsense", "after"),
        ("after={page}", "after"),
        ("after={elsewhere}", "after"),
        ("after=", "after"),
        ("after=" + "x" * 1_001, "after"),
        ("wait=5", "wait"),
        ("wait=0", "wait"),
        ("after={live}&wait=26", "wait"),
        ("after={live}&wait=-1", "wait"),
        ("after={live}&wait=soon", "wait"),
        ("after={live}&cursor={page}", "cursor"),
        ("after={live}&limit=0", "limit"),
        ("cursor={live}", "cursor"),
    ],
)
def test_a_wrong_place_or_wait_is_refused(world, talk, brand, query, field):
    for _ in range(2):
        world.said(talk, by=talk.creator)
    page = brand.get(f"{messages_of(talk)}?limit=1").data
    cursors = {
        "live": page["liveCursor"],
        "page": page["nextCursor"],
        "elsewhere": brand.get("/api/conversations").data["liveCursor"],
    }

    answer = brand.get(f"{messages_of(talk)}?{query.format_map(cursors)}")

    assert (answer.status, answer.code, list(answer.details["fieldErrors"])) == (400, "VALIDATION_ERROR", [field])


@pytest.mark.parametrize("query", ["archived=true", "unread=true", "jobId=0199f0c0-0000-7000-8000-000000000001"])
def test_filters_do_not_go_with_following(talk, brand, query):
    start = brand.get("/api/conversations").data["liveCursor"]

    answer = brand.get(f"/api/conversations?after={start}&{query}")

    assert (answer.status, list(answer.details["fieldErrors"])) == (400, [query.partition("=")[0]])


def test_a_place_in_a_foreign_conversation_opens_nothing(world, talk, brand):
    start = brand.get(messages_of(talk)).data["liveCursor"]
    world.said(talk, by=talk.creator)

    assert Caller(world.brand()).get(f"{messages_of(talk)}?after={start}&wait=20").status == 404


# ── Waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def meanwhile(command: Callable[[], Any]) -> Iterator[Any]:
    """The command runs in a thread of its own, with a connection of its own; the block gets its future."""

    def run() -> Any:
        try:
            return command()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(run)


def backends() -> list[str]:
    """What the other connections of the application are doing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IS NOT NULL"
        )
        return [state for (state,) in cursor.fetchall()]


def test_a_wait_ends_when_something_is_said_and_holds_no_transaction(committed: World):
    talk = committed.talk()
    caller = Caller(talk.brand)
    start = caller.get(messages_of(talk)).data["liveCursor"]

    with meanwhile(lambda: follow(caller, messages_of(talk), start, wait=25)) as waiting:
        time.sleep(0.5)
        assert not waiting.done()
        assert "idle" in backends()
        assert not any("transaction" in state for state in backends())
        began = time.monotonic()
        committed.said(talk, by=talk.creator, body="At last")
        page = waiting.result(timeout=5)

    assert time.monotonic() - began < 3
    assert [row["body"] for row in page["items"]] == ["At last"]
    assert page["pollInSec"] == 0


def test_a_wait_for_nothing_ends_in_time_and_asks_the_database_once_a_second(committed: World):
    talk = committed.talk()
    caller = Caller(talk.brand)
    start = caller.get("/api/conversations").data["liveCursor"]
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        asked.append(str(sql))
        return execute(sql, params, many, context)

    began = time.monotonic()
    with connection.execute_wrapper(note):
        page = follow(caller, "/api/conversations", start, wait=2)

    assert 2 <= time.monotonic() - began < 4
    assert (page["items"], page["liveCursor"], page["pollInSec"]) == ([], start, 0)
    assert 2 <= sum("core_inbox" in sql for sql in asked) <= 4


def test_when_all_places_are_taken_the_answer_comes_at_once(committed: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "PLACES", threading.BoundedSemaphore(1))
    talk = committed.talk()
    caller, other = Caller(talk.brand), Caller(talk.creator)
    start = caller.get(messages_of(talk)).data["liveCursor"]

    with meanwhile(lambda: follow(caller, messages_of(talk), start, wait=20)) as waiting:
        time.sleep(0.5)
        began = time.monotonic()
        page = follow(other, messages_of(talk), start, wait=20)
        took = time.monotonic() - began
        committed.said(talk, by=talk.brand)
        waiting.result(timeout=5)

    assert took < 1
    assert (page["items"], page["pollInSec"]) == ([], 5)
    assert live.PLACES.acquire(blocking=False)  # given back


def test_places_are_few_enough_to_leave_threads_for_others(settings):
    assert 1 <= settings.LONG_POLL_PLACES <= 4


# ── Concurrent writers ───────────────────────────────────────────────────────────────────────────────────────────────


class Storm:
    """Creators who all write to one brand at the same moment, some of them late: between the look at the clock and the lock."""

    def __init__(self, world: World) -> None:
        self.brand = world.brand()
        job = world.live_job(brand=self.brand)
        self.talks = [world.talk(job=job) for _ in range(PEOPLE)]
        self.over = threading.Event()

    def rage(self, words: int) -> None:
        """Everybody writes so many times, and then it is over."""
        start = threading.Barrier(PEOPLE)
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(lambda talk: self.write(talk, words, start), self.talks))
        self.over.set()

    def write(self, talk: Conversation, words: int, start: threading.Barrier) -> None:
        def late(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
            if "core_inbox" in sql:
                time.sleep(random.uniform(0, LATE_SECONDS))
            return execute(sql, params, many, context)

        try:
            connection.ensure_connection()
            start.wait()
            with connection.execute_wrapper(late):
                for number in range(words):
                    send_message(talk.id, by=talk.creator, body=f"Word {number}")
        finally:
            connections.close_all()

    def read(self, step: Callable[[], bool]) -> None:
        """One step after the other, until it is over and nothing more has come."""
        while True:
            is_over = self.over.is_set()
            if not step() and is_over:
                return


class Follower:
    """Follows a list by its cursors, and keeps all that it is told."""

    def __init__(self, caller: Caller, path: str) -> None:
        self.caller, self.path = caller, path
        self.cursor = caller.get(path).data["liveCursor"]
        self.told: list[dict[str, Any]] = []

    def step(self) -> bool:
        page = follow(self.caller, self.path, self.cursor, limit=3)
        self.cursor = page["liveCursor"]
        self.told += page["items"]
        return bool(page["items"])


class NaiveFollower:
    """Follows by the time of the last words, as one would without a counter."""

    def __init__(self, brand: Any) -> None:
        self.views = Participant.objects.filter(user=brand).order_by("last_message_at")
        self.place = self.views.last().last_message_at
        self.told: dict[Any, int] = {}

    def step(self) -> bool:
        found = list(self.views.filter(last_message_at__gt=self.place).select_related("conversation"))
        self.told |= {view.conversation_id: view.conversation.message_count for view in found}
        self.place = found[-1].last_message_at if found else self.place
        return bool(found)


@pytest.mark.race
@pytest.mark.parametrize("number", range(STORM_ROUNDS))
def test_who_follows_learns_of_every_change_once_whoever_writes(committed: World, number: int):
    storm = Storm(committed)
    follower = Follower(Caller(storm.brand), "/api/conversations")
    listener = Follower(Caller(storm.brand), messages_of(storm.talks[0]))

    with meanwhile(lambda: storm.rage(words=4)):
        storm.read(lambda: follower.step() | listener.step())

    versions = [row["version"] for row in follower.told]
    assert versions == sorted(set(versions))
    last = {row["id"]: (row["version"], row["unreadCount"]) for row in follower.told}
    views = Participant.objects.filter(user=storm.brand)
    assert last == {str(view.conversation_id): (view.version, view.unread_count) for view in views}
    assert [row["number"] for row in listener.told] == [1, 2, 3, 4]
    assert miscounted(*storm.talks) == []


@pytest.mark.race
def test_who_follows_by_the_clock_loses_some(committed: World):
    def loses() -> bool:
        storm = Storm(committed)
        follower = NaiveFollower(storm.brand)
        with meanwhile(lambda: storm.rage(words=1)):
            storm.read(follower.step)
        return follower.told != dict.fromkeys((talk.id for talk in storm.talks), 1)

    assert any(loses() for _ in range(CONTROL_ROUNDS))
