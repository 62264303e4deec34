"""One turn of the clocks: in order, each by itself, and once."""

import importlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from core import clockwork
from core.base import clock
from core.clockwork import EXPIRY, REMINDERS, run_due
from core.deals.services import decline_cancellation, submit_work
from core.jobs.models import Job
from core.money.services import fund_escrow
from core.notifications.models import Notification
from core.notifications.registry import render
from core.tasks import run_timers
from core.timers.kinds import KINDS
from core.timers.models import Timer
from tests.moments import at, clock_of, later, running
from tests.world import FILES


def kinds(fired: list[Timer]) -> list[str]:
    return [timer.kind for timer in fired]


def reminders(job: Job) -> list[Notification]:
    return list(Notification.objects.filter(type="TIMER_RUNS_OUT", job=job).order_by("created_at"))


def test_the_longest_overdue_comes_first(world):
    draft, unfunded, reviewed = world.draft_job(), world.deal(funded=False), world.reviewed_deal()

    with later(days=200):
        fired = [timer for timer in run_due() if timer.subject_id in {draft.id, unfunded.id, reviewed.id}]

    assert kinds(fired) == ["FUND_ESCROW", "REVIEW_WORK", "PUBLISH_DRAFT"]
    assert [timer.due_at for timer in fired] == sorted(timer.due_at for timer in fired)


def test_a_second_turn_finds_nothing(world):
    world.deal(funded=False)

    with later(days=4):
        first, second = run_due(), run_due()

    assert kinds(first) == ["FUND_ESCROW"]
    assert second == []


def test_a_clock_that_fails_stays_due_and_holds_up_nobody(world, monkeypatch, caplog):
    """More of them than fit on a page."""
    monkeypatch.setattr(clockwork, "BATCH_MAX", 2)
    broken = [world.draft_job() for _ in range(3)]
    job = world.live_job()
    Job.objects.filter(id__in=[draft.id for draft in broken]).update(status="CANCELED", canceled_at=clock.now())

    with later(days=200):
        fired = run_due()

    assert kinds(fired) == ["HIRE_CREATOR"]
    assert [running(draft) for draft in broken] == [["PUBLISH_DRAFT"]] * 3
    job.refresh_from_db()
    assert job.status == "CANCELED"
    failures = [record for record in caplog.records if "timer_failed" in record.getMessage()]
    assert len(failures) == 3


def test_a_turn_stops_at_its_limit_and_the_next_goes_on(world):
    for _ in range(3):
        world.draft_job()

    with later(days=200):
        turns = [len(run_due(2)), len(run_due(2)), len(run_due(2))]

    assert turns == [2, 1, 0]


def test_the_tick_of_the_worker_is_a_turn(world):
    job = world.draft_job()

    with later(days=200):
        run_timers.call_local()

    job.refresh_from_db()
    assert job.status == "CANCELED"


def test_the_command_takes_a_turn_and_says_what_ended(world):
    job = world.draft_job()
    due = clock_of(job, "PUBLISH_DRAFT").due_at
    out = StringIO()

    with later(days=200):
        call_command("run_timers", stdout=out)

    assert out.getvalue() == f"{due.isoformat()} PUBLISH_DRAFT {job.id}\n"


# Reminders


def test_whoever_has_to_act_is_reminded_once_and_then_it_happens(world):
    job = world.reviewed_deal()
    timer = clock_of(job, "REVIEW_WORK")

    with at(timer.remind_at - timedelta(seconds=1)):
        run_due()
    early = len(reminders(job))
    with at(timer.remind_at):
        run_due()
        run_due()

    (notice,) = reminders(job)
    assert early == 0
    assert (notice.user_id, notice.href) == (job.brand_id, f"/dashboard/jobs/{job.id}/review")
    title, body = render(notice.type, notice.facts)
    assert title
    assert job.title in body
    assert str(KINDS["REVIEW_WORK"].consequence) in body
    job.refresh_from_db()
    assert job.status == "IN_REVIEW"


