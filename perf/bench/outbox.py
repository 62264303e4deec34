"""How fast parcels leave, beside the bare loop that no carrier can beat, and how long one waits for its turn on a quiet day."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from bot.loopback import LoopbackServer
from core.notifications.steps import notify
from core.people.accounts.operator import create_account
from outbox import carrier, channels
from outbox.channels import Channel, Outcome, Parcel, Sent
from perf.chaos.stage import PASSWORD
from perf.chaos.work import bind

NAME = "BENCH"
PARCELS = 20_000
BATCH = 50
CALLS = 200
PAUSE_SECONDS = 0.1
FIRST_CHAT = 800_000_001

FLOOR_TABLE = """
    DROP TABLE IF EXISTS bench_floor;
    CREATE TABLE bench_floor (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'PENDING');
    CREATE INDEX bench_floor_due ON bench_floor (id) WHERE state = 'PENDING';
    INSERT INTO bench_floor (id) SELECT generate_series(1, 20000);
    ANALYZE bench_floor
"""
FLOOR_CLAIM = """
    UPDATE bench_floor SET state = 'LEASED'
    WHERE id IN (SELECT id FROM bench_floor WHERE state = 'PENDING' ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED) RETURNING id
"""
FLOOR_SETTLE = "UPDATE bench_floor SET state = 'SENT' WHERE id = ANY(%s)"
FILL = """
    INSERT INTO outbox_delivery (channel, recipient_id, letter_id, type, aggregate)
    SELECT 'BENCH', gen_random_uuid(), gen_random_uuid(), 'A_LETTER', 'job:1' FROM generate_series(1, 20000)
"""


class Instant:
    """Sends nothing, at once: what is left is the carrier."""

    def prepare(self, parcels: Sequence[Parcel]) -> dict[int, Any]:
        return {parcel.id: "" for parcel in parcels}

    def send(self, parcel: Parcel, message: Any) -> Future[Outcome]:
        done: Future[Outcome] = Future()
        done.set_result(Sent())
        return done


def drain() -> None:
    """Everything in the bench's channel was carried, as a worker does."""
    channels.register(Channel(NAME, Instant, at_once=BATCH))
    while carrier.drain(NAME) is not None:
        pass


def drain_floor() -> None:
    """The same rows by the bare loop: claim, settle."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FLOOR_CLAIM)
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return
            cursor.execute(FLOOR_SETTLE, [ids])


@dataclass(frozen=True)
class Rate:
    """Rows a second with one process and with two."""

    one: float
    two: float


def rates(rounds: int) -> tuple[Rate, Rate]:
    """The carrier's, and the bare loop's, each the median of so many rounds that took turns."""
    measured: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for processes in (1, 2):
            for what in ("drain", "floor"):
                measured.setdefault((what, processes), []).append(_rate(what, processes))
    found = {key: statistics.median(values) for key, values in measured.items()}
    return Rate(found["drain", 1], found["drain", 2]), Rate(found["floor", 1], found["floor", 2])


def _rate(what: str, processes: int) -> float:
    """Rows a second, from the first claim to the last settling; the start of the processes is not counted."""
    with connection.cursor() as cursor:
        if what == "floor":
            cursor.execute(FLOOR_TABLE)
        else:
            cursor.execute("DELETE FROM outbox_attempt; DELETE FROM outbox_delivery WHERE channel = 'BENCH'")
            cursor.execute(FILL)
            cursor.execute("ANALYZE outbox_delivery")
    command = [sys.executable, "manage.py", "bench_outbox", "--part", what]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready
    began = time.monotonic()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.communicate()
    return PARCELS / (time.monotonic() - began)


@dataclass(frozen=True)
class Latency:
    """Milliseconds from the commit to the call at Telegram, on a quiet day."""

    p50: float
    p99: float
    calls: int


def latency(telegram: LoopbackServer) -> Latency:
    """One notice after the other, each to another chat, with a worker that does nothing else."""
    people = []
    for number in range(CALLS):
        with transaction.atomic():
            person = create_account(email=f"latency-{number}@example.com", password=PASSWORD, role="CREATOR", name="Creator")
        bind(person, FIRST_CHAT + number)
        people.append(person)
    _wait_for_silence(telegram)
    moments = []
    for number, person in enumerate(people):
        before = len(telegram.sent_to(FIRST_CHAT + number))
        with transaction.atomic():
            notify([person], "CREATOR_VERIFIED")
        committed = time.monotonic()
        message = _next_message(telegram, FIRST_CHAT + number, before)
        moments.append((message.at - committed) * 1000)
        time.sleep(PAUSE_SECONDS)
    moments.sort()
    return Latency(p50=statistics.median(moments), p99=moments[int(len(moments) * 0.99) - 1], calls=len(moments))


def _wait_for_silence(telegram: LoopbackServer) -> None:
    """What binding told everybody has arrived."""
    count = -1
    while count != len(telegram.messages):
        count = len(telegram.messages)
        time.sleep(3)


def _next_message(telegram: LoopbackServer, chat: int, before: int) -> Any:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        messages = telegram.sent_to(chat)
        if len(messages) > before:
            return messages[before]
        time.sleep(0.002)
    raise TimeoutError("No message came within 30 seconds.")
