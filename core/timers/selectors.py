"""Which clocks run, and which have run out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.base import clock
from core.timers.kinds import KINDS
from core.timers.models import Timer


def due(limit: int, *, after: Timer | None = None) -> list[Timer]:
    """The clocks whose time has come, the longest overdue first; of a longer list those that follow this one."""
    return _next(_ticking().filter(due_at__lte=clock.now()), "due_at", after, limit)


def to_remind(limit: int, *, after: Timer | None = None) -> list[Timer]:
    """The clocks of which somebody is to be reminded now, the same way."""
    now = clock.now()
    return _next(_ticking().filter(remind_at__lte=now, due_at__gt=now), "remind_at", after, limit)


def _ticking() -> Any:
    return Timer.objects.filter(ended_at=None, paused_at=None)


def _next(timers: Any, column: str, after: Timer | None, limit: int) -> list[Timer]:
    if after is not None:
        place = getattr(after, column)
        timers = timers.filter(Q(**{f"{column}__gt": place}) | Q(**{column: place, "id__gt": after.id}))
    return list(timers.order_by(column, "id")[:limit])


def next_moment(*, after: datetime) -> datetime | None:
    """When, later than this, the next clock has something to do; None when none has."""
    moments = [
        _ticking().filter(due_at__gt=after).order_by("due_at").values_list("due_at", flat=True).first(),
        _ticking().filter(remind_at__gt=after).order_by("remind_at").values_list("remind_at", flat=True).first(),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def running(*subject_ids: Any) -> Iterable[Timer]:
    """The clocks of these things that have not ended, the next one first."""
    return Timer.objects.filter(subject_id__in=subject_ids, ended_at=None).order_by("due_at", "id")


def shown(timer: Timer) -> dict[str, Any]:
    """The clock as a client sees it: what runs, until when, whose turn it is, and what happens otherwise."""
    kind = KINDS[timer.kind]
    return {
        "kind": timer.kind,
        "startedAt": timer.started_at,
        "dueAt": timer.due_at,
        "pausedAt": timer.paused_at,
        "waitsFor": kind.waits_for,
        "onExpiry": kind.on_expiry,
        "consequence": str(kind.consequence),
    }