@pytest.mark.parametrize(
    ("state", "kind", "who", "href"),
    [
        ("live_job", "HIRE_CREATOR", "brand_id", "/dashboard/jobs/{id}/applications"),
        ("accepted_job", "FUND_ESCROW", "brand_id", "/jobs/{id}"),
        ("deal", "DELIVER_WORK", "active_creator_id", "/dashboard/work/{id}"),
        ("reviewed_deal", "REVIEW_WORK", "brand_id", "/dashboard/jobs/{id}/review"),
    ],
)
def test_each_clock_reminds_its_own_person_where_they_can_act(world, state, kind, who, href):
    job = getattr(world, state)()

    with at(clock_of(job, kind).remind_at):
        run_due()

    (notice,) = reminders(job)
    assert (notice.user_id, notice.href) == (getattr(job, who), href.format(id=job.id))
    assert notice.facts["timer"] == kind


def test_the_party_that_was_asked_to_part_is_reminded(world):
    proposal = world.proposal()

    with at(clock_of(proposal, "ANSWER_CANCELLATION").remind_at):
        run_due()

    assert [notice.user_id for notice in reminders(proposal.job)] == [proposal.other_party_id]


def test_who_has_acted_is_not_reminded(world):
    job = world.deal(funded=False)
    remind_at = clock_of(job, "FUND_ESCROW").remind_at
    fund_escrow(job.id, by=job.brand)
    proposal = world.proposal(job=job)
    decline_cancellation(job.id, by=job.active_creator, proposal_id=proposal.id)

    with at(remind_at):
        run_due()

    assert reminders(job) == []


def test_nobody_is_reminded_of_what_stands_still(world):
    job = world.reviewed_deal()
    remind_at = clock_of(job, "REVIEW_WORK").remind_at
    world.dispute(job=job)

    with at(remind_at):
        run_due()

    assert "REVIEW_WORK" not in [notice.facts["timer"] for notice in reminders(job)]


def test_nobody_is_reminded_of_what_is_over_already(world):
    """A worker that slept past the end says what happened, not what would have."""
    job = world.reviewed_deal()

    with at(clock_of(job, "REVIEW_WORK").due_at + timedelta(days=1)):
        run_due()

    assert [notice for notice in reminders(job) if notice.facts["timer"] == "REVIEW_WORK"] == []


def test_a_clock_that_starts_again_reminds_again(world):
    job = world.reviewed_deal()
    with at(clock_of(job, "REVIEW_WORK").remind_at):
        run_due()
        submit_work(job.id, by=job.active_creator, items=FILES)
        again = clock_of(job, "REVIEW_WORK").remind_at
    with at(again):
        run_due()

    assert len(reminders(job)) == 2


def test_every_reminder_belongs_to_a_clock():
    assert REMINDERS.keys() <= EXPIRY.keys()


# What was under way before there were clocks


def test_the_migration_gives_everything_under_way_its_clock(world, settings):
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=3)
    things = {
        world.draft_job(): ["PUBLISH_DRAFT"],
        world.job(): ["HIRE_CREATOR"],
        world.paused_job(): ["HIRE_CREATOR"],
        world.live_job(deadline_type="DATE", deadline_date=day): ["HIRE_CREATOR"],
        world.deal(funded=False): ["FUND_ESCROW"],
        world.deal(): ["DELIVER_WORK"],
        world.reviewed_deal(): ["REVIEW_WORK"],
        world.completed_deal(): ["WRITE_REVIEWS"],
        world.canceled_deal(): [],
        world.payout(): ["DECIDE_PAYOUT"],
        world.approved_payout(): ["SEND_PAYOUT"],
        world.sent_payout(): [],
    }
    ends = {thing: [timer.due_at for timer in Timer.objects.filter(subject_id=thing.id, ended_at=None)] for thing in things}
    Timer.objects.filter(ended_at=None).update(ended_at=clock.now(), outcome="STOPPED")

    migration = importlib.import_module("core.migrations.0007_running_clocks")
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(migration.START)

    assert {thing: running(thing) for thing in things} == things
    for thing, was in ends.items():
        now = [timer.due_at for timer in Timer.objects.filter(subject_id=thing.id, ended_at=None)]
        assert all(abs(old - new) < timedelta(minutes=5) for old, new in zip(was, now, strict=True))
