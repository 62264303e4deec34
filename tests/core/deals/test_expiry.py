"""What happens to a job when nobody acts in time."""

from datetime import timedelta

import pytest
import time_machine

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden
from core.chat.models import Message
from core.clockwork import run_due
from core.deals.services import (
    approve_work,
    approve_work_by_timer,
    cancel_undelivered_by_timer,
    cancel_unfunded_by_timer,
    close_draft_by_timer,
    close_job_by_timer,
    expire_cancellation_by_timer,
    request_changes,
    submit_work,
)
from core.disputes.services import withdraw_dispute
from core.hiring.models import Application
from core.jobs.models import Job
from core.jobs.services import edit_job, publish_job, resubmit_job, unpause_job
from core.money.models import Account, LedgerEntry
from core.money.services import fund_escrow
from core.money.steps import system
from core.notifications.models import Notification
from core.notifications.registry import render
from core.people.models import SYSTEM_USER_ID
from core.rules.limits import TIMERS
from core.rules.models import Limit
from core.rules.services import set_limit
from core.timers.kinds import length
from outbox.models import Event
from tests.core.deals.traces import nothing_happens
from tests.moments import at, clock_of, later, running, wait_out
from tests.world import FILES

DAY = timedelta(days=1)


def ended(job: Job) -> tuple[str, str, str]:
    job.refresh_from_db()
    return job.status, job.cancel_reason, str(job.canceled_by_id)


# Which clock runs when


def test_each_step_of_a_deal_switches_its_clock(world):
    job = world.draft_job()
    seen = [running(job)]
    publish_job(job.id, by=job.brand)
    seen.append(running(job))
    job = world.live_job()
    application = world.application(job=job)
    world.accepted_application(job=job)
    seen.append(running(job))
    job.refresh_from_db()
    fund_escrow(job.id, by=job.brand)
    seen.append(running(job))
    submit_work(job.id, by=job.active_creator, items=FILES)
    seen.append(running(job))
    request_changes(job.id, by=job.brand, comment="Brighter.")
    seen.append(running(job))
    submit_work(job.id, by=job.active_creator, items=FILES)
    approve_work(job.id, by=job.brand)
    seen.append(running(job))

    assert seen == [
        ["PUBLISH_DRAFT"],
        ["HIRE_CREATOR"],
        ["FUND_ESCROW"],
        ["DELIVER_WORK"],
        ["REVIEW_WORK"],
        ["DELIVER_WORK"],
        ["WRITE_REVIEWS"],
    ]
    assert application.creator_id != job.active_creator_id


def test_a_job_is_open_for_so_long_and_until_its_date_at_most(world):
    soon = clock.now() + timedelta(days=10, hours=3)

    open_end = clock_of(world.live_job(), "HIRE_CREATOR")
    dated = clock_of(world.live_job(deadline_type="DATE", deadline_date=soon), "HIRE_CREATOR")

    assert abs(open_end.due_at - clock.now() - length("HIRE_CREATOR")) < timedelta(minutes=1)
    assert dated.due_at == soon


def test_a_day_without_a_time_is_meant_whole(world):
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=10)

    job = world.live_job(deadline_type="DATE", deadline_date=day)
    until = clock_of(job, "HIRE_CREATOR").due_at
    deal = world.deal(job=job)

    assert until == day + DAY - timedelta(microseconds=1)
    assert deal.due_at == until


def test_a_new_date_moves_the_end(world):
    job = world.job(deadline_type="DATE", deadline_date=clock.now() + timedelta(days=10, hours=1))

    wanted = clock.now() + timedelta(days=20, hours=1)
    edit_job(job.id, by=job.brand, content={"deadline_date": wanted})

    assert clock_of(job, "HIRE_CREATOR").due_at == wanted


@pytest.mark.parametrize("state", ["paused_job", "rejected_job"])
def test_who_takes_a_job_up_again_has_the_whole_time(world, state):
    job = getattr(world, state)()

    with later(days=30):
        (unpause_job if state == "paused_job" else resubmit_job)(job.id, by=job.brand)
        left = clock_of(job, "HIRE_CREATOR").due_at - clock.now()

    assert left == length("HIRE_CREATOR")


def test_a_draft_that_is_worked_on_is_kept(world):
    job = world.draft_job()

    with later(days=100):
        edit_job(job.id, by=job.brand, content={"title": "Another review of our tea"})
        left = clock_of(job, "PUBLISH_DRAFT").due_at - clock.now()

    assert left == length("PUBLISH_DRAFT")


def test_work_may_be_late_by_the_time_that_staff_allow(world):
    job = world.deal()

    assert clock_of(job, "DELIVER_WORK").due_at == job.due_at + length("DELIVER_WORK")


