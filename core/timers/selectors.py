"""Which clocks run, and which have run out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, TextField, Value, When

from core.base import clock
from core.base.shapes import ObjectJSON
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
    return told({"kind": timer.kind, "startedAt": timer.started_at, "dueAt": timer.due_at, "pausedAt": timer.paused_at})


def told(running: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a clock that was read as JSON, with the words in the language now active."""
    kind = KINDS[running["kind"]]
    return {**running, "waitsFor": kind.waits_for, "onExpiry": kind.on_expiry, "consequence": str(kind.consequence)}


def clocks(subject: str, *kinds: str) -> ArraySubquery:
    """The running clocks of these kinds of the row whose id is in this column, as a part of a JSON row, as `shown` tells them.

    The words are in the language now active, so the part is made anew for each read.
    """
    words = {
        name: Case(*(When(kind=kind, then=Value(str(getattr(KINDS[kind], attribute)))) for kind in kinds), output_field=TextField())
        for name, attribute in (("waitsFor", "waits_for"), ("onExpiry", "on_expiry"), ("consequence", "consequence"))
    }
    rows = Timer.objects.filter(subject_id=OuterRef(subject), kind__in=kinds, ended_at=None).order_by("due_at", "id")
    shape = ObjectJSON(kind="kind", startedAt="started_at", dueAt="due_at", pausedAt="paused_at", **words)
    return ArraySubquery(rows.values_list(shape, flat=True))
