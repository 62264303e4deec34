"""What happens to the caller, as it happens: a list to follow by long poll, or the same as a stream of server-sent events.

Both go by the same places, so that a client may change from one to the other. In the process `live` (api.stream) a call that waits
costs no thread. Without it the web process answers the same routes: it waits as long as it has a place to wait in, and a stream ends
after what is there, whereupon the browser's EventSource comes back by itself and goes on from where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api import pagination
from api.base import Shape, describe, route
from api.errors import CursorTooOld
from api.live import LIVE, LiveIn, LiveViewset
from api.permissions import SignedIn
from api.renderers import JSON, dump
from core.base.errors import Invalid
from outbox.live import selectors

EVENT_STREAM = "text/event-stream"
BINDING = pagination.binding("/api/events", ["live", "event_id"], {})
RETRY_MILLISECONDS = 3_000
BATCH = 100


class EventOut(Shape):
    id = serializers.UUIDField(help_text="The same by every way out: pull, webhook, list and stream.")
    type = serializers.CharField()
    createdAt = serializers.DateTimeField()
    isMine = serializers.BooleanField(help_text="Whether I have caused it, perhaps on another device.")
    payload = serializers.DictField(help_text="Ids, amounts and states: ask for the thing itself for more.")


class StreamIn(Shape):
    after = serializers.CharField(
        required=False, max_length=pagination.CURSOR_CHARS_MAX, help_text="`liveCursor` of the list, or an `id` of a stream."
    )


@dataclass(frozen=True)
class Following:
    """Who follows from where, by which session: what the process `live` has to know in order to go on. A stream has no end."""

    person_id: UUID
    session_id: UUID
    place: int
    seconds: int | None


class Gate(Protocol):
    """Where calls of the process `live` come in; the request has it as `gate`."""

    has_waited: bool

    def take(self, person_id: UUID) -> None:
        """The call has a place for this person to wait in. Raises RateLimited when they have enough, Unavailable when none is left."""


def write_place(place: int) -> str:
    """The place in the order of the events, as clients hold it."""
    return pagination.write_cursor([place], BINDING)


def read_place(cursor: str, *, name: str = "after") -> int:
    """The place behind a cursor. Raises Invalid under this name, and CursorTooOld when something after it is gone."""
    place: int = pagination.read_cursor(cursor, BINDING, name=name)[0]
    bounds = selectors.bounds()
    if not bounds.gone <= place <= bounds.newest:  # a place in the future is one of a database that is no more
        raise CursorTooOld(oldest_cursor=write_place(bounds.gone))
    return place


def beginning(place: int) -> bytes:
    """The first part of a stream: a client that is cut off comes back to this place."""
    return b"retry: %d\nid: %s\n\n" % (RETRY_MILLISECONDS, write_place(place).encode())


def frames_after(person_id: UUID, place: int) -> tuple[bytes, int, bool]:
    """What came after this place as a part of the person's stream, the place after it, and whether there may be more."""
    found = list(
        selectors.event_list(person_id).filter(event_id__gt=place).values("event_id", *selectors.SHOWN).order_by("event_id")[:BATCH]
    )
    frames = b"".join(frame(event, to=person_id) for event in found)
    return frames, found[-1]["event_id"] if found else place, len(found) == BATCH


def frame(event: dict[str, Any], *, to: UUID) -> bytes:
    """One event of a stream."""
    lines = (write_place(event["event_id"]).encode(), event["type"].encode(), dump(selectors.told(event, to=to)))
    return b"id: %s\nevent: %s\ndata: %s\n\n" % lines


class EventViewset(LiveViewset):
    permission_classes = [SignedIn]
    throttle_scope = "live"

    @describe(
        "What happens to me, as it happens",
        detail="Without `after` the list is empty, and `liveCursor` says where to follow from: ask for it first, then load what you show. "
        "With `after` what came since, oldest first; nothing is left out and nothing comes twice. When something after that place is no "
        "longer kept: 410 with `details.oldestCursor`. With `Accept: text/event-stream` the answer is that of `/api/events/stream`.",
        response=EventOut,
        page=True,
        query=LiveIn,
        beside=LIVE,
        tagged=True,
        errors=[CursorTooOld],
        media=(JSON, EVENT_STREAM),
    )
    def list(self, request: Request) -> HttpResponse:
        if EVENT_STREAM in request.META.get("HTTP_ACCEPT", ""):
            return self.open_stream()
        pagination.read_limit(request.query_params.get("limit"))
        if "cursor" in request.query_params:
            raise Invalid({"cursor": [_("This list has no pages: follow it by after.")]})
        if not self.follows():
            here = write_place(selectors.bounds().newest)
            return self.show_tagged({"items": [], "nextCursor": None, "liveCursor": here, "pollInSec": 0})
        read_place(self.query()["after"])
        person_id: UUID = request.user.pk
        self.following: Following | None = None
        shown = partial(selectors.told, to=person_id)
        newest = partial(selectors.newest_of, person_id)
        response = self.follow(selectors.event_list(person_id).values(*selectors.SHOWN), by="event_id", newest=newest, shape=shown)
        response.following = self.following  # type: ignore[attr-defined]
        return response

    @describe(
        "What happens to me, as a stream of server-sent events",
        detail="`event` is the type, `data` what the list shows as an item, `id` a place to come back to: by the header `Last-Event-ID`, "
        "which wins, or by `after`. Without either the stream begins now. A comment comes at least every 15 seconds. The event "
        "`SESSION_ENDED` is the last one when the session ends; at any other end come back after `retry` milliseconds.",
        query=StreamIn,
        errors=[CursorTooOld],
        media=(EVENT_STREAM,),
    )
    def stream(self, request: Request) -> HttpResponse:
        return self.open_stream()

    def open_stream(self) -> HttpResponse:
        """The beginning of the stream, and in a process that cannot hold it open also its end."""
        asked, person_id = self.request.META.get("HTTP_LAST_EVENT_ID") or self.query().get("after"), self.request.user.pk
        place = read_place(asked) if asked else selectors.bounds().newest
        gate = self.gate()
        if gate is None:
            return event_stream(beginning(place) + frames_after(person_id, place)[0])
        gate.take(person_id)
        response = event_stream(beginning(place))
        response.following = Following(person_id, self.request.auth.pk, place, seconds=None)  # type: ignore[attr-defined]
        return response

    def wait(self, is_news: Callable[[], bool], *, place: int, seconds: int) -> bool:
        """As everywhere; but where a call may wait without a thread, it is answered in vain for now, and says what it waits for."""
        gate = self.gate()
        if gate is None:
            return super().wait(is_news, place=place, seconds=seconds)
        if seconds and not gate.has_waited and not is_news():
            gate.take(self.request.user.pk)
            self.following = Following(self.request.user.pk, self.request.auth.pk, place, seconds)
        return True

    def check_throttles(self, request: Request) -> None:
        """A call that has waited was counted when it came."""
        gate = self.gate()
        if gate is None or not gate.has_waited:
            super().check_throttles(request)

    def gate(self) -> Gate | None:
        """The gate that the call came in by, if this is the process `live`."""
        return getattr(self.request._request, "gate", None)

    def live_binding(self, by: str) -> bytes:
        """The list and the stream have the same places."""
        return BINDING


def event_stream(content: bytes) -> HttpResponse:
    """A part of a stream. No proxy is to keep it back."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return HttpResponse(content, content_type=f"{EVENT_STREAM}; charset=utf-8", headers=headers)


urls = [
    route("events", EventViewset, get="list"),
    route("events/stream", EventViewset, get="stream"),
]