def test_a_deal_that_is_funded_late_leaves_time_to_work(world):
    job = world.deal(funded=False, job=world.live_job(deadline_type="URGENT_48H"))

    with at(job.due_at + timedelta(hours=1)):
        fund_escrow(job.id, by=job.brand)
        left = clock_of(job, "DELIVER_WORK").due_at - clock.now()

    assert left == length("DELIVER_WORK")


def test_changes_leave_time_to_make_them(world):
    early, late = world.reviewed_deal(), world.reviewed_deal()
    agreed = early.due_at

    request_changes(early.id, by=early.brand, comment="Brighter.")
    with at(late.due_at):
        submission = request_changes(late.id, by=late.brand, comment="Brighter.")
        asked_at = clock.now()

    early.refresh_from_db()
    late.refresh_from_db()
    assert early.due_at == agreed
    assert late.due_at == submission.job.due_at == asked_at + length("DELIVER_WORK")
    assert clock_of(late, "DELIVER_WORK").due_at == late.due_at + length("DELIVER_WORK")


def test_a_changed_length_counts_for_clocks_that_start_after_it(world):
    before = clock_of(world.reviewed_deal(), "REVIEW_WORK")
    set_limit(by=world.approver, key=TIMERS["REVIEW_WORK"].key, currency="", value=1, note="Faster.")

    after = clock_of(world.reviewed_deal(), "REVIEW_WORK")

    assert Limit.objects.filter(key="TIMER_REVIEW_WORK").exists()
    assert before.due_at - before.started_at == timedelta(days=5)
    assert after.due_at - after.started_at == timedelta(hours=1)


# What its end does


@pytest.mark.parametrize(
    ("state", "kind"),
    [("draft_job", "PUBLISH_DRAFT"), ("job", "HIRE_CREATOR"), ("live_job", "HIRE_CREATOR"), ("paused_job", "HIRE_CREATOR")],
)
def test_a_job_that_finds_nobody_is_closed(world, state, kind):
    job = getattr(world, state)()

    fired = wait_out(job, kind)

    assert [timer.kind for timer in fired if timer.job_id == job.id] == [kind]
    assert ended(job) == ("CANCELED", "EXPIRED", SYSTEM_USER_ID)
    assert running(job) == []
    assert Event.objects.get(type="JOB_CANCELED", aggregate=f"job:{job.id}").payload["reasonCode"] == "EXPIRED"


def test_a_rejected_job_is_closed_too(world):
    job = world.rejected_job()

    wait_out(job, "HIRE_CREATOR")

    assert ended(job)[0] == "CANCELED"


def test_whoever_waits_for_a_closed_job_has_a_no(world):
    job = world.live_job()
    application = world.application(job=job)

    wait_out(job, "HIRE_CREATOR")

    application.refresh_from_db()
    assert (application.status, str(application.decided_by_id)) == ("REJECTED", SYSTEM_USER_ID)
    assert Notification.objects.get(type="JOB_CANCELED_APPLICANT", job=job).user_id == application.creator_id


def test_a_deal_that_is_not_funded_is_canceled(world):
    job = world.deal(funded=False)

    wait_out(job, "FUND_ESCROW")

    assert ended(job) == ("CANCELED", "ESCROW_NOT_FUNDED", SYSTEM_USER_ID)
    assert job.escrow.status == "VOIDED"
    assert not LedgerEntry.objects.filter(job=job).exists()
    bodies = [render(notice.type, notice.facts)[1] for notice in Notification.objects.filter(job=job, type__startswith="JOB_CANCELED")]
    assert len(bodies) == 2
    assert all("ESCROW" not in body for body in bodies)


@pytest.mark.parametrize("delivered", [False, True])
def test_a_deal_whose_work_does_not_come_is_canceled_and_refunded(world, delivered):
    job = world.deal()
    if delivered:
        submit_work(job.id, by=job.active_creator, items=FILES)
        request_changes(job.id, by=job.brand, comment="Brighter.")
    before = Account.objects.get(owner=job.brand, currency="RUB").balance_cents

    wait_out(job, "DELIVER_WORK")

    assert ended(job) == ("CANCELED", "WORK_NOT_DELIVERED", SYSTEM_USER_ID)
    assert job.escrow.status == "REFUNDED"
    assert Account.objects.get(owner=job.brand, currency="RUB").balance_cents == before + job.escrow.amount_cents
    assert Event.objects.get(type="ESCROW_REFUNDED", aggregate=f"job:{job.id}").payload["source"] == "TIMER"


