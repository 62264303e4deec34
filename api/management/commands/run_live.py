"""Serves live updates: `/api/events` and its stream, for any number of people who wait. One process, one thread for all who wait."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from api.stream.application import Application
from api.stream.hub import Hub
from api.stream.inside import Inside
from api.stream.places import Places
from core.checks import refusals
from outbox.health import Process, Reporter

GOODBYE_SECONDS_MAX = 5


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Serves until SIGTERM or SIGINT; then every stream ends with word when to come back. Refuses unsafe settings."""
        if refused := [line for _, line in refusals()]:
            raise CommandError("\n".join(refused))
        process = Process("live")
        with Reporter(process):
            asyncio.run(serve(host, port, process))


async def serve(host: str, port: int, process: Process) -> None:
    """Served until a signal came."""
    inside = Inside(settings.LIVE_THREADS)
    hub = Hub(settings.HUEY["connection"]["dsn"], process)
    places = Places(in_all=settings.LIVE_STREAMS_MAX, per_person=settings.LIVE_STREAMS_PER_PERSON)
    application = Application(inside=inside, hub=hub, places=places, process=process)
    server = Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=settings.LIVE_STREAMS_MAX * 2,  # beyond it calls would wait unheard instead of being refused
        log_level=LogLevels.error,
    )
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    served = asyncio.ensure_future(server.serve())
    background = [asyncio.ensure_future(work()) for work in (hub.listen, application.watch_sessions)]
    stopped = asyncio.ensure_future(stopping.wait())
    await asyncio.wait([served, stopped, *background], return_when=asyncio.FIRST_COMPLETED)

    hub.close()
    for _ in range(GOODBYE_SECONDS_MAX * 10):
        if not hub.waiters:
            break
        await asyncio.sleep(0.1)
    server.stop()
    await served
    broken = next((work.exception() for work in background if work.done()), None)
    for work in (*background, stopped):
        work.cancel()
    inside.close()
    if broken is not None:
        raise broken
