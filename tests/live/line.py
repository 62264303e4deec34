"""A line to the database over TCP that can go dead without a word, as a network does that drops everything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from django.conf import settings
from psycopg.conninfo import make_conninfo

PORT = 5432


class Line:
    """Carries bytes between those who call it and the test database."""

    def __init__(self) -> None:
        self.calls = 0
        self.dead = 0  # so many of the first calls are carried no more, and hear nothing of it
        self.port = 0

    def conninfo(self, conninfo: str) -> str:
        """The same database over this line."""
        return make_conninfo(conninfo, host="127.0.0.1", port=self.port)

    def go_dead(self) -> None:
        """Whoever has called until now hears nothing any more; whoever calls again is put through."""
        self.dead = self.calls

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call, until an end hangs up."""
        self.calls += 1
        number = self.calls
        there, back = await database()
        try:
            await asyncio.wait(
                [asyncio.ensure_future(self.carry(number, *way)) for way in ((reader, back), (there, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            for end in (back, writer):
                end.close()

    async def carry(self, number: int, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while part := await source.read(65_536):
                if number > self.dead:
                    target.write(part)
                    await target.drain()


async def database() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to where the test database is."""
    where = settings.DATABASES["default"]
    host, port = str(where.get("HOST") or "127.0.0.1"), int(where.get("PORT") or PORT)
    if host.startswith("/"):
        return await asyncio.open_unix_connection(Path(host, f".s.PGSQL.{port}"))
    return await asyncio.open_connection(host, port)


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    """A line on a port of its own."""
    made = Line()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
