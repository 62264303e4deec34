"""Events of slow transactions, pulled over HTTP by clients of the original: none is lost, none comes twice, each deal's come in order.

A reader who goes by ids is the control, and has to lose the slow one.
"""

import random
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections, transaction
from django.utils import timezone

from outbox.consumers import selectors
from outbox.models import Event
from tests.outbox.consumers.cast import OldClient, make_consumer
from tests.serving import serving

WRITERS = 8
EVENTS_PER_WRITER = 260
DEALS = 12
ROLLED_BACK = 0.05
HOLDS = (0, 0, 0, 0.001, 0.004, 0.03)
SEED = 20_240_501
LAST_SECONDS = 60


@pytest.fixture
def address(committed) -> Iterator[str]:
    """The address of a server that works on the committed rows."""
    with serving(get_wsgi_application()) as where:
        yield where


def over_http(address: str, token: str):
    """How the old client fetches."""
    http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30)

    def fetch(method: str, path: str, body: Any = None) -> Any:
        answer = http.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return fetch


class Rehearsal:
    """Writers that hold their transactions open for uneven times, some of which roll back. A deal's events are numbered under its lock."""

    def __init__(self) -> None:
        self.name = f"REHEARSAL_{uuid.uuid4().hex[:12].upper()}"
        self.committed: set[str] = set()
        self.last_number: dict[int, int] = defaultdict(int)
        self.slow_one = ""
        self.slow_id = 0
        self.naive: list[str] = []
        self.overtaken = threading.Event()
        self.is_over = threading.Event()

    def emit(self, deal: int, number: int) -> Event:
        """One event of this deal, in the transaction that is open."""
        return Event.objects.create(
            uid=uuid.uuid4(),
            type=self.name,
            aggregate=f"{self.name}:{deal}",
            payload={"deal": deal, "number": number},
            actor_id=uuid.uuid4(),
            occurred_at=timezone.now(),
        )

    def write(self, seed: int) -> None:
        uneven = random.Random(SEED + seed)
        for _ in range(EVENTS_PER_WRITER):
            deal = uneven.randrange(DEALS)
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [self.name, deal])
                number = self.last_number[deal] + 1
                event = self.emit(deal, number)
                time.sleep(uneven.choice(HOLDS))
                if uneven.random() < ROLLED_BACK:
                    transaction.set_rollback(True)
                    continue
                self.last_number[deal] = number
            self.committed.add(str(event.uid))

    def write_slowly(self) -> None:
        """A transaction that commits only after the reader by id has passed it."""
        with transaction.atomic():
            event = self.emit(DEALS, 1)
            self.slow_id, self.slow_one = event.id, str(event.uid)
            assert self.overtaken.wait(timeout=LAST_SECONDS)
        self.committed.add(self.slow_one)

    def read_by_id(self) -> None:
        """The naive reader: everything with a larger id than the last one seen."""
        cursor = 0
        while not self.is_over.is_set():
            for place, uid in Event.objects.filter(type=self.name, id__gt=cursor).order_by("id").values_list("id", "uid"):
                cursor = place
                self.naive.append(str(uid))
            if self.slow_id and cursor > self.slow_id:
                self.overtaken.set()
            time.sleep(0.002)

    def pull_on(self, client: OldClient) -> None:
        """The client polls until nothing can come any more."""
        while not self.is_over.is_set():
            client.cycle()
        client.drain()


def alone(work, *arguments: Any) -> threading.Thread:
    """The work in a thread of its own, with a connection of its own. What it raises is kept."""

    def run() -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            thread.error = error
        finally:
            connections.close_all()

    thread: Any = threading.Thread(target=run)
    thread.error = None
    thread.start()
    return thread


@pytest.mark.race
def test_pulling_loses_nothing_that_is_committed_late_and_keeps_each_deals_order(address, tmp_path):
    rehearsal = Rehearsal()
    (lone, lone_caller), (shared, shared_caller) = make_consumer(rehearsal.name), make_consumer(rehearsal.name)
    one = OldClient(over_http(address, lone_caller.token), tmp_path / "cursor.json", limit=100)
    two = [OldClient(over_http(address, shared_caller.token), None, limit=20) for _ in range(2)]

    readers = [alone(rehearsal.read_by_id), *(alone(rehearsal.pull_on, client) for client in (one, *two))]
    writers = [alone(rehearsal.write_slowly), *(alone(rehearsal.write, seed) for seed in range(WRITERS))]
    for thread in writers:
        thread.join()
    time.sleep(0.1)
    rehearsal.is_over.set()
    for thread in readers:
        thread.join()

    assert [thread.error for thread in writers + readers] == [None] * len(writers + readers)
    assert len(rehearsal.committed) > WRITERS * EVENTS_PER_WRITER * 0.8
    assert sorted(one.handled) == sorted(rehearsal.committed)
    assert sorted(two[0].handled + two[1].handled) == sorted(rehearsal.committed)
    assert orders_of(one.handled) == {deal: list(range(1, last + 1)) for deal, last in rehearsal.last_number.items()} | {DEALS: [1]}
    assert rehearsal.slow_one in one.handled
    assert rehearsal.slow_one not in rehearsal.naive
    assert [consumer.position for consumer in (fresh(lone), fresh(shared))] == [selectors.head()] * 2


def fresh(consumer: Any) -> Any:
    """The row as it is now."""
    consumer.refresh_from_db()
    return consumer


def orders_of(handled: list[str]) -> dict[int, list[int]]:
    """The numbers of each deal's events, in the order in which they were handled."""
    payloads = {str(uid): payload for uid, payload in Event.objects.filter(uid__in=handled).values_list("uid", "payload")}
    found: dict[int, list[int]] = defaultdict(list)
    for uid in handled:
        found[payloads[uid]["deal"]].append(payloads[uid]["number"])
    return dict(found)
