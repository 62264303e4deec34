"""A person's notices. Reading a list changes nothing; a notice is read when its reader says so."""

from datetime import time
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice
from api.live import LIVE, LiveIn, LiveViewset
from api.parsers import read_object
from api.permissions import SignedIn
from core.base.errors import NotFound
from core.base.models import QuerySet
from core.notifications import registry, selectors, services
from core.notifications.errors import CannotMute
from core.notifications.models import Channel, Notification, QuietHours
from core.notifications.quiet import clock_time

# The channels under the names of the contract.
CHANNELS = {"inApp": Channel.IN_APP, "telegram": Channel.TELEGRAM, "email": Channel.EMAIL}


COLUMNS = ("id", "type", "category", "facts", "href", "read_at", "created_at", "job_id")


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


class UnreadOut(Shape):
    count = serializers.IntegerField()
    byCategory = serializers.DictField(child=serializers.IntegerField(), help_text="The same, category by category.")


class ReadOut(Shape):
    read = serializers.BooleanField()


class ReadAllIn(Shape):
    upToId = serializers.UUIDField(required=False)


class ReadAllOut(Shape):
    readAll = serializers.BooleanField()
    count = serializers.IntegerField(help_text="How many became read.")


class ClearOut(Shape):
    cleared = serializers.BooleanField()
    count = serializers.IntegerField(help_text="How many were put away.")


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


class ChannelsShape(Shape):
    inApp = serializers.BooleanField(required=False)
    telegram = serializers.BooleanField(required=False)
    email = serializers.BooleanField(required=False)


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["22:00"]})
class ClockTimeField(serializers.TimeField):
    """Hours and minutes by the clock on the wall."""

    def __init__(self) -> None:
        super().__init__(input_formats=["%H:%M"], format="%H:%M")


class QuietHoursShape(Shape):
    startsAt = ClockTimeField()
    endsAt = ClockTimeField()
    timeZone = serializers.CharField(max_length=64, help_text="Of IANA: Europe/Moscow.")


class SwitchIn(Shape):
    type = serializers.CharField(max_length=40)
    channels = ChannelsShape()


class PreferencesIn(Shape):
    items = serializers.ListField(child=SwitchIn(), required=False, max_length=200)
    quietHours = QuietHoursShape(required=False, allow_null=True)


class PreferenceOut(Shape):
    type = serializers.CharField()
    category = serializers.ChoiceField(choices=Notification.Category.choices)
    title = serializers.CharField()
    canMute = serializers.BooleanField()
    channels = ChannelsShape()


class PreferencesOut(Shape):
    items = PreferenceOut(many=True)
    quietHours = QuietHoursShape(allow_null=True)


class NotificationViewset(LiveViewset):
    permission_classes = [SignedIn]
    throttle_scope = {"read": "write", "read_all": "write", "clear": "write"}

    @describe(
        "My notices, newest first",
        detail="With `after` those that came since, and those that say something new, oldest first; `after` goes with `wait` and `limit` "
        "alone. One that was shown already may come once more: go by its `id`.",
        response=NotificationOut,
        page=True,
        filters=NotificationFilters,
        query=LiveIn,
        beside=LIVE,
        tagged=True,
    )
    def list(self, request: Request) -> HttpResponse:
        rows = selectors.notification_list(by=request.user).values(*COLUMNS)
        newest = partial(selectors.newest_position, request.user)
        if self.follows():
            return self.follow(rows, by="position", newest=newest, shape=shape)
        return self.first(rows, order=("-created_at", "-id"), by="position", newest=newest(), shape=shape)

    @describe("How many notices wait to be read", response=UnreadOut, tagged=True)
    def unread(self, request: Request) -> HttpResponse:
        counts = selectors.unread_counts(by=request.user)
        return self.show_tagged({"count": sum(counts.values()), "byCategory": counts})

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

    @describe(
        "Put my notices away",
        detail="They count as read and are listed no more. With `upToId` only that one and the older ones.",
        request=ReadAllIn,
        response=ClearOut,
        errors=[NotFound],
        example={"upToId": "0199f0c0-0000-7000-8000-000000000001"},
    )
    def clear(self, request: Request) -> HttpResponse:
        count = services.clear_notifications(by=request.user, up_to_id=self.body().get("up_to_id"))
        return self.show({"cleared": True, "count": count})


class PreferenceViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"update": "write"}

    @describe(
        "What I want to hear of, and when",
        detail="Every type of notice that may come to me. What is about money or security cannot be muted, and does not wait for the end "
        "of quiet hours.",
        response=PreferencesOut,
    )
    def show_all(self, request: Request) -> HttpResponse:
        return self.shown()

    @describe(
        "Change what I want to hear of",
        detail="What is not named stays as it is. Quiet hours go by the clock on the wall and may run over midnight; null ends them.",
        request=PreferencesIn,
        response=PreferencesOut,
        errors=[CannotMute],
        example={
            "items": [{"type": "REVIEW_RECEIVED", "channels": {"telegram": False}}],
            "quietHours": {"startsAt": "22:00", "endsAt": "08:00", "timeZone": "Europe/Moscow"},
        },
    )
    def update(self, request: Request) -> HttpResponse:
        said = self.check(PreferencesIn, read_object(request._request))  # what is named at all is named whole
        services.update_preferences(by=request.user, changes=wanted(said))
        return self.shown()

    def shown(self) -> HttpResponse:
        """All of it."""
        reader: Any = self.request.user  # signed in: the permission has seen to it
        return self.show(preferences(selectors.preferences(by=reader), role=reader.role))


def wanted(said: dict[str, Any]) -> dict[str, Any]:
    """What the body asks for, as the verb takes it."""
    changes: dict[str, Any] = {}
    if "items" in said:
        changes["switches"] = {
            (item["type"], channel.upper()): is_on for item in said["items"] for channel, is_on in item["channels"].items()
        }
    if "quiet_hours" in said:
        hours = said["quiet_hours"]
        changes["quiet_hours"] = hours and services.Quiet(
            from_minute=minute_of(hours["starts_at"]), to_minute=minute_of(hours["ends_at"]), time_zone=hours["time_zone"]
        )
    return changes


def minute_of(moment: time) -> int:
    """The minute of the day."""
    return moment.hour * 60 + moment.minute


def preferences(kept: selectors.Preferences, *, role: str) -> dict[str, Any]:
    """Every type that may come to people of this role, switch by switch, and the quiet hours."""
    hours = kept.quiet_hours
    return {
        "items": [
            {
                "type": name,
                "category": kind.category,
                "title": str(kind.title),
                "canMute": not kind.critical,
                "channels": {key: kind.critical or (name, channel) not in kept.muted for key, channel in CHANNELS.items()},
            }
            for name, kind in registry.KINDS.items()
            if kind.concerns(role)
        ],
        "quietHours": hours and quiet_hours(hours),
    }


def quiet_hours(hours: QuietHours) -> dict[str, str]:
    """The hours by the clock on the wall."""
    return {"startsAt": clock_time(hours.from_minute), "endsAt": clock_time(hours.to_minute), "timeZone": hours.time_zone}


urls = [
    route("notifications", NotificationViewset, get="list"),
    route("notifications/unread", NotificationViewset, get="unread"),
    route("notifications/read-all", NotificationViewset, post="read_all"),
    route("notifications/clear", NotificationViewset, post="clear"),
    route("notifications/preferences", PreferenceViewset, get="show_all", patch="update"),
    route("notifications/<uuid:pk>/read", NotificationViewset, post="read"),
]
