"""The clock of a sandbox. These routes are there with SANDBOX=1 alone; otherwise their paths are as unknown as any other."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.permissions import SignedIn
from core.base import clock
from core.base.errors import Invalid
from core.sandbox.services import FURTHEST, advance_clock
from core.timers.kinds import KINDS


class AdvanceIn(Shape):
    seconds = serializers.IntegerField(
        required=False, min_value=1, max_value=int(FURTHEST.total_seconds()), help_text="How far, from now. Either this or `to`."
    )
    to = serializers.DateTimeField(required=False, help_text="To which moment. Never back.")


class FiredOut(Shape):
    kind = serializers.ChoiceField(choices=sorted(KINDS))
    subjectId = serializers.UUIDField()
    jobId = serializers.UUIDField(allow_null=True)
    dueAt = serializers.DateTimeField()


class AdvancedOut(Shape):
    now = serializers.DateTimeField()
    fired = FiredOut(many=True)


class ClockOut(Shape):
    now = serializers.DateTimeField()


class SandboxViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"advance": "write"}

    @describe("What the sandbox's clock says", response=ClockOut)
    def retrieve(self, request: Request) -> HttpResponse:
        return self.show({"now": clock.now()})

    @describe(
        "Move the sandbox's clock forward",
        detail="Every timer that comes due on the way runs out at its own hour, in order, before this is answered.",
        request=AdvanceIn,
        response=AdvancedOut,
        example={"seconds": 86_400},
    )
    def advance(self, request: Request) -> HttpResponse:
        return self.show(advance_clock(to=moment(self.body()), by=request.user))


def moment(asked: dict[str, Any]) -> Any:
    """The moment that is meant. Raises Invalid unless exactly one of the two ways is used."""
    if len(asked) != 1:
        raise Invalid(form=[_("Give either seconds or to.")])
    return asked["to"] if "to" in asked else clock.now() + timedelta(seconds=asked["seconds"])


urls = [
    route("sandbox/clock", SandboxViewset, get="retrieve"),
    route("sandbox/clock/advance", SandboxViewset, post="advance"),
]
