"""A room of its own on the floor of the API, so that the floor is proven whatever the real rooms do. Its things are sessions."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpResponse
from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, PublicList, Shape, Viewset, describe, route
from api.errors import Unavailable
from api.filters import Choice, Choices, Flag, Whole
from api.permissions import Anyone, BrandOrCreator, IsBrand, IsCreator, SignedIn, staff
from core.base import clock
from core.base.errors import Conflict, NotFound
from core.base.ids import uuid7
from core.base.shapes import RowJSON
from core.people.models import Session, User

AGENTS = [("fox", "fox"), ("owl", "owl")]


class Occupied(Conflict):
    """The place is taken."""

    reason = "OCCUPIED"
    message = "Somebody sits on “{seat_name}”."


class PartIn(Shape):
    count = serializers.IntegerField(min_value=1, max_value=9)
    isLast = serializers.BooleanField(default=False)


class ThingIn(Shape):
    userAgent = serializers.CharField(max_length=20)
    kind = serializers.ChoiceField(choices=Session.Kind.choices, default="TOKEN")
    parts = PartIn(many=True, required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=5), required=False)


class ThingOut(Shape):
    id = serializers.UUIDField()
    userAgent = serializers.CharField()
    createdAt = serializers.DateTimeField()


class ThingFilters(Filters):
    kind = Choice(choices=Session.Kind.choices)
    agents = Choices(field_name="user_agent", choices=AGENTS)
    revoked = Flag(field_name="revoked_at", lookup_expr="isnull", exclude=True)
    length = Whole(max_value=20, method="of_length")

    def of_length(self, things: QuerySet, name: str, length: int) -> QuerySet:
        """Those whose name has so many characters."""
        return things.filter(user_agent__regex=f"^.{{{length}}}$")


class EchoOut(Shape):
    pass


class WaitIn(Shape):
    waitSeconds = serializers.IntegerField(min_value=0, max_value=25, default=0)


@transaction.atomic
def keep_thing(*, by: User, user_agent: str, **_said: Any) -> Session:
    """One more session, which nobody can use."""
    thing = Session.objects.create(user=by, digest=uuid7().hex * 2, kind="TOKEN", user_agent=user_agent, expires_at=clock.now())
    if user_agent == "occupied":
        raise Occupied(seat_name="sofa")
    if user_agent == "missing":
        raise NotFound
    if user_agent == "away":
        raise Unavailable
    if user_agent == "broken":
        raise RuntimeError("secret")
    return thing


def everything() -> QuerySet:
    """The things of everybody."""
    row = RowJSON(id="id", userAgent="user_agent", createdAt="created_at")
    return Session.objects.filter(expires_at__lte=Now()).annotate(row=row)


EVERYTHING = PublicList(everything)


class ThingViewset(Viewset):
    permission_classes = {
        "list": [SignedIn],
        "raw": [SignedIn],
        "public": [Anyone],
        "create": [BrandOrCreator],
        "read": [SignedIn],
        "rename": [SignedIn],
        "touch": [SignedIn],
        "preview": [SignedIn],
        "wait": [Anyone],
        "for_brands": [IsBrand],
        "for_creators": [IsCreator],
        "for_moderators": [staff("moderator", "support")],
    }
    throttle_scope = {"preview": "money"}

    @describe("Things", response=ThingOut, page=True, filters=ThingFilters, sorts=("new", "old"))
    def list(self, request: Request) -> HttpResponse:
        orders = {"new": ("-created_at", "-id"), "old": ("created_at", "id")}
        return self.page(Session.objects.filter(user=request.user, expires_at__lte=clock.now()).values("user_agent"), order=orders)

    @describe("Things as the database writes them", response=ThingOut, page=True)
    def raw(self, request: Request) -> HttpResponse:
        row = RowJSON(id="id", userAgent="user_agent", createdAt="created_at")
        mine = Session.objects.filter(user=request.user, expires_at__lte=clock.now())
        return self.page(mine.annotate(row=row), order=("-created_at", "-id"))

    @describe("Everybody's things", response=ThingOut, page=True, filters=ThingFilters, sorts=("new", "old"))
    def public(self, request: Request) -> HttpResponse:
        return self.page(EVERYTHING, order={"new": ("-created_at", "-id"), "old": ("created_at", "id")})

    @describe("Keep a thing", request=ThingIn, response={"thing": ThingOut}, status=201, errors=[Occupied])
    def create(self, request: Request) -> HttpResponse:
        return self.show(keep_thing(by=request.user, **self.body()))

    @describe("One thing", response={"thing": ThingOut})
    def read(self, request: Request, pk: UUID) -> HttpResponse:
        try:
            return self.show(Session.objects.get(id=pk, user=request.user))
        except Session.DoesNotExist as missing:
            raise NotFound from missing

    @describe("Another name", request=ThingIn, response=EchoOut)
    def rename(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(self.body())

    @describe("Touch it", response=EchoOut)
    def touch(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show({"touched": str(pk)})

    @describe("What would happen", response=EchoOut, dry_run=True)
    def preview(self, request: Request) -> HttpResponse:
        self.no_body()
        return self.show({"dryRun": self.dry_run()})

    @describe("Wait", query=WaitIn, response=EchoOut)
    def wait(self, request: Request) -> HttpResponse:
        return self.show(self.query())

    @describe("For brands", response=EchoOut)
    def for_brands(self, request: Request) -> HttpResponse:
        return self.show(self.body(ThingIn))

    @describe("For creators", response=EchoOut)
    def for_creators(self, request: Request) -> HttpResponse:
        return self.show({})

    @describe("For moderators", response=EchoOut)
    def for_moderators(self, request: Request) -> HttpResponse:
        return self.show({})


class SecretViewset(Viewset):
    """Answers with something that must not be kept."""

    permission_classes = [Anyone]
    authentication_classes = []
    throttle_scope = "login"
    replayable = False

    @describe("A secret", response=EchoOut)
    def create(self, request: Request) -> HttpResponse:
        return self.show({"token": uuid7().hex, "expiresAt": clock.now() + timedelta(hours=1)})


class ForgottenViewset(Viewset):
    """Says nothing about who may knock."""

    @describe("Forgotten")
    def read(self, request: Request) -> HttpResponse:
        return self.show({})


class HalfViewset(Viewset):
    """Forgets one of its actions, and names a scope that has no rate."""

    permission_classes = {"read": [Anyone]}
    throttle_scope = {"read": "no such scope"}

    @describe("Read")
    def read(self, request: Request) -> HttpResponse:
        return self.show({})

    def write(self, request: Request) -> HttpResponse:
        return self.show({})


urls = [
    route("things", ThingViewset, get="list", post="create"),
    route("things/raw", ThingViewset, get="raw"),
    route("things/public", ThingViewset, get="public"),
    route("things/preview", ThingViewset, post="preview"),
    route("things/wait", ThingViewset, get="wait"),
    route("things/brands", ThingViewset, post="for_brands"),
    route("things/creators", ThingViewset, get="for_creators"),
    route("things/moderators", ThingViewset, get="for_moderators"),
    route("things/<uuid:pk>", ThingViewset, get="read", patch="rename", put="rename"),
    route("things/<uuid:pk>/touch", ThingViewset, post="touch", delete="touch"),
    route("secrets", SecretViewset, post="create"),
    route("forgotten", ForgottenViewset, get="read"),
    route("half", HalfViewset, get="read", post="write"),
]
urlpatterns = [path("api/", include(urls)), path("api/", include("api.urls"))]
