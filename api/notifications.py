"""A person's notices. Reading a list changes nothing; a notice is read when its reader says so."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice
from api.permissions import SignedIn
from core.base.errors import NotFound
from core.base.models import QuerySet
from core.notifications import registry, selectors, services
from core.notifications.models import Notification


class NotificationOut(Shape):
    id = serializers.UUIDField()
    type = serializers.CharField()
    category = serializers.ChoiceField(choices=Notification.Category.choices)
    title = serializers.CharField()
    body = serializers.CharField()
    href = serializers.CharField()
    isRead = serializers.BooleanField()
    createdAt = serializers.DateTimeField()
    jobId = serializers.UUIDField(allow_null=True)


class CountOut(Shape):
    count = serializers.IntegerField()


class ReadOut(Shape):
    read = serializers.BooleanField()


class ReadAllIn(Shape):
    upToId = serializers.UUIDField(required=False)


class ReadAllOut(Shape):
    readAll = serializers.BooleanField()
    count = serializers.IntegerField(help_text="How many became read.")


class NotificationFilters(Filters):
    filter = Choice(choices=[("all", "all"), ("unread", "unread")], method="only")
    category = Choice(choices=Notification.Category.choices)

    def only(self, rows: QuerySet, name: str, wanted: str) -> QuerySet:
        """Those that wait to be read, or all."""
        return rows.filter(read_at=None) if wanted == "unread" else rows


def shape(row: dict[str, Any]) -> dict[str, Any]:
    """The notice in the reader's language."""
    title, body = registry.render(row["type"], row["facts"])
    return {
        "id": row["id"],
        "type": row["type"],
        "category": row["category"],
        "title": title,
        "body": body,
        "href": row["href"],
        "isRead": row["read_at"] is not None,
        "createdAt": row["created_at"],
        "jobId": row["job_id"],
    }


class NotificationViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"read": "write", "read_all": "write"}

    @describe("My notices, newest first", response=NotificationOut, page=True, filters=NotificationFilters)
    def list(self, request: Request) -> HttpResponse:
        rows = selectors.notification_list(by=request.user)
        columns = ("id", "type", "category", "facts", "href", "read_at", "created_at", "job_id")
        return self.page(rows.values(*columns), order=("-created_at", "-id"), shape=shape)

    @describe("How many notices wait to be read", response=CountOut, tagged=True)
    def unread(self, request: Request) -> HttpResponse:
        return self.show_tagged({"count": selectors.unread_count(by=request.user)})

    @describe("I have read this notice", detail="Repeating it changes nothing.", response=ReadOut)
    def read(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        services.mark_read(pk, by=request.user)
        return self.show({"read": True})

    @describe(
        "I have read all notices",
        detail="With `upToId` only that one and the older ones: what came while the list was on the screen stays new.",
        request=ReadAllIn,
        response=ReadAllOut,
        errors=[NotFound],
        example={"upToId": "0199f0c0-0000-7000-8000-000000000001"},
    )
    def read_all(self, request: Request) -> HttpResponse:
        count = services.mark_all_read(by=request.user, up_to_id=self.body().get("up_to_id"))
        return self.show({"readAll": True, "count": count})


urls = [
    route("notifications", NotificationViewset, get="list"),
    route("notifications/unread", NotificationViewset, get="unread"),
    route("notifications/read-all", NotificationViewset, post="read_all"),
    route("notifications/<uuid:pk>/read", NotificationViewset, post="read"),
]