def test_work_that_nobody_reviews_is_accepted_and_paid(world):
    job = world.reviewed_deal(price_quote=4_500)
    submission = job.submissions.get()

    wait_out(job, "REVIEW_WORK")

    job.refresh_from_db()
    submission.refresh_from_db()
    assert (job.status, job.escrow.status) == ("COMPLETED", "RELEASED")
    assert (submission.status, str(submission.reviewed_by_id)) == ("APPROVED", SYSTEM_USER_ID)
    assert Account.objects.get(owner=job.active_creator, currency="RUB").balance_cents == 382_500
    assert Event.objects.get(type="JOB_COMPLETED", aggregate=f"job:{job.id}").payload["source"] == "TIMER"
    assert Event.objects.get(type="ESCROW_RELEASED", aggregate=f"job:{job.id}").payload["source"] == "TIMER"
    message = Message.objects.filter(conversation__job=job).latest("number")
    assert (message.type, message.facts["amount_cents"]) == ("WORK_APPROVED_BY_TIMER", 382_500)
    assert running(job) == ["WRITE_REVIEWS"]


def test_the_audit_trail_keeps_when_it_was_due(world):
    job, reviewed = world.deal(funded=False), world.reviewed_deal()
    due = clock_of(job, "FUND_ESCROW").due_at
    review_due = clock_of(reviewed, "REVIEW_WORK").due_at

    with at(due + timedelta(days=10)):
        run_due()

    canceled = AuditEntry.objects.get(action="JOB_CANCELED", subject_id=str(job.id))
    completed = AuditEntry.objects.get(action="JOB_COMPLETED", subject_id=str(reviewed.id))
    assert (str(canceled.actor_id), canceled.after["timer"], canceled.after["dueAt"]) == (SYSTEM_USER_ID, "FUND_ESCROW", due.isoformat())
    assert (completed.after["timer"], completed.after["dueAt"]) == ("REVIEW_WORK", review_due.isoformat())
    assert canceled.created_at == due + timedelta(days=10)


def test_nothing_runs_out_while_a_dispute_is_open(world):
    job = world.reviewed_deal()
    due = clock_of(job, "REVIEW_WORK").due_at
    dispute = world.dispute(job=job)

    with at(due + timedelta(hours=1)), nothing_happens(job):
        assert approve_work_by_timer(job.id, by=system()) is None

    dispute.refresh_from_db()
    assert clock_of(job, "REVIEW_WORK").paused_at is not None


def test_a_dispute_takes_no_time_from_the_creator(world):
    job = world.deal()
    due = job.due_at
    dispute = world.dispute(job=job)

    with later(days=2):
        withdraw_dispute(dispute.id, by=dispute.opened_by)

    job.refresh_from_db()
    assert abs(job.due_at - due - timedelta(days=2)) < timedelta(minutes=1)
    assert abs(clock_of(job, "DELIVER_WORK").due_at - job.due_at - length("DELIVER_WORK")) < timedelta(minutes=1)


def test_who_acts_in_time_stops_the_clock(world):
    job = world.reviewed_deal()
    due = clock_of(job, "REVIEW_WORK").due_at
    request_changes(job.id, by=job.brand, comment="Brighter.")

    with at(due), nothing_happens(job):
        assert approve_work_by_timer(job.id, by=system()) is None


def test_before_its_time_no_clock_does_anything(world):
    job = world.reviewed_deal()

    with at(clock_of(job, "REVIEW_WORK").due_at - timedelta(seconds=1)), nothing_happens(job):
        assert approve_work_by_timer(job.id, by=system()) is None


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (close_draft_by_timer, "draft_job"),
        (close_job_by_timer, "live_job"),
        (cancel_unfunded_by_timer, "accepted_job"),
        (cancel_undelivered_by_timer, "deal"),
        (approve_work_by_timer, "reviewed_deal"),
    ],
)
def test_nobody_but_the_clock_lets_time_run_out(world, verb, state):
    job = getattr(world, state)()

    with later(days=400):
        for person in (job.brand, job.active_creator, world.moderator, world.staff("engineer")):
            with nothing_happens(job), pytest.raises(Forbidden):
                verb(job.id, by=person)


def test_nobody_but_the_clock_lets_a_proposal_expire(world):
    proposal = world.proposal()

    with later(days=400), nothing_happens(proposal.job), pytest.raises(Forbidden):
        expire_cancellation_by_timer(proposal.id, by=proposal.proposed_by)


def test_a_job_closed_by_time_leaves_the_books_of_its_applicants_clean(world):
    """Nobody waits for a job that is over."""
    job = world.live_job()
    for _ in range(3):
        world.application(job=job)

    with time_machine.travel(clock_of(job, "HIRE_CREATOR").due_at, tick=False):
        run_due()

    assert not Application.objects.filter(job=job, status="PENDING").exists()
