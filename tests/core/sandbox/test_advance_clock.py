"""The clock of a sandbox goes forward, and everything happens at its own hour."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Invalid, NotFound
from core.deals.services import submit_work
from core.money.services import fund_escrow
from core.notifications.models import Notification
from core.sandbox.models import SandboxClock
from core.sandbox.services import SET, advance_clock
from core.timers.models import Timer
from outbox.models import Event
from tests.moments import clock_of
from tests.perf.statements import counted
from tests.world import FILES

DAY = timedelta(days=1)


def test_outside_a_sandbox_the_clock_is_the_machines_and_asks_nobody(world):
    SandboxClock.objects.create(ahead=DAY)

    with counted() as statements:
        ahead = clock.now() - timezone.now()

    assert abs(ahead) < timedelta(seconds=1)
    assert statements == []
    with pytest.raises(NotFound):
        advance_clock(to=clock.now() + DAY)


def test_the_clock_stands_where_it_was_moved_and_goes_on(sandbox, world):
    wanted = clock.now() + 10 * DAY

    done = advance_clock(to=wanted)

    assert done.fired == []
    assert timedelta() <= done.now - wanted < timedelta(seconds=10)
    assert timedelta() <= clock.now() - wanted < timedelta(seconds=10)
    before = clock.now()
    time.sleep(0.01)
    assert clock.now() > before


def test_it_never_goes_back_nor_too_far(sandbox, world):
    advance_clock(to=clock.now() + DAY)
    stood = SandboxClock.objects.get().ahead

    for moment in (clock.now() - DAY, clock.now() - timedelta(seconds=1), clock.now() + timedelta(days=3_651)):
        with pytest.raises(Invalid):
            advance_clock(to=moment)

    assert SandboxClock.objects.get().ahead == stood


def test_somebody_who_moved_it_further_is_not_undone(sandbox, world):
    advance_clock(to=clock.now() + 5 * DAY)
    with connection.cursor() as cursor:
        cursor.execute(SET, [DAY])

    assert SandboxClock.objects.get().ahead >= 5 * DAY - timedelta(seconds=10)


def test_each_timer_fires_at_its_own_hour_in_order(sandbox, world):
    draft, unfunded, reviewed = world.draft_job(), world.deal(funded=False), world.reviewed_deal()

    done = advance_clock(to=clock.now() + 200 * DAY)

    ours = {draft.id, unfunded.id, reviewed.id}
    fired = [timer for timer in done.fired if timer.subject_id in ours]
    assert [timer.kind for timer in fired] == ["FUND_ESCROW", "REVIEW_WORK", "WRITE_REVIEWS", "PUBLISH_DRAFT"]
    for timer in fired:
        ended = Timer.objects.get(id=timer.id).ended_at
        assert timedelta() <= ended - timer.due_at < timedelta(seconds=10)


def test_reminders_come_at_their_hour_too(sandbox, world):
    job = world.reviewed_deal()
    remind_at = clock_of(job, "REVIEW_WORK").remind_at

    advance_clock(to=remind_at + timedelta(hours=1))

    notice = Notification.objects.get(type="TIMER_RUNS_OUT", job=job)
    assert timedelta() <= notice.created_at - remind_at < timedelta(seconds=10)


def test_facts_happen_by_the_same_clock(sandbox, world):
    job = world.deal(funded=False)

    done = advance_clock(to=clock.now() + 4 * DAY)

    event = Event.objects.get(type="JOB_CANCELED", aggregate=f"job:{job.id}")
    (due,) = [timer.due_at for timer in done.fired if timer.kind == "FUND_ESCROW"]
    assert timedelta() <= event.occurred_at - due < timedelta(seconds=10)
    assert event.payload["occurredAt"] == event.occurred_at.isoformat()


def test_a_whole_deal_in_two_weeks_of_nobody_looking(sandbox, world):
    job = world.deal(funded=False)
    fund_escrow(job.id, by=job.brand)
    advance_clock(to=clock.now() + 2 * DAY)
    submit_work(job.id, by=job.active_creator, items=FILES)
    began = time.monotonic()
    advance_clock(to=clock.now() + 14 * DAY)

    job.refresh_from_db()
    assert time.monotonic() - began < 5
    assert (job.status, job.escrow.status) == ("COMPLETED", "RELEASED")
    assert AuditEntry.objects.filter(action="REVIEWS_CLOSED", subject_id=str(job.id)).exists()
    assert abs(job.completed_at - job.submissions.get().created_at - 5 * DAY) < timedelta(minutes=1)


def test_a_failed_transaction_still_knows_the_time(sandbox, world):
    advance_clock(to=clock.now() + DAY)
    asked = []

    def fail() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            try:
                cursor.execute("SELECT 1 / 0")
            finally:
                clock.forget()
                asked.append(clock.now() - timezone.now())

    with pytest.raises(DatabaseError, match="division by zero"):
        fail()

    assert asked[0] > timedelta(hours=23)


def test_while_migrations_run_there_is_no_table_yet(sandbox, world, monkeypatch):
    monkeypatch.setattr(clock, "TABLE_STANDS", "SELECT to_regclass('core_sandboxclock_that_is_not_there') IS NOT NULL")
    monkeypatch.setattr(clock, "_sandbox", clock._Sandbox())

    assert abs(clock.now() - timezone.now()) < timedelta(seconds=1)


def test_the_command_moves_it_and_says_what_happened(sandbox, world):
    job = world.deal(funded=False)
    due = clock_of(job, "FUND_ESCROW").due_at
    out = StringIO()

    call_command("advance_clock", "--days", "3", "--hours", "1", stdout=out)

    lines = out.getvalue().splitlines()
    assert f"{due.isoformat()} FUND_ESCROW {job.id}" in lines
    assert lines[-1].startswith("It is now ")


def test_the_command_needs_a_sandbox_and_a_way_to_go(world, settings):
    with pytest.raises(CommandError):
        call_command("advance_clock", "--days", "3", stdout=StringIO())

    settings.SANDBOX = True
    with pytest.raises(CommandError):
        call_command("advance_clock", stdout=StringIO())
