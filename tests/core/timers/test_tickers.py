"""Four tickers after three frozen days: each due transition happens once, and the trail knows when it was due."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from core.audit.models import AuditEntry
from core.base import clock
from core.clockwork import run_due
from core.jobs.models import Job
from core.money.models import LedgerEntry
from core.notifications.models import Notification
from core.timers.models import Timer
from outbox.models import Event
from tests.meeting import meet
from tests.world import World

pytestmark = pytest.mark.race

FROZEN = timedelta(days=3)
ENDS = {
    "draft": ("CANCELED", None),
    "live": ("CANCELED", None),
    "unfunded": ("CANCELED", "VOIDED"),
    "undelivered": ("CANCELED", "REFUNDED"),
    "unreviewed": ("COMPLETED", "RELEASED"),
}


def stage(world: World) -> dict[str, list[Job]]:
    """Two jobs of every state that a clock ends."""
    brand, creator = world.brand(), world.creator()

    def live() -> Job:
        return world.live_job(brand=brand)

    return {
        "draft": [world.draft_job(brand=brand) for _ in range(2)],
        "live": [live() for _ in range(2)],
        "unfunded": [world.deal(job=live(), creator=creator, funded=False) for _ in range(2)],
        "undelivered": [world.deal(job=live(), creator=creator) for _ in range(2)],
        "unreviewed": [world.reviewed_deal(job=live(), creator=creator) for _ in range(2)],
    }


def end_of(job: Job) -> tuple[str, str | None]:
    job.refresh_from_db()
    return job.status, getattr(getattr(job, "escrow", None), "status", None)


def told(jobs: list[Job], type: str) -> Counter[str]:
    return Counter(Event.objects.filter(type=type, aggregate__in=[f"job:{job.id}" for job in jobs]).values_list("aggregate", flat=True))


def test_four_tickers_at_once_after_three_frozen_days_do_each_thing_once(committed):
    jobs = stage(committed)
    everyone = [job for some in jobs.values() for job in some]
    clocks = Timer.objects.filter(job__in=everyone, ended_at=None)
    due = clock.now() - FROZEN
    clocks.update(started_at=due - timedelta(days=30), due_at=due, remind_at=None)
    ids = list(clocks.values_list("id", flat=True))

    answers = meet(run_due, run_due, run_due, run_due)

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert {name: {end_of(job) for job in some} for name, some in jobs.items()} == {name: {end} for name, end in ENDS.items()}
    fired = Counter(timer.id for answer in answers for timer in answer if timer.id in set(ids))
    assert fired == Counter(ids)
    assert set(Timer.objects.filter(id__in=ids).values_list("outcome", flat=True)) == {"FIRED"}
    ended = AuditEntry.objects.filter(action__in=["JOB_CANCELED", "JOB_COMPLETED"], subject_id__in=[str(job.id) for job in everyone])
    assert Counter(ended.values_list("subject_id", flat=True)) == Counter(str(job.id) for job in everyone)
    assert {entry.after["dueAt"] for entry in ended} == {due.isoformat()}
    assert set((told(everyone, "JOB_CANCELED") + told(everyone, "JOB_COMPLETED")).values()) == {1}
    paid = [job for name in ("undelivered", "unreviewed") for job in jobs[name]]
    moved = LedgerEntry.objects.filter(job__in=paid, from_account__kind="ESCROW").values_list("reference", flat=True)
    assert len(moved) == len(set(moved)) == 2 + 2 * 2


def test_four_tickers_remind_once(committed):
    job = committed.reviewed_deal()
    timer = Timer.objects.get(subject_id=job.id, ended_at=None)

    with time_machine.travel(timer.remind_at, tick=False):
        meet(run_due, run_due, run_due, run_due)

    assert Notification.objects.filter(type="TIMER_RUNS_OUT", job=job).count() == 1
