"""The process `live`: nothing is lost and nothing comes twice, whatever dies; a session that ends ends the stream; nobody takes it all."""

import itertools
import resource
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection, transaction

from core.base import clock
from core.people.models import Session
from outbox import sequencer
from outbox.live.steps import address
from outbox.models import Event
from tests.api.callers import token_for
from tests.live.process import Live, Reader, Told, conninfo, live

MESSAGES = 200
IDLE = 50
GROWTH_BYTES_MAX = 20 * 1024 * 1024  # of 50 streams
SESSION_SECONDS_MAX = 30

pytestmark = pytest.mark.race


@pytest.fixture(scope="module")
def running(django_db_setup: None, django_db_blocker) -> Iterator[Live]:
    """One process for those tests that do it no harm."""
    with live() as one:
        yield one


class Listener:
    """Someone who reads a stream in a thread of their own, and comes back when it breaks."""

    def __init__(self, running: Live, token: str, *, comes_back: bool = True) -> None:
        self.reader = Reader(running.url, token)
        self.told: list[Told] = []
        self.comes_back = comes_back
        self.connections = 0
        self.has_left = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while not self.has_left.is_set():
            try:
                self.connections += 1
                for told in self.reader.read(seconds=20):
                    self.told.append(told)
                    if self.has_left.is_set():
                        return
            except (httpx.HTTPError, AssertionError):
                time.sleep(0.1)
            if not self.comes_back:
                return

    def wait_for(self, count: int, *, kind: str = "MESSAGE_SENT", seconds: float = 20) -> list[Told]:
        """What was told of this kind, when it is so many, or at the end of the time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and len(self.of(kind)) < count:
            time.sleep(0.02)
        return self.of(kind)

    def of(self, kind: str) -> list[Told]:
        return [told for told in self.told if told.type == kind]

    def opened(self) -> "Listener":
        """Itself, when the stream is open and has a place to come back to."""
        deadline = time.monotonic() + 20
        while not self.reader.last_id and time.monotonic() < deadline:
            time.sleep(0.02)
        return self

    def leave(self) -> None:
        self.has_left.set()


def beginning(reader: Reader) -> None:
    """The reader has a place to come back to."""
    with httpx.stream("GET", f"{reader.url}/api/events/stream", headers={"Authorization": f"Bearer {reader.token}"}, timeout=10) as opened:
        for line in opened.iter_lines():
            if line.startswith("id: "):
                reader.last_id = line.removeprefix("id: ")
                return


def positions_of(aggregate: str) -> list[str]:
    """The ids of the events of this conversation, in the order of their positions."""
    return [str(uid) for uid in Event.objects.filter(aggregate=aggregate).order_by("position").values_list("uid", flat=True)]


@contextmanager
def sequencing() -> Iterator[None]:
    """Events get their places, as the worker gives them."""
    over = threading.Event()

    def turn() -> None:
        while not over.is_set():
            sequencer.sequence()
            over.wait(0.01)
        connection.close()

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        sequencer.sequence()


CUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'marketplace-live' AND datname = current_database()
"""
IN_TRANSACTION = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"


def kill_listener() -> int:
    """The database connections of the process `live` are cut. Returns how many there were."""
    with psycopg.connect(conninfo(), autocommit=True) as other:
        return other.execute(CUT).fetchone()[0]


def test_two_hundred_messages_come_in_order_and_once_though_the_listener_is_killed_and_the_reader_cut_off(committed):
    talk = committed.talk()
    token = token_for(talk.brand)
    sequencer.sequence()
    with live() as running:
        listener = Listener(running, token).opened()
        killed = 0
        with sequencing():
            for number in range(MESSAGES):
                committed.said(talk, by=talk.creator, body=f"Word {number}")
                if number in {50, 100}:
                    killed += kill_listener()
                if number == 150:
                    running.stop(signal.SIGKILL)
                    running.start()
        told = listener.wait_for(MESSAGES)
        listener.leave()

    assert killed == 2
    assert [one.shown["id"] for one in told] == positions_of(f"conversation:{talk.id}")
    assert len(told) == MESSAGES
    assert listener.connections >= 2


