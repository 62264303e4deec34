"""Looking names up, which the system can do only by waiting, for longer than any call may last when a server of names is silent.

Each look-up has a thread of its own, which nobody waits for when the process ends. There are so many at most, and one for each name:
whoever owns a name that is never answered holds one of them, not one for each call.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

LOOKUPS_MAX = 32
SECONDS_MAX = 4.0

Resolve = Callable[[str, int], Awaitable[list[str]]]


class TooSlow(Exception):
    """The name was not found in time."""


class Names:
    """Looks names up for one event loop."""

    def __init__(self) -> None:
        self.places = asyncio.Semaphore(LOOKUPS_MAX)
        self.asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses of this name, as the system finds them. Raises gaierror, UnicodeError, TooSlow."""
        try:
            async with asyncio.timeout(SECONDS_MAX):
                if (host, port) not in self.asked:
                    await self.places.acquire()
                    self._ask(host, port)
                return await asyncio.shield(self.asked[host, port])
        except TimeoutError as slow:
            raise TooSlow from slow

    def _ask(self, host: str, port: int) -> None:
        """A thread looks the name up, and holds its place until it knows. The place is given back when somebody else was quicker."""
        if (host, port) in self.asked:
            self.places.release()
            return
        loop = asyncio.get_running_loop()
        self.asked[host, port] = loop.create_future()

        def look_up() -> None:
            found: list[str] | Exception
            try:
                found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
            except Exception as failure:  # noqa: BLE001 - whoever waits is told
                found = failure
            with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits
                loop.call_soon_threadsafe(self._found, (host, port), found)

        threading.Thread(target=look_up, name="webhook-names", daemon=True).start()

    def _found(self, name: tuple[str, int], found: list[str] | Exception) -> None:
        self.places.release()
        waiting = self.asked.pop(name)
        if isinstance(found, Exception):
            waiting.set_exception(found)
            waiting.exception()  # when everybody has given up, nobody asks, and nobody is to be warned of it
        else:
            waiting.set_result(found)
