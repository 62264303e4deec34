"""Lists that are followed: what came after a place, and a short wait for it when nothing has come yet.

    GET …/messages                       the newest, with `liveCursor`: the place to follow from
    GET …/messages?after=<liveCursor>    what came since, oldest first, with the next `liveCursor`
    GET …/messages?after=…&wait=25       the same, answered as soon as there is something, or empty after 25 seconds

A wait holds a thread, a connection at rest and no transaction. A process keeps few places to wait in; when all are taken, the
answer comes at once and `pollInSec` asks the caller to take a breath.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers

from api import pagination, statements
from api.auth import require_living
from api.base import Shape, Viewset
from core.base.errors import Invalid

WAIT_SECONDS_MAX = 25
LOOK_SECONDS = 1.0
BREATH_SECONDS = 5
PLACES = threading.BoundedSemaphore(settings.LONG_POLL_PLACES)


class LiveIn(Shape):
    after = serializers.CharField(required=False, max_length=pagination.CURSOR_CHARS_MAX, help_text="`liveCursor` of an earlier answer.")
    wait = serializers.IntegerField(
        required=False, min_value=0, max_value=WAIT_SECONDS_MAX, help_text="With `after`: seconds to wait for something new."
    )


class LiveCursor(serializers.CharField):
    """Where to follow from."""

    def __init__(self) -> None:
        super().__init__(allow_null=True, help_text="To be sent as `after`; null on later pages.")


class PollIn(serializers.IntegerField):
    """How long to take a breath."""

    def __init__(self) -> None:
        super().__init__(help_text="How many seconds to let pass before asking again with `after`.")


LIVE = {"liveCursor": LiveCursor, "pollInSec": PollIn}


def wait_until(is_true: Callable[[], bool], *, seconds: float) -> bool:
    """Whether there was a place to wait in until this became true, or the time ran out. What is true already needs no place."""
    if is_true():
        return True
    if not seconds or not PLACES.acquire(blocking=False):
        return False
    try:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(LOOK_SECONDS, left))
            if is_true():
                break
        return True
    finally:
        PLACES.release()


class LiveViewset(Viewset):
    """A viewset of lists that can be followed, each by a number that rises with every change and is committed in its order.

    Such an action takes `query=LiveIn`, and shows `beside=LIVE` beside the items.
    """

    def follows(self) -> bool:
        """Whether the call follows the list. Raises Invalid for a wait without a place to wait at."""
        asked = self.query()
        if "wait" in asked and "after" not in asked:
            raise Invalid({"wait": [_("Only together with after.")]})
        return "after" in asked

    def first(self, rows: QuerySet, *, order: Sequence[str], by: str, newest: int, shape: Callable[[dict[str, Any]], Any]) -> HttpResponse:
        """A page by `cursor`. The first one says where to follow from; later ones do not, being older than what is followed."""
        is_first = "cursor" not in self.request.query_params
        live_cursor = pagination.write_cursor([newest], self.live_binding(by)) if is_first else None
        return self.show_tagged(self.listed(rows, order=order, shape=shape) | {"liveCursor": live_cursor, "pollInSec": 0})

    def follow(self, rows: QuerySet, *, by: str, newest: Callable[[], int], shape: Callable[[dict[str, Any]], Any]) -> HttpResponse:
        """What came after the place of `?after=`, oldest first. `newest` is the number of the last change, and cheap to ask.

        Raises Invalid, and SessionInvalid when the session ended during the wait.
        """
        asked, parameters = self.query(), self.request.query_params
        if others := parameters.keys() - {"after", "wait", "limit"}:
            raise Invalid({name: [_("Cannot be combined with after.")] for name in sorted(others)})
        limit = pagination.read_limit(parameters.get("limit"))
        binding = self.live_binding(by)
        place = pagination.read_cursor(asked["after"], binding, name="after")
        had_place = self.wait(lambda: newest() > place[0], place=place[0], seconds=asked.get("wait", 0))
        if asked.get("wait"):
            require_living(self.request.auth)  # the caller may have been signed out meanwhile
        found = list(statements.page_of(rows, [by], limit, place))[:limit]
        numbers = [row.pop(mark) for row in found for mark in statements.marks([by])]
        shown = {
            "items": [shape(row) for row in found],
            "nextCursor": None,
            "liveCursor": pagination.write_cursor(numbers[-1:], binding) if found else asked["after"],
            "pollInSec": 0 if found or had_place else BREATH_SECONDS,
        }
        return self.show_tagged(shown)

    def wait(self, is_news: Callable[[], bool], *, place: int, seconds: int) -> bool:
        """Whether there was a place to wait in until there was something new after this one, or the time ran out."""
        return wait_until(is_news, seconds=seconds)

    def live_binding(self, by: str) -> bytes:
        """What a place to follow from is good for: this path, in this order."""
        return pagination.binding(self.request.path, ["live", by], {})
