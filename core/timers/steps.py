"""Parts of verbs that concern clocks. The verb holds the lock of the thing that the clock belongs to, so nobody else turns it."""

import dataclasses
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from core.base import clock
from core.base.ids import uuid7
from core.rules.limits import TIMERS
from core.timers.kinds import KINDS, length
from core.timers.models import Timer

STOPPED, FIRED = Timer.Outcome.STOPPED, Timer.Outcome.FIRED
IN_DISPUTE = tuple(name for name, kind in KINDS.items() if kind.stops_in_dispute)


@dataclasses.dataclass(frozen=True)
class Start:
    """A clock to be started for a thing: until `due_at`, or as long as its kind runs."""

    kind: str
    subject_id: UUID
    job_id: UUID | None = None
    due_at: datetime | None = None


def start(*starts: Start) -> None:
    """These clocks run since now, by one statement."""
    Timer.objects.bulk_create([_timer(each) for each in starts])


def _timer(wanted: Start) -> Timer:
    now = clock.now()
    due = max(wanted.due_at or now + length(wanted.kind), now)
    before = KINDS[wanted.kind].remind_before
    remind = due - before if before is not None and due - before > now else None
    return Timer(kind=wanted.kind, subject_id=wanted.subject_id, job_id=wanted.job_id, started_at=now, due_at=due, remind_at=remind)


# The length is the setting in force, as `core.rules.limits.limit` finds it.
SWITCH = """
    WITH stopped AS (
        UPDATE core_timer SET ended_at = %(now)s, outcome = 'STOPPED', updated_at = %(now)s
        WHERE subject_id = %(subject)s AND ended_at IS NULL AND kind <> %(kind)s
    ), length AS (
        SELECT interval '1 hour' * coalesce((
            SELECT value FROM core_limit WHERE key = %(setting)s AND currency = '' AND valid_from <= %(now)s
            ORDER BY valid_from DESC, id DESC LIMIT 1
        ), %(default)s) AS hours
    ), wanted AS (
        SELECT greatest(least(coalesce(%(due)s::timestamptz, %(now)s::timestamptz + hours), %(not_after)s::timestamptz), %(now)s) AS due_at
        FROM length
    )
    INSERT INTO core_timer (id, created_at, updated_at, kind, subject_id, job_id, started_at, due_at, remind_at, outcome)
    SELECT %(id)s, %(now)s, %(now)s, %(kind)s, %(subject)s, %(job)s, %(now)s, due_at,
           CASE WHEN due_at - %(before)s::interval > %(now)s THEN due_at - %(before)s::interval END, ''
    FROM wanted
    ON CONFLICT (subject_id, kind) WHERE ended_at IS NULL
    DO UPDATE SET started_at = excluded.started_at, due_at = excluded.due_at, remind_at = excluded.remind_at,
                  paused_at = NULL, updated_at = excluded.updated_at
"""


def switch(wanted: Start, *, not_after: datetime | None = None) -> None:
    """This clock runs for the thing since now, until that moment at most, and no other one does, by one statement."""
    length_of = TIMERS[wanted.kind]
    values: dict[str, Any] = {
        "id": uuid7(),
        "now": clock.now(),
        "kind": wanted.kind,
        "subject": wanted.subject_id,
        "job": wanted.job_id,
        "due": wanted.due_at,
        "not_after": not_after,
        "setting": length_of.key,
        "default": length_of.default(""),
        "before": KINDS[wanted.kind].remind_before,
    }
    with connection.cursor() as cursor:
        cursor.execute(SWITCH, values)


def stop(*subject_ids: Any, kinds: Iterable[str] = ()) -> None:
    """No clock (or none of these kinds) runs for these things any more."""
    running = Timer.objects.filter(subject_id__in=subject_ids, ended_at=None)
    if kinds:
        running = running.filter(kind__in=kinds)
    now = clock.now()
    running.update(ended_at=now, outcome=STOPPED, updated_at=now)


def stop_all_of(job_id: Any, *, kinds: Iterable[str] = ()) -> None:
    """Nothing (or nothing of these kinds) runs any more that has to do with this job."""
    running = Timer.objects.filter(job_id=job_id, ended_at=None)
    if kinds:
        running = running.filter(kind__in=kinds)
    now = clock.now()
    running.update(ended_at=now, outcome=STOPPED, updated_at=now)


def postpone(job_id: Any, *, kinds: Iterable[str], by: timedelta) -> None:
    """The running clocks of these kinds that have to do with this job run so much longer, and remind so much later."""
    running = Timer.objects.filter(job_id=job_id, kind__in=kinds, ended_at=None)
    running.update(due_at=F("due_at") + by, remind_at=F("remind_at") + by, updated_at=clock.now())


def pause(job_id: Any) -> None:
    """The clocks of the deal stand still since now."""
    now = clock.now()
    Timer.objects.filter(job_id=job_id, kind__in=IN_DISPUTE, ended_at=None, paused_at=None).update(paused_at=now, updated_at=now)


def resume(job_id: Any) -> None:
    """The clocks of the deal run again, with as much time as they had left."""
    now = clock.now()
    standing = Timer.objects.filter(job_id=job_id, ended_at=None, paused_at__isnull=False)
    standing.update(
        due_at=F("due_at") + (now - F("paused_at")),
        remind_at=F("remind_at") + (now - F("paused_at")),
        paused_at=None,
        updated_at=now,
    )


def fire(subject_id: Any, kind: str) -> Timer | None:
    """The clock of a locked thing, ended, when its time has come; None when somebody acted first, or it stands still."""
    due = Timer.objects.filter(subject_id=subject_id, kind=kind, ended_at=None, paused_at=None, due_at__lte=clock.now())
    timer = due.select_for_update(no_key=True).first()
    if timer is not None:
        timer.ended_at, timer.outcome = clock.now(), FIRED
        timer.store("ended_at", "outcome")
    return timer


def take_reminder(timer: Timer) -> bool:
    """Whether it is now the caller's to remind of this clock, once for all who try: it runs, and nobody was reminded yet."""
    waiting = Timer.objects.filter(id=timer.id, ended_at=None, paused_at=None, remind_at=timer.remind_at)
    return bool(waiting.update(remind_at=None, updated_at=clock.now()))