def test_a_reader_comes_back_after_a_restart_to_where_it_was(committed):
    talk = committed.talk()
    reader = Reader("", token_for(talk.brand))
    sequencer.sequence()
    with live() as running:
        reader.url = running.url
        beginning(reader)
        committed.said(talk, by=talk.creator, body="Before")
        sequencer.sequence()
        first = list(itertools.islice((told for told in reader.read()), 1))
        assert running.stop() == 0
        committed.said(talk, by=talk.creator, body="Meanwhile")
        sequencer.sequence()
        running.start()
        second = list(itertools.islice((told for told in reader.read()), 1))

    assert [told.shown["id"] for told in (*first, *second)] == positions_of(f"conversation:{talk.id}")


def test_told_to_stop_it_says_when_to_come_back_and_ends_at_once(committed):
    talk = committed.talk()
    with live() as running:
        listener = Listener(running, token_for(talk.brand), comes_back=False).opened()
        began = time.monotonic()

        assert running.stop() == 0
        assert time.monotonic() - began < 5
        listener.thread.join(5)
        assert not listener.thread.is_alive()


@pytest.mark.slow
def test_a_session_that_is_revoked_ends_its_stream_and_hears_nothing_more(committed, running):
    talk = committed.talk()
    token = token_for(talk.brand)
    mine = Session.objects.get(user=talk.brand)
    sequencer.sequence()
    listener = Listener(running, token, comes_back=False).opened()
    other = Listener(running, token_for(talk.brand)).opened()

    Session.objects.filter(id=mine.id).update(revoked_at=clock.now())
    ended = listener.wait_for(1, kind="SESSION_ENDED", seconds=SESSION_SECONDS_MAX)
    committed.said(talk, by=talk.creator, body="A secret")
    sequencer.sequence()
    heard = other.wait_for(1)
    listener.thread.join(5)
    other.leave()

    assert [told.shown for told in ended] == [{"action": "SIGN_IN"}]
    assert len(heard) == 1
    assert listener.of("MESSAGE_SENT") == []
    assert not listener.thread.is_alive()


def test_a_long_poll_is_answered_as_soon_as_there_is_something_and_in_vain_when_its_time_is_over(committed, running):
    talk = committed.talk()
    headers = {"Authorization": f"Bearer {token_for(talk.brand)}"}
    sequencer.sequence()
    with httpx.Client(base_url=running.url, headers=headers, timeout=30) as client:
        start = client.get("/api/events").json()["data"]["liveCursor"]
        began = time.monotonic()
        nothing = client.get("/api/events", params={"after": start, "wait": 1}).json()["data"]
        in_vain = time.monotonic() - began
        timer = threading.Timer(0.5, said_and_placed, (committed, talk))
        timer.start()
        began = time.monotonic()
        something = client.get("/api/events", params={"after": start, "wait": 20}).json()["data"]
        took = time.monotonic() - began
        timer.join()

    assert (nothing["items"], nothing["liveCursor"], nothing["pollInSec"]) == ([], start, 0)
    assert 0.9 < in_vain < 3
    assert [item["type"] for item in something["items"]] == ["MESSAGE_SENT"]
    assert 0.4 < took < 3


def said_and_placed(world, talk) -> None:
    """Somebody says something, in a thread of their own."""
    world.said(talk, by=talk.creator, body="Tea?")
    sequencer.sequence()
    connection.close()


def test_nobody_has_more_streams_than_their_share_and_a_place_that_is_left_is_free_again(committed):
    talk = committed.talk()
    headers = {"Authorization": f"Bearer {token_for(talk.brand)}", "Accept-Language": "en"}
    with live(LIVE_STREAMS_PER_PERSON="2") as running, httpx.Client(base_url=running.url, headers=headers, timeout=10) as client:
        with ExitStack() as opened:
            for _ in range(2):
                assert opened.enter_context(client.stream("GET", "/api/events/stream")).status_code == 200
            refused = client.get("/api/events/stream")
        deadline = time.monotonic() + 5
        status = 429
        while status == 429 and time.monotonic() < deadline:
            time.sleep(0.2)
            with client.stream("GET", "/api/events/stream") as again:
                status = again.status_code

    assert (refused.status_code, refused.json()["error"]["code"], refused.headers["Retry-After"]) == (429, "RATE_LIMITED", "10")
    assert status == 200


