"""Verbs on notices. Reading is nobody else's business: it leaves no audit row, notice or event."""

import dataclasses
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.models import QuerySet
from core.base.policy import require
from core.notifications import policies
from core.notifications.errors import CannotMute
from core.notifications.models import Channel, Notification, Preference, QuietHours
from core.notifications.quiet import clock_time
from core.notifications.registry import KINDS

Switches = Mapping[tuple[str, str], bool]


@dataclasses.dataclass(frozen=True)
class Quiet:
    """Wanted quiet hours: minutes of the day in a time zone of IANA. They may run over midnight."""

    from_minute: int
    to_minute: int
    time_zone: str


@transaction.atomic
def mark_read(notification_id: UUID | str, *, by: Any) -> Notification:
    """The notice is read, since the first time. Raises NotFound for somebody else's."""
    notification = policies.visible_notifications(by).lock(id=notification_id)
    if notification.read_at is None:
        notification.read_at = clock.now()
        notification.store("read_at")
    return notification


@transaction.atomic
def mark_all_read(*, by: Any, up_to_id: UUID | str | None = None) -> int:
    """One's own notices are read, up to this one when it is given: what came later stays new. Returns how many became read.

    Raises NotFound when `up_to_id` is somebody else's.
    """
    now = clock.now()
    return _up_to(up_to_id, by=by).filter(read_at=None).update(read_at=now, updated_at=now)


@transaction.atomic
def clear_notifications(*, by: Any, up_to_id: UUID | str | None = None) -> int:
    """One's own notices are put away, up to this one when it is given: they count as read, and their reader sees them no more.

    The rows stay. Returns how many were put away. Raises NotFound when `up_to_id` is somebody else's.
    """
    now = clock.now()
    return _up_to(up_to_id, by=by).update(read_at=Coalesce("read_at", Value(now)), cleared_at=now, updated_at=now)


def _up_to(up_to_id: UUID | str | None, *, by: Any) -> QuerySet:
    """One's own notices, this one and the older ones when it is given. Raises NotFound."""
    mine = policies.visible_notifications(by)
    if up_to_id is None:
        return mine
    last = mine.find(id=up_to_id)
    return mine.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lte=last.id))


@transaction.atomic
def update_preferences(*, by: Any, changes: Mapping[str, Any]) -> None:
    """The person hears of what they want to hear of, and when. What is not named stays as it is.

    `switches`: on or off by (type, channel). `quiet_hours`: a Quiet, or None for no quiet hours. Raises Invalid, CannotMute.
    """
    switches: Switches = changes.get("switches", {})
    quiet: Quiet | None = changes.get("quiet_hours")
    _judge_switches(switches, role=by.role)
    if quiet is not None:
        _judge_quiet(quiet)

    _switch(switches, by=by)
    after: dict[str, Any] = {
        "switches": [f"{named} {channel} {'on' if on else 'off'}" for (named, channel), on in sorted(switches.items())]
    }
    if "quiet_hours" in changes:
        after["quietHours"] = _keep_quiet(quiet, by=by)
    record("PREFERENCES_UPDATED", by, by=by, after=after)


def _judge_switches(switches: Switches, *, role: str) -> None:
    """Nothing happens when a person of this role may switch all of these. Raises Invalid, CannotMute."""
    for named, channel in switches:
        if named not in KINDS or not KINDS[named].concerns(role):
            raise Invalid({"types": [_("Unknown type: {type}.").format(type=named)]})
        if channel not in Channel.values:
            raise Invalid({"types": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(Channel.values))]})
    needed = sorted({named for (named, _channel), is_on in switches.items() if KINDS[named].critical and not is_on})
    require(not needed, CannotMute(types=needed))


def _judge_quiet(quiet: Quiet) -> None:
    """Nothing happens when there are such hours. Raises Invalid."""
    for field, minute in (("startsAt", quiet.from_minute), ("endsAt", quiet.to_minute)):
        if not 0 <= minute < QuietHours.MINUTES_IN_DAY:
            raise Invalid({f"quietHours.{field}": [_("Give a time of day.")]})
    if quiet.from_minute == quiet.to_minute:
        raise Invalid({"quietHours.endsAt": [_("Quiet hours end at another time than they begin.")]})
    if quiet.time_zone not in available_timezones():
        raise Invalid({"quietHours.timeZone": [_("Unknown time zone. Give one like Europe/Moscow.")]})


def _switch(switches: Switches, *, by: Any) -> None:
    Preference.objects.bulk_create(
        [Preference(user=by, type=named, channel=channel, is_on=is_on) for (named, channel), is_on in sorted(switches.items())],
        update_conflicts=True,
        unique_fields=["user", "type", "channel"],
        update_fields=["is_on", "updated_at"],
    )


def _keep_quiet(quiet: Quiet | None, *, by: Any) -> str:
    """The person's quiet hours are these. Returns them in words."""
    if quiet is None:
        QuietHours.objects.filter(user=by).delete()
        return ""
    QuietHours.objects.bulk_create(
        [QuietHours(user=by, **dataclasses.asdict(quiet))],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["from_minute", "to_minute", "time_zone", "updated_at"],
    )
    return f"{clock_time(quiet.from_minute)} - {clock_time(quiet.to_minute)} {quiet.time_zone}"
