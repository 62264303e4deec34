"""Who waits, and who wakes them: one connection to the database listens for everybody.

The sequencer notifies after each batch. A notification is a hint: what there is to tell is read from the table, and looked for once a
second anyway, so that a lost connection or a lost hint costs a moment and never an event.
"""

import asyncio
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import structlog

from api.events import Following
from outbox import meters
from outbox.health import Process
from outbox.live.steps import WAKE_CHANNEL

log = structlog.get_logger("live")

NAME = "marketplace-live"
LOOK_SECONDS = 1.0
ANSWER_SECONDS_MAX = 10.0
PAUSE_SECONDS_MAX = 5.0
START = "SELECT coalesce(max(position), 0) FROM outbox_addressee"
NEWS = "SELECT user_id, max(position) FROM outbox_addressee WHERE position > %s GROUP BY user_id"


@dataclass(eq=False)
class Waiter:
    """One call that waits. `called` is set when there may be something for it, or when it has to end."""

    following: Following
    called: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: bool = False  # the session is over


class Hub:
    """Knows who waits. Lives in the one thread of the event loop."""

    def __init__(self, conninfo: str, process: Process) -> None:
        self.conninfo = conninfo
        self.process = process
        self.place: int | None = None
        self.is_closing = False
        self.waiters: dict[UUID, set[Waiter]] = {}

    def add(self, following: Following) -> Waiter:
        """Whoever follows is called from now on. What came before has to be looked for."""
        waiter = Waiter(following)
        self.waiters.setdefault(following.person_id, set()).add(waiter)
        if self.is_closing:
            waiter.called.set()
        return waiter

    def remove(self, waiter: Waiter) -> None:
        """Nobody calls this one any more."""
        person_id = waiter.following.person_id
        self.waiters[person_id].discard(waiter)
        if not self.waiters[person_id]:
            del self.waiters[person_id]

    def everybody(self) -> list[Waiter]:
        """All who wait."""
        return [waiter for waiters in self.waiters.values() for waiter in waiters]

    def close(self) -> None:
        """All who wait are sent home."""
        self.is_closing = True
        for waiter in self.everybody():
            waiter.called.set()

    def sessions(self) -> set[UUID]:
        """The sessions of all who wait."""
        return {waiter.following.session_id for waiter in self.everybody()}

    def end_all_but(self, living: set[UUID], *, asked: Iterable[UUID]) -> None:
        """Of the sessions that were asked for, those that are not among the living have ended."""
        ended = set(asked) - living
        for waiter in self.everybody():
            if waiter.following.session_id in ended:
                waiter.has_ended = True
                waiter.called.set()

    async def listen(self) -> None:
        """Whoever has news is called, for ever. Connects again when the connection is lost, and goes on from where it was."""
        pause = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.conninfo, autocommit=True, application_name=NAME) as connection:
                    with answered_in_time(connection):
                        await connection.execute(f"LISTEN {WAKE_CHANNEL}")  # type: ignore[arg-type]  # a constant of ours
                        if self.place is None:
                            self.place = (await (await connection.execute(START)).fetchone() or (0,))[0]
                    pause = 0.1
                    await self.follow(connection)
            except psycopg.Error as error:
                self.process.failed("listen")
                log.warning("listener lost", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_SECONDS_MAX)

    async def follow(self, connection: psycopg.AsyncConnection) -> None:
        """Whoever has news is called, while the connection lives. Raises psycopg.Error."""
        while True:
            with answered_in_time(connection):
                await self.call(connection)
            async for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                pass

    async def call(self, connection: psycopg.AsyncConnection) -> None:
        """Everybody for whom there is something new is called."""
        for person_id, place in await (await connection.execute(NEWS, [self.place])).fetchall():
            self.place = max(self.place, place)
            for waiter in self.waiters.get(person_id, ()):
                waiter.called.set()
        self.process.worked("listen")
        meters.tell("streams", len(self.everybody()))


@contextmanager
def answered_in_time(connection: psycopg.AsyncConnection) -> Iterator[None]:
    """What is asked inside the block is answered in time, or fails with psycopg.OperationalError.

    A network that went away says nothing, so that whoever only waits is deaf for ever. The line is cut instead of the call being
    cancelled: psycopg would ask the server to cancel, over the same network.
    """
    cutting = asyncio.get_running_loop().call_later(ANSWER_SECONDS_MAX, cut, connection)
    try:
        yield
    finally:
        cutting.cancel()


def cut(connection: psycopg.AsyncConnection) -> None:
    """Whoever waits for the server reads an end instead."""
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
