"""Events for other systems: pull, acknowledge, give back. The shape is the original's; what it did not have is added to it.

A client that keeps `nextCursor` in a file, or none at all, and acknowledges what it has handled, gets every event at least once:
what was not acknowledged within the lease comes again, and `nextCursor` never passes an event that somebody else has in hand.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api import pagination
from api.auth import TOKEN_SHAPE
from api.base import Shape, Viewset, describe, route
from api.errors import CursorTooOld, MethodNotAllowed, OutboxAuthError
from api.live import WAIT_SECONDS_MAX, wait_until
from api.renderers import Raw
from core.base.errors import NotFound
from outbox.consumers import selectors, services, tokens
from outbox.consumers.models import Consumer, ConsumerToken, Handout

LIMIT_DEFAULT, LIMIT_MAX = 50, 100
VISIBILITY_DEFAULT, VISIBILITY_MIN, VISIBILITY_MAX = 60, 1, 600
ACKNOWLEDGED_MAX = 500
ERROR_MAX = 500
EXAMPLE_ID = "0199f0c0-0000-7000-8000-000000000001"


class ConsumerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` with the token of a consumer. Cookies and the tokens of people open nothing here."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Consumer]:
        """Nobody, and the consumer. Raises OutboxAuthError for anything but a living token."""
        token = living_token(request)
        tokens.touch(token)
        return AnonymousUser(), token.consumer

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says in WWW-Authenticate."""
        return "Bearer"


def living_token(request: Request) -> ConsumerToken:
    """The token that the call came with. Raises OutboxAuthError unless it opens something now."""
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not TOKEN_SHAPE.fullmatch(secret):
        raise OutboxAuthError
    token = tokens.living_token(secret)
    if token is None:
        raise OutboxAuthError
    return token


class IsConsumer(BasePermission):
    """A consumer of the outbox."""

    who = "outbox consumer"

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Consumer)


class PullIn(Shape):
    limit = serializers.IntegerField(default=LIMIT_DEFAULT, min_value=1, max_value=LIMIT_MAX, help_text="How many at most.")
    cursor = serializers.CharField(required=False, max_length=pagination.CURSOR_CHARS_MAX, help_text="`nextCursor` of an earlier pull.")
    wait = serializers.IntegerField(
        default=0, min_value=0, max_value=WAIT_SECONDS_MAX, help_text="Seconds to wait for the first event when there is none."
    )
    visibilitySec = serializers.IntegerField(
        default=VISIBILITY_DEFAULT,
        min_value=VISIBILITY_MIN,
        max_value=VISIBILITY_MAX,
        help_text="How long the events are yours alone. Those not acknowledged by then come again.",
    )


class EventOut(Shape):
    id = serializers.UUIDField()
    type = serializers.CharField()
    payload = serializers.DictField(help_text="Ids, amounts and states, `schemaVersion`, `occurredAt`, `actorUserId`, `recipientUserIds`.")
    createdAt = serializers.DateTimeField()
    leaseUntil = serializers.DateTimeField(help_text="When it comes again unless it is acknowledged.")
    failures = serializers.IntegerField(help_text="How often you gave it back.")
    timesGiven = serializers.IntegerField(help_text="More than 1: you may have seen it before.")


class PulledOut(Shape):
    events = EventOut(many=True)
    nextCursor = serializers.CharField(allow_null=True, help_text="To be sent as `cursor`; null when there was nothing.")


class AckIn(Shape):
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=ACKNOWLEDGED_MAX)


class AckOut(Shape):
    ackedCount = serializers.IntegerField(help_text="How many were not done with before. Unknown ids count as nothing.")


class NackIn(Shape):
    id = serializers.UUIDField()
    error = serializers.CharField(required=False, max_length=ERROR_MAX, allow_blank=True, help_text="For our staff, in your words.")
    retryAfterSec = serializers.IntegerField(
        required=False, min_value=0, max_value=services.RETRY_SECONDS_MAX, help_text="When it comes again. Longer each time without it."
    )


class NackOut(Shape):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=[Handout.State.WAITING, Handout.State.DEAD])
    failures = serializers.IntegerField()
    retryAt = serializers.DateTimeField(allow_null=True, help_text="Null when it was given up.")


