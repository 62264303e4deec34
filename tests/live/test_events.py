"""The list of events and its stream, as the web server answers them."""

import re
import time
from datetime import timedelta

import pytest

from core.base import clock
from outbox import retention, sequencer
from outbox.models import Event
from tests.api.callers import Caller

EVENTS = "/api/events"
FRAME = re.compile(r"id: (\S+)\nevent: (\S+)\ndata: (\{.*\})\n\n")


def now_of(caller: Caller) -> str:
    return caller.get(EVENTS).data["liveCursor"]


def after(caller: Caller, place: str, **also: object) -> dict:
    asked = "".join(f"&{name}={value}" for name, value in also.items())
    return caller.get(f"{EVENTS}?after={place}{asked}").data


@pytest.fixture
def talk(world):
    return world.talk()


@pytest.fixture
def brand(talk):
    return Caller(talk.brand)


def test_who_begins_hears_of_nothing_old(world, talk, brand):
    world.said(talk, by=talk.creator)
    sequencer.sequence()

    page = brand.get(EVENTS).data

    assert (page["items"], page["nextCursor"], page["pollInSec"]) == ([], None, 0)
    assert after(brand, page["liveCursor"])["items"] == []


def test_what_concerns_me_comes_in_order_and_once_and_nobody_else_hears_it(world, talk, brand):
    stranger = Caller(world.brand())
    sequencer.sequence()
    start = now_of(brand)
    said = [world.said(talk, by=side, body="Tea?") for side in (talk.creator, talk.brand, talk.creator)]
    sequencer.sequence()

    first = after(brand, start, limit=2)
    rest = after(brand, first["liveCursor"])

    items = [*first["items"], *rest["items"]]
    assert [item["payload"]["messageId"] for item in items] == [str(message.id) for message in said]
    assert [item["isMine"] for item in items] == [False, True, False]
    assert [list(item) for item in items] == [["id", "type", "createdAt", "isMine", "payload"]] * 3
    assert after(brand, rest["liveCursor"])["items"] == after(stranger, start)["items"] == []


def test_what_has_no_place_yet_is_not_shown_and_comes_later(world, talk, brand):
    sequencer.sequence()
    start = now_of(brand)
    world.said(talk, by=talk.creator)

    before = after(brand, start)
    sequencer.sequence()

    assert before["items"] == []
    assert len(after(brand, before["liveCursor"])["items"]) == 1


def test_who_asks_again_for_the_same_gets_no_body(world, talk, brand):
    sequencer.sequence()
    where = f"{EVENTS}?after={now_of(brand)}"
    held = brand.get(where).headers["ETag"]
    unchanged = brand.get(where, if_none_match=held).status
    world.said(talk, by=talk.creator)
    sequencer.sequence()

    assert (unchanged, brand.get(where, if_none_match=held).status) == (304, 200)


@pytest.mark.parametrize(
    ("query", "field"),
    [("after=nonsense", "after"), ("wait=5", "wait"), ("cursor=x", "cursor"), ("limit=0", "limit"), ("after={here}&wait=26", "wait")],
)
def test_a_wrong_place_or_wait_is_refused(brand, query, field):
    answer = brand.get(f"{EVENTS}?{query.format(here=now_of(brand))}")

    assert (answer.status, answer.code, list(answer.details["fieldErrors"])) == (400, "VALIDATION_ERROR", [field])


@pytest.mark.parametrize("path", ["/api/conversations", "/api/notifications"])
def test_a_place_of_another_list_opens_nothing(brand, path):
    place = brand.get(path).data["liveCursor"]

    assert brand.get(f"{EVENTS}?after={place}").status == 400
    assert brand.get(f"{EVENTS}/stream?after={place}").status == 400


def test_a_place_before_what_is_kept_is_refused_with_one_to_go_on_from(world, talk, brand):
    sequencer.sequence()
    start = now_of(brand)
    world.said(talk, by=talk.creator)
    sequencer.sequence()
    Event.objects.update(occurred_at=clock.now() - timedelta(days=500))
    world.said(talk, by=talk.creator, body="Still here")
    sequencer.sequence()
    retention.prune()

    answers = [brand.get(f"{EVENTS}?after={start}"), brand.get(f"{EVENTS}/stream", last_event_id=start)]

    assert [(answer.status, answer.code, answer.reason) for answer in answers] == [(410, "GONE", "CURSOR_TOO_OLD")] * 2
    assert len(after(brand, answers[0].details["oldestCursor"])["items"]) == 1


def test_without_a_process_for_it_the_stream_ends_after_what_is_there_and_can_be_taken_up(world, talk, brand):
    sequencer.sequence()
    first = brand.get(f"{EVENTS}/stream")
    beginning = re.fullmatch(r"retry: 3000\nid: (\S+)\n\n", first.content.decode())
    said = [world.said(talk, by=talk.creator, body="Tea?") for _ in range(2)]
    sequencer.sequence()

    second = brand.get(f"{EVENTS}/stream", last_event_id=beginning[1])
    found = FRAME.findall(second.content.decode())
    third = brand.get(EVENTS, last_event_id=found[0][0], accept="text/event-stream")

    assert first.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert first.headers["Cache-Control"] == "no-store"
    assert [kind for _, kind, _ in found] == ["MESSAGE_SENT"] * 2
    assert [str(message.id) in shown for message, (_, _, shown) in zip(said, found, strict=True)] == [True] * 2
    assert FRAME.findall(third.content.decode()) == found[1:]


def test_a_wait_ends_with_the_session(world, talk, brand):
    sequencer.sequence()
    start = now_of(brand)
    talk.brand.sessions.update(revoked_at=clock.now())

    assert brand.get(f"{EVENTS}?after={start}&wait=1").code == "SESSION_INVALID"


def test_notices_are_followed_in_the_order_of_the_commits(world, talk, brand):
    sequencer.sequence()
    start = brand.get("/api/notifications").data["liveCursor"]
    world.said(talk, by=talk.creator)
    sequencer.sequence()
    first = brand.get(f"/api/notifications?after={start}").data
    world.said(talk, by=talk.creator, body="Again")
    sequencer.sequence()

    second = brand.get(f"/api/notifications?after={first['liveCursor']}").data

    assert [len(page["items"]) for page in (first, second)] == [1, 1]
    assert first["items"][0]["id"] == second["items"][0]["id"]
    assert brand.get(f"/api/notifications?after={second['liveCursor']}").data["items"] == []


def test_waiting_for_a_notice_is_answered_in_time(world, talk, brand):
    sequencer.sequence()
    start = brand.get("/api/notifications").data["liveCursor"]
    began = time.monotonic()

    page = brand.get(f"/api/notifications?after={start}&wait=1").data

    assert page["items"] == []
    assert 0.9 < time.monotonic() - began < 3
