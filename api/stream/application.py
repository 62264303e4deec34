"""What the process `live` does with a call: ask Django for the answer, and where the answer is to wait, wait."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpResponse

from api.events import Following, frames_after
from api.renderers import dump
from api.stream.hub import Hub, Waiter
from api.stream.inside import Inside, living_of
from api.stream.places import Gate, Places
from outbox.health import Process
from outbox.live import selectors

log = structlog.get_logger("live")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 15
SESSIONS_SECONDS = 15  # how long a session that has ended can still be told anything
HEARTBEAT = b":\n\n"
GOODBYE = b"retry: 1000\n\n"
SESSION_ENDED = b"event: SESSION_ENDED\ndata: %s\n\n" % dump({"action": "SIGN_IN"})


class Application:
    """One per process, in the thread of the event loop."""

    def __init__(self, *, inside: Inside, hub: Hub, places: Places, process: Process) -> None:
        self.inside = inside
        self.hub = hub
        self.places = places
        self.process = process

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The call is answered, and holds no place any more."""
        if scope["type"] != "http":
            return
        gate = Gate(self.places)
        try:
            response = await self.inside.respond(scope, gate)
            following: Following | None = getattr(response, "following", None)
            if following is None:
                await write_whole(response, send)
                return
            waiter = self.hub.add(following)
            left = asyncio.ensure_future(until_left(receive))
            left.add_done_callback(lambda _: waiter.called.set())
            try:
                if following.seconds is None:
                    await Stream(self, waiter, left, send).run(response)
                else:
                    await self.poll(scope, gate, waiter, left, send)
            finally:
                left.cancel()
                self.hub.remove(waiter)
        except (TimeoutError, ConnectionError):
            log.info("reader dropped")
        finally:
            gate.leave()

    async def poll(self, scope: Scope, gate: Gate, waiter: Waiter, left: asyncio.Future[None], send: Send) -> None:
        """The call has waited until there was something for it, or its time ran out, and is answered as if it came now."""
        following = waiter.following
        newest = await self.inside.ask(selectors.newest_of, following.person_id)
        if newest <= following.place:
            await wait(waiter.called, seconds=following.seconds or 0)
        if not left.done():
            gate.has_waited = True
            await write_whole(await self.inside.respond(scope, gate), send)

    async def watch_sessions(self) -> None:
        """Whose session has ended is told nothing more, for ever."""
        while True:
            try:
                if asked := self.hub.sessions():
                    self.hub.end_all_but(await self.inside.ask(living_of, asked), asked=asked)
                self.process.worked("sessions")
            except DatabaseError as error:
                self.process.failed("sessions")
                log.warning("sessions not seen", error=type(error).__name__)
            await asyncio.sleep(SESSIONS_SECONDS)


class Stream:
    """One open stream. It remembers where it is and nothing else: what there is to tell stands in the table."""

    def __init__(self, application: Application, waiter: Waiter, left: asyncio.Future[None], send: Send) -> None:
        self.application = application
        self.waiter = waiter
        self.left = left
        self.send = send
        self.place = waiter.following.place

    async def run(self, response: HttpResponse) -> None:
        """Everything that came was sent, until the reader left, the session ended, or the process stops."""
        await asyncio.wait_for(self.send(start_of(response, whole=False)), settings.LIVE_WRITE_SECONDS)
        await self.write(response.content)
        is_news = True
        while not self.left.done():
            if is_news and not await self.catch_up():
                break
            is_news = await wait(self.waiter.called, seconds=HEARTBEAT_SECONDS)
            if not is_news:
                await self.write(HEARTBEAT)
        if not self.left.done():
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def catch_up(self) -> bool:
        """What came since was sent. Whether the stream goes on: no more when the session has ended, or the process stops."""
        is_more = True
        while is_more and not self.left.done():
            self.waiter.called.clear()
            if self.waiter.has_ended:
                await self.write(SESSION_ENDED)
                return False
            if self.application.hub.is_closing:
                await self.write(GOODBYE)
                return False
            try:
                person_id = self.waiter.following.person_id
                frames, self.place, is_more = await self.application.inside.ask(frames_after, person_id, self.place)
            except DatabaseError as error:
                log.warning("stream cut", error=type(error).__name__)
                await self.write(GOODBYE)
                return False
            if frames:
                await self.write(frames)
        return True

    async def write(self, part: bytes) -> None:
        """The part is on its way. Raises TimeoutError when the reader does not read."""
        await asyncio.wait_for(self.send({"type": "http.response.body", "body": part, "more_body": True}), settings.LIVE_WRITE_SECONDS)


async def wait(called: asyncio.Event, *, seconds: float) -> bool:
    """Whether it was set within this time."""
    try:
        await asyncio.wait_for(called.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def until_left(receive: Receive) -> None:
    """The caller is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def write_whole(response: HttpResponse, send: Send) -> None:
    """The answer is sent."""
    await send(start_of(response, whole=True))
    await send({"type": "http.response.body", "body": response.content, "more_body": False})


def start_of(response: HttpResponse, *, whole: bool) -> dict[str, Any]:
    """The status and the headers; the length only of a whole answer."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    headers += [(b"set-cookie", cookie.OutputString().encode("latin-1")) for cookie in response.cookies.values()]
    kept = [(name, value) for name, value in headers if whole or name != b"content-length"]
    return {"type": "http.response.start", "status": response.status_code, "headers": kept}