class OutboxViewset(Viewset):
    authentication_classes = [ConsumerAuthentication]
    permission_classes = [IsConsumer]
    throttle_scope = {"pull": "consumer", "ack": "consumer_ack", "nack": "consumer_ack"}

    @describe(
        "Events that I have not acknowledged, oldest first",
        detail="In the order of their commits: nothing ever appears behind a cursor. They are mine alone until `leaseUntil`. "
        "While staff have paused me there are none, and they wait. "
        "With `cursor` only later ones, and those that were given back.",
        query=PullIn,
        response=PulledOut,
        errors=[OutboxAuthError, CursorTooOld],
    )
    def pull(self, request: Request) -> HttpResponse:
        if request.method == "HEAD":
            raise MethodNotAllowed(["GET"])  # it would lease events and show none of them
        asked, consumer = self.query(), request.auth
        after = self.place_of(asked.get("cursor"))
        services.number_what_waits()
        if asked["wait"]:
            self.wait(consumer, after, asked["wait"])
        try:
            pulled = services.pull(consumer, limit=asked["limit"], after=after, visibility=asked["visibility_sec"])
        except services.PlaceForgotten as forgotten:
            raise CursorTooOld(oldestCursor=self.cursor_of(forgotten.oldest)) from forgotten
        place = None if pulled.place is None else self.cursor_of(pulled.place)
        return self.show({"events": [shown(event) for event in pulled.events], "nextCursor": place})

    @describe(
        "These are done with",
        detail="For me alone: other consumers are not affected. Repeating it changes nothing.",
        request=AckIn,
        response=AckOut,
        errors=[OutboxAuthError],
        example={"ids": [EXAMPLE_ID]},
    )
    def ack(self, request: Request) -> HttpResponse:
        return self.show({"ackedCount": services.acknowledge(request.auth, self.body()["ids"])})

    @describe(
        "This one could not be handled",
        detail="It comes again, whatever the cursor; after sixteen failures it is given up, until our staff send it again. Others go on.",
        request=NackIn,
        response=NackOut,
        errors=[OutboxAuthError, NotFound],
        example={"id": EXAMPLE_ID, "error": "Our stock system is down.", "retryAfterSec": 60},
    )
    def nack(self, request: Request) -> HttpResponse:
        asked = self.body()
        handout = given_back(request.auth, asked["id"], error=asked.get("error", ""), retry_seconds=asked.get("retry_after_sec"))
        state = {"id": asked["id"], "state": handout.state, "failures": handout.failures, "retryAt": handout.free_at}
        return self.show(state)

    def wait(self, consumer: Consumer, after: services.Place | None, seconds: int) -> None:
        """There is something to pull, or the time ran out, or no place to wait in was free. Raises OutboxAuthError when the token died."""
        place = after.position if after else 0

        def is_something_there() -> bool:
            services.number_what_waits()
            return selectors.is_something_there(consumer, place=place)

        wait_until(is_something_there, seconds=seconds)
        living_token(self.request)  # it may have been revoked meanwhile

    def place_of(self, cursor: str | None) -> services.Place | None:
        """The place that the cursor stands for. Raises Invalid for one that is not of this consumer."""
        return None if cursor is None else services.Place(*pagination.read_cursor(cursor, self.binding()))

    def cursor_of(self, place: services.Place) -> str:
        """The place as this consumer, and nobody else, can send it back."""
        return pagination.write_cursor([place.position, place.era], self.binding())

    def binding(self) -> bytes:
        """What a cursor is good for."""
        return pagination.binding("outbox", ["position"], {"consumer": str(self.request.auth.pk)})


def given_back(consumer: Consumer, uid: UUID, *, error: str, retry_seconds: int | None) -> Handout:
    """The event comes again. Raises NotFound when this consumer has no such event in hand."""
    try:
        return services.give_back(consumer, uid, error=error, retry_seconds=retry_seconds)
    except services.NotInHand as not_in_hand:
        raise NotFound from not_in_hand


def shown(event: services.Given) -> dict[str, Any]:
    """The event under the names of the contract."""
    return {
        "id": event.uid,
        "type": event.type,
        "payload": Raw(event.payload),
        "createdAt": event.occurred_at,
        "leaseUntil": event.free_at,
        "failures": event.failures,
        "timesGiven": event.times_given,
    }


urls = [
    route("outbox/pull", OutboxViewset, get="pull"),
    route("outbox/ack", OutboxViewset, post="ack"),
    route("outbox/nack", OutboxViewset, post="nack"),
]