def test_when_every_place_is_taken_others_are_sent_away(committed):
    tokens = [token_for(committed.brand()) for _ in range(2)]
    with live(LIVE_STREAMS_MAX="1") as running, ExitStack() as opened:
        headers = [{"Authorization": f"Bearer {token}"} for token in tokens]
        opened.enter_context(httpx.stream("GET", f"{running.url}/api/events/stream", headers=headers[0], timeout=10))
        refused = httpx.get(f"{running.url}/api/events/stream", headers=headers[1], timeout=10)

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")


def test_the_same_rules_as_everywhere_hold_at_its_door(committed, running):
    with httpx.Client(base_url=running.url, timeout=10) as client:
        guest = client.get("/api/events/stream")
        bad = client.get("/api/events/stream", headers={"Authorization": "Bearer nonsense"})
        unknown = client.get("/api/jobs")
        written = client.post("/api/events", json={})

    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in (guest, bad, unknown, written)] == [
        (401, "UNAUTHORIZED"),
        (401, "SESSION_INVALID"),
        (404, "NOT_FOUND"),
        (405, "METHOD_NOT_ALLOWED"),
    ]
    assert all("access-control-allow-origin" not in answer.headers for answer in (guest, bad, unknown, written))
    assert guest.headers["X-Request-Id"] == guest.json()["requestId"]


FLOOD = """
    INSERT INTO outbox_event (uid, position, type, aggregate, payload, recipient_ids, actor_id, request_id, occurred_at)
    SELECT gen_random_uuid(), nextval('outbox_event_position'), 'JOB_PAUSED', 'job:1', jsonb_build_object('jobId', repeat('x', 4000)),
           ARRAY[%(person)s::uuid], %(person)s::uuid, '', now()
    FROM generate_series(1, 5000) RETURNING id
"""


def test_who_does_not_read_is_dropped_and_fills_no_memory(committed):
    brand = committed.brand()
    token = token_for(brand)
    headers = {"Authorization": f"Bearer {token}"}
    with live(LIVE_STREAMS_PER_PERSON="1", LIVE_WRITE_SECONDS="2") as running, socket.socket() as deaf:
        start = httpx.get(f"{running.url}/api/events", headers=headers).json()["data"]["liveCursor"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FLOOD, {"person": brand.pk})
            address([event_id for (event_id,) in cursor.fetchall()])
        before = memory_of(running.pid)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", running.port))
        deaf.sendall(f"GET /api/events/stream?after={start} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        statuses = [429]
        deadline = time.monotonic() + 30
        time.sleep(1)
        while statuses[-1] == 429 and time.monotonic() < deadline:
            time.sleep(0.5)
            with httpx.stream("GET", f"{running.url}/api/events/stream", headers=headers) as response:
                statuses.append(response.status_code)
        after = memory_of(running.pid)

    assert statuses[1] == 429
    assert statuses[-1] == 200
    assert after - before < GROWTH_BYTES_MAX


def memory_of(pid: int) -> int:
    """The resident memory of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def test_idle_streams_cost_little_memory_and_no_transaction(committed, running):
    headers = [{"Authorization": f"Bearer {token_for(committed.brand())}"} for _ in range(IDLE // 5)] * 5
    limits = httpx.Limits(max_connections=IDLE + 1)
    with httpx.Client(base_url=running.url, limits=limits, timeout=30) as client, ExitStack() as opened:
        client.get("/api/events", headers=headers[0])
        before = memory_of(running.pid)
        for each in headers:
            assert opened.enter_context(client.stream("GET", "/api/events/stream", headers=each)).status_code == 200
        time.sleep(1)
        after = memory_of(running.pid)
        with psycopg.connect(conninfo(), autocommit=True) as other:
            waiting = other.execute(IN_TRANSACTION).fetchall()

    assert after - before < GROWTH_BYTES_MAX
    assert waiting == []
