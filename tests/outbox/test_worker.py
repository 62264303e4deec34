"""The worker as a process of its own: what it was doing when it is told to stop, and what it tells about itself meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from bot.faults import Fault, Trouble
from bot.loopback import LoopbackServer
from core.settings import ROOT
from core.telegram.models import TelegramAccount
from outbox.models import Delivery, Heartbeat
from tests.outbox.parcels import forget_parcels
from tests.telegram.chats import again, attempts_of, bound, told

pytestmark = pytest.mark.slow
OPEN = ("PENDING", "LEASED", "SENDING", "HELD")


def address_of_the_test_database() -> str:
    """Where another process finds the rows of this one."""
    known = connection.settings_dict
    login = quote(known["USER"], safe="") + (f":{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else "")
    return f"postgresql://{login}@/{known['NAME']}?host={quote(known['HOST'], safe='')}" + (
        f"&port={known['PORT']}" if known["PORT"] else ""
    )


def seen(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """What the condition says once it is true, or at the end of the time."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


class Worker:
    """One run of `manage.py run_worker` on the test database."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        self.health = folder / "health" / "worker.json"
        self.log = folder / "worker.log"
        environment = os.environ | {
            "DATABASE_URL": address_of_the_test_database(),
            "HEALTH_FOLDER": str(self.health.parent),
            "TELEGRAM_BOT_TOKEN": server.token,
            "TELEGRAM_API_URL": server.url,
            "EMAIL_URL": "dummymail://",
            "LOG_LEVEL": "INFO",
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run_worker"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, *, times: int = 1) -> None:
        """The worker was asked to end so often, half a second apart."""
        for turn in range(times):
            time.sleep(0.5 if turn else 0)
            self.process.send_signal(signal.SIGTERM)

    def lines(self) -> list[dict[str, Any]]:
        """What it wrote."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


@pytest.fixture
def server(committed) -> Iterator[LoopbackServer]:
    """Telegram, with nothing on its way to anybody."""
    forget_parcels(states=OPEN)
    with LoopbackServer() as running:
        yield running
    forget_parcels(states=OPEN)


@pytest.fixture
def chat(committed, server) -> TelegramAccount:
    account = bound(committed.bare_creator())
    forget_parcels(states=OPEN)
    return account


@pytest.fixture
def start(tmp_path, server) -> Iterator[Callable[[], Worker]]:
    """Starts workers, of which none is left behind."""
    started: list[Worker] = []

    def start_one() -> Worker:
        started.append(Worker(tmp_path, server))
        return started[-1]

    yield start_one
    for worker in started:
        worker.process.kill()
        worker.process.wait()


def test_a_worker_that_is_stopped_finishes_what_is_in_flight_and_the_next_one_does_the_rest(server, chat, start):
    first, second = told(chat.user), told(chat.user)
    server.script.next_for(chat.chat_id, [Fault(Trouble.LATE, seconds=2)])
    worker = start()
    assert server.wait_for_messages(1, seconds=30)

    worker.stop()

    assert worker.process.wait(timeout=20) == 0, worker.log.read_text()
    first, second = again(first), again(second)
    assert (first.state, first.copies, [outcome for outcome, _, _ in attempts_of(first)]) == ("SENT", 1, ["SENT"])
    assert (second.state, second.copies) == ("PENDING", 0)
    assert not worker.health.exists()

    start()
    assert seen(lambda: again(second).state == "SENT")
    assert len(server.sent_to(chat.chat_id)) == 2


def test_a_second_signal_ends_the_worker_at_once_and_its_parcel_is_only_on_loan(server, chat, start):
    parcel = told(chat.user)
    server.script.next_for(chat.chat_id, [Fault(Trouble.LATE, seconds=11)])
    worker = start()
    assert server.wait_for_messages(1, seconds=30)

    began = time.monotonic()
    worker.stop(times=2)
    worker.process.wait(timeout=20)

    assert time.monotonic() - began < 4
    assert again(parcel).state == "SENDING"  # until the lease is over; then another worker decides, see test_carrier
    assert again(parcel).lease_until is not None


def test_a_running_worker_tells_how_it_is_and_a_killed_one_soon_looks_stale(server, chat, start):
    parcel = told(chat.user)
    worker = start()
    assert seen(lambda: again(parcel).state == "SENT")
    written = seen(lambda: worker.health.exists() and json.loads(worker.health.read_text()))

    assert written["pid"] == worker.process.pid
    assert written["consecutiveFailures"] == 0
    assert set(written["counters"]) == {"sent", "skipped", "failed", "retried", "uncertain"}
    assert written["lag"].keys() == {"criticalSeconds", "otherSeconds", "unsequencedSeconds"}
    row = Heartbeat.objects.get(name="worker")
    assert (row.process_id, row.version) == (worker.process.pid, written["version"])

    worker.process.kill()
    worker.process.wait()
    assert worker.health.exists()  # nobody took it away, and in half a minute it is stale


def test_every_line_of_the_worker_is_json_and_knows_the_call_that_caused_it(server, chat, start):
    parcel = told(chat.user)
    Delivery.objects.filter(id=parcel.id).update(request_id="asked-by-a-person-1")
    worker = start()
    assert seen(lambda: again(parcel).state == "SENT")
    worker.stop()
    worker.process.wait(timeout=20)

    text = worker.log.read_text()

    assert [line for line in text.splitlines() if not line.startswith("{")] == []
    (line,) = [line for line in worker.lines() if line["event"] == "parcel"]
    assert (line["request_id"], line["channel"], line["state"]) == ("asked-by-a-person-1", "TELEGRAM", "SENT")
    assert str(chat.chat_id) not in text
    assert server.token not in text
