"""Telling creators of a job that became live, however many they are.

The row `AlertRun` is written with the job and is the truth. A run is worked off chunk by chunk; a chunk is one transaction that writes its
hits, notices and events together with the place it got to. So a worker may be killed at any moment: what its chunk wrote is there
with the place, or neither is. Two workers never have the same run: the second one skips what is locked.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Now

from core.audit.steps import record
from core.base import clock
from core.jobs.alerts import criteria, events
from core.jobs.alerts.models import AlertHit, AlertRun
from core.jobs.models import Job
from core.notifications.steps import Notice, notify_all
from core.people.models import SYSTEM_USER_ID, User
from core.rules.limits import ALERTS_PER_DAY, limit
from outbox.post import emit_all

log = structlog.get_logger("core.alerts")

CHUNK = 500
CHUNKS_MAX = 2_000  # of one call; the next tick goes on
DAY = timedelta(days=1)
REST = timedelta(minutes=1)
REST_DOUBLED_MAX = 6


def find_alerts() -> int:
    """Whoever waits for a job that became live has been told. Returns how many chunks that took."""
    for done in range(CHUNKS_MAX):
        if not find_chunk():
            return done
    return CHUNKS_MAX


@transaction.atomic
def find_chunk() -> bool:
    """The next chunk of the oldest run that nobody works on is told and remembered. False when there is none.

    A chunk that breaks off leaves nothing behind but a rest for its run, so that it holds up no other.
    """
    run = _due().select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("due_at", "id").first()
    if run is None:
        return False
    try:
        with transaction.atomic():
            _go_on(run)
    except Exception:
        log.exception("alerts_not_found", run_id=str(run.id), attempt=run.attempts + 1)
        AlertRun.objects.filter(id=run.id).update(
            attempts=run.attempts + 1, due_at=Now() + REST * 2 ** min(run.attempts, REST_DOUBLED_MAX), updated_at=clock.now()
        )
    return True


def _due() -> Any:
    """The open runs, of one job the first alone: the second then sees whom the first has told."""
    earlier = AlertRun.objects.filter(job_id=OuterRef("job_id"), id__lt=OuterRef("id"), finished_at=None)
    return AlertRun.objects.filter(~Exists(earlier), Q(due_at__lte=Now()), finished_at=None)


def _go_on(run: AlertRun) -> None:
    """The next chunk of this locked run is told; after the last one it is finished. A job that left the feed is told no further."""
    job = Job.objects.filter(id=run.job_id, is_live=True).first()
    found: list[dict[str, Any]] = list(criteria.alerts_for(job, after=run.place, limit=CHUNK)) if job else []
    if job and found:
        _tell(run, job, found)
        run.place = found[-1]["id"]
    run.attempts = 0
    if len(found) < CHUNK:
        run.finished_at = clock.now()
        counted = {"hitCount": run.hit_count, "noticeCount": run.notice_count}
        record("ALERTS_FOUND", run, by=User(id=SYSTEM_USER_ID), after={"jobId": str(run.job_id)} | counted)
    run.store("place", "hit_count", "notice_count", "attempts", "finished_at")


def _tell(run: AlertRun, job: Job, found: Sequence[Mapping[str, Any]]) -> None:
    """Each of these alerts has its hit, and each creator who has never heard of the job one notice."""
    first = _first_of_each(found)
    AlertHit.objects.bulk_create(
        AlertHit(
            alert_id=alert["id"],
            job=job,
            creator_id=alert["creator_id"],
            matched_because=criteria.reasons(alert, job),
            told=alert["id"] in first,
        )
        for alert in found
    )
    told = [alert for alert in found if alert["id"] in first]
    notify_all([Notice([alert["creator_id"]], "JOB_ALERT_MATCHED", {"name": alert["name"]}) for alert in told], job=job)
    emit_all(
        events.JobAlertMatched(
            by_id=UUID(SYSTEM_USER_ID),
            recipient_ids=(alert["creator_id"],),
            job_id=job.id,
            alert_id=alert["id"],
            creator_user_id=alert["creator_id"],
        )
        for alert in told
    )
    run.hit_count += len(found)
    run.notice_count += len(told)


def _first_of_each(found: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Of each creator who is to be told, the first of these alerts: not of those who were told, or have heard enough for one day."""
    waiting: dict[UUID, UUID] = {}
    for alert in found:
        if not alert["told"]:
            waiting.setdefault(alert["creator_id"], alert["id"])
    most = limit(ALERTS_PER_DAY, "")
    heard = AlertHit.objects.filter(creator_id__in=waiting, told=True, created_at__gt=clock.now() - DAY)
    full = heard.values("creator_id").annotate(count=Count("id")).filter(count__gte=most).values_list("creator_id", flat=True)
    for creator_id in full:
        del waiting[creator_id]
    return set(waiting.values())
