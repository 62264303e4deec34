"""Which clocks run, and which have run out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.base import clock
from core.timers.kinds import KINDS
from core.timers.models import Timer


def due(limit: int) -> list[Timer]:
    """The clocks whose time has come, the longest overdue first."""
    return list(Timer.objects.filter(ended_at=None, paused_at=None, due_at__lte=clock.now()).order_by("due_at", "id")[:limit])


def to_remind(limit: int) -> list[Timer]:
    """The clocks of which somebody is to be reminded now."""
    running = Timer.objects.filter(ended_at=None, paused_at=None, remind_at__lte=clock.now(), due_at__gt=clock.now())
    return list(running.order_by("remind_at", "id")[:limit])


def next_moment() -> datetime | None:
    """When the next clock has something to do; None when none runs."""
    running = Timer.objects.filter(ended_at=None, paused_at=None)
    moments = [
        running.order_by("due_at").values_list("due_at", flat=True).first(),
        running.filter(remind_at__isnull=False).order_by("remind_at").values_list("remind_at", flat=True).first(),
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
