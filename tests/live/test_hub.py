"""Who listens for everybody hears again after the network dropped everything, and no connection of ours trusts a silent network."""

import asyncio
import os
import socket
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from api.events import Following
from api.stream import hub as hubs
from api.stream.hub import Hub
from outbox import sequencer
from outbox.health import Process
from tests.live.line import line
from tests.live.process import conninfo

pytestmark = pytest.mark.race

PATIENT = 3_600.0
IMPATIENT = 0.3


def said(committed, talk) -> None:
    """Somebody said something, and it has its place. In a thread of its own."""
    try:
        committed.said(talk, by=talk.creator)
        sequencer.sequence()
    finally:
        connection.close()


async def heard(hub: Hub, committed, talk, person_id: UUID, *, seconds: float) -> bool:
    """Whether the hub calls a waiter for what is said now."""
    waiter = hub.add(Following(person_id=person_id, session_id=uuid4(), place=0, seconds=None))
    await asyncio.to_thread(said, committed, talk)
    try:
        await asyncio.wait_for(waiter.called.wait(), seconds)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    ("patience", "hears", "calls"),
    [pytest.param(IMPATIENT, True, 2, id="within the deadline"), pytest.param(PATIENT, False, 1, id="control: without one it is deaf")],
)
def test_a_listener_whose_network_drops_everything_connects_again_and_has_missed_nothing(committed, monkeypatch, patience, hears, calls):
    monkeypatch.setattr(hubs, "ANSWER_SECONDS_MAX", patience)
    monkeypatch.setattr(hubs, "LOOK_SECONDS", 0.1)
    talk = committed.talk()
    brand_id = talk.brand.id

    async def scene() -> None:
        async with line() as over:
            hub = Hub(over.conninfo(conninfo()), Process("live"))
            listening = asyncio.ensure_future(hub.listen())
            assert await heard(hub, committed, talk, brand_id, seconds=5)
            over.go_dead()
            assert await heard(hub, committed, talk, brand_id, seconds=5 if hears else 1.5) is hears
            assert over.calls == calls
            listening.cancel()

    asyncio.run(scene())


def of_the_queue() -> dict[str, object]:
    return conninfo_to_dict(settings.HUEY["connection"]["dsn"])


def of_django() -> dict[str, object]:
    return {name: value for name, value in connection.get_connection_params().items() if isinstance(value, str | int)} | {
        "dbname": settings.DATABASES["default"]["NAME"]
    }


@pytest.mark.parametrize("parameters", [of_the_queue, of_django])
def test_every_connection_over_a_network_notices_that_it_is_gone(django_db_setup: None, parameters):
    async def scene() -> None:
        async with line() as over:
            given = {name: value for name, value in parameters().items() if name not in {"server_side_binding", "prepare_threshold"}}
            async with await psycopg.AsyncConnection.connect(**given | {"host": "127.0.0.1", "port": over.port}) as connected:
                with socket.socket(fileno=os.dup(connected.fileno())) as line_of:
                    assert line_of.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                    kept = [line_of.getsockopt(socket.IPPROTO_TCP, name) for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL)]
                    tries = line_of.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT)
                    unheard = line_of.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert kept[0] + kept[1] * tries <= 30
        assert 0 < unheard <= 30_000

    asyncio.run(scene())
