"""Nobody acts, and time decides."""

import pytest

from core.audit.models import AuditEntry
from core.clockwork import run_due
from core.disputes.models import Dispute
from core.disputes.services import add_message, appeal_decision, decide_unanswered_by_timer, extend_dispute, lapse_dispute_by_timer
from core.jobs.models import Job
from core.money.steps import system
from core.notifications.models import Notification
from core.notifications.registry import render
from core.people.models import SYSTEM_USER_ID
from core.timers.models import Timer
from outbox.models import Event
from tests.core.disputes.traces import clocks, nothing_happens
from tests.moments import at, clock_of, later, wait_out


@pytest.mark.parametrize(
    ("state", "by_creator", "resolution", "end"),
    [
        ("reviewed_deal", False, "REFUND", ("CANCELED", "REFUNDED")),
        ("accepted_job", False, "REFUND", ("CANCELED", "VOIDED")),
        ("reviewed_deal", True, "RELEASE", ("COMPLETED", "RELEASED")),
        ("deal", True, "NO_ACTION", ("IN_PROGRESS", "FUNDED")),
    ],
)
def test_who_does_not_answer_loses_as_was_said_at_the_beginning(world, state, by_creator, resolution, end):
    dispute = world.dispute(job=getattr(world, state)(), by_creator=by_creator)
    due = clock_of(dispute, "ANSWER_DISPUTE").due_at

    wait_out(dispute, "ANSWER_DISPUTE")

    job = Job.objects.get(id=dispute.job_id)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.resolution, dispute.resolved_through) == ("RESOLVED", resolution, "SILENCE")
    assert (job.status, job.escrow.status, job.disputed_at) == (*end, None)
    audit = AuditEntry.objects.get(action="DISPUTE_RESOLVED", subject_id=str(dispute.id))
    assert (audit.after["timer"], audit.after["dueAt"]) == ("ANSWER_DISPUTE", due.isoformat())
    assert Notification.objects.filter(job=job, type=f"DISPUTE_RESOLVED_{resolution}").count() == 2
    assert Event.objects.get(type=f"DISPUTE_RESOLVED_{resolution}", aggregate=f"job:{job.id}").payload["resolvedThrough"] == "SILENCE"


def test_the_canceled_deal_says_that_nobody_answered(world):
    dispute = world.dispute()

    wait_out(dispute, "ANSWER_DISPUTE")

    notice = Notification.objects.get(job=dispute.job, type="JOB_CANCELED_CREATOR")
    assert "спор" in render(notice.type, notice.facts)[1].lower()


def test_an_answer_in_time_leaves_the_decision_to_staff(world):
    dispute = world.dispute()
    due = clock_of(dispute, "ANSWER_DISPUTE").due_at
    add_message(dispute.id, by=dispute.respondent, kind="MESSAGE", text="I see it otherwise.")

    with at(due), nothing_happens(dispute.job):
        run_due()


def test_a_dispute_that_staff_do_not_decide_lapses_and_the_deal_goes_on(world):
    dispute = world.reviewed_dispute()

    wait_out(dispute, "DECIDE_DISPUTE")

    job = Job.objects.get(id=dispute.job_id)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.resolution, dispute.resolved_through) == ("RESOLVED", "NO_ACTION", "LAPSE")
    assert (job.status, job.escrow.status, job.disputed_at) == ("IN_REVIEW", "FUNDED", None)
    assert clocks(job) == {"REVIEW_WORK": False}
    told = Notification.objects.filter(job=job, type="DISPUTE_RESOLVED_NO_ACTION").values_list("user_id", flat=True)
    assert set(told) == {dispute.brand_id, dispute.creator_id}
    assert Notification.objects.get(job=job, type="DISPUTE_ENDED_STAFF").user_id == world.moderator.id


def test_a_decision_that_waits_for_its_second_person_does_not_stop_the_clock(world):
    dispute = world.proposed_decision()

    wait_out(dispute, "DECIDE_DISPUTE")

    assert Dispute.objects.get(id=dispute.id).resolved_through == "LAPSE"
    assert dispute.decisions.get().status == "DROPPED"


def test_the_clocks_of_the_deal_do_not_run_out_meanwhile(world):
    job = world.reviewed_deal()
    due = clock_of(job, "REVIEW_WORK").due_at
    dispute = world.answered_dispute(job=job)

    with at(due):
        run_due()

    job.refresh_from_db()
    assert (job.status, Dispute.objects.get(id=dispute.id).status) == ("IN_REVIEW", "OPEN")


@pytest.mark.parametrize("verb", [decide_unanswered_by_timer, lapse_dispute_by_timer])
def test_the_clock_waits_for_its_time(world, verb):
    dispute = world.dispute()

    with nothing_happens(dispute.job):
        assert verb(dispute.id, by=system()) is None


def test_more_time_moves_the_end(world):
    dispute = world.dispute()
    due = clock_of(dispute, "ANSWER_DISPUTE").due_at
    extend_dispute(dispute.id, by=world.moderator, hours=24, reason="A holiday.")

    with at(due):
        run_due()

    assert Dispute.objects.get(id=dispute.id).status == "OPEN"


@pytest.mark.parametrize(
    ("make", "kind", "who"),
    [
        ("dispute", "ANSWER_DISPUTE", "respondent_id"),
        ("reviewed_dispute", "DECIDE_DISPUTE", "assignee_id"),
    ],
)
def test_whoever_has_to_act_is_reminded_before(world, make, kind, who):
    dispute = getattr(world, make)()

    with at(clock_of(dispute, kind).remind_at):
        run_due()

    notices = Notification.objects.filter(type="TIMER_RUNS_OUT", job=dispute.job, facts__timer=kind)
    assert [notice.user_id for notice in notices] == [getattr(dispute, who)]


@pytest.mark.parametrize(
    ("kind", "sides"),
    [("ANSWER_REQUEST", {"creator_id"}), ("ANSWER_SETTLEMENT", {"creator_id"}), ("MEDIATION", {"creator_id", "brand_id"})],
)
def test_a_side_is_reminded_of_a_question_and_of_a_proposal(world, kind, sides):
    dispute = world.answered_dispute()
    make = {
        "ANSWER_REQUEST": lambda: world.information_request(dispute=dispute, party="CREATOR"),
        "ANSWER_SETTLEMENT": lambda: world.settlement(dispute=dispute),
        "MEDIATION": lambda: world.settlement(dispute=dispute, by=world.moderator),
    }[kind]
    thing, timer = make(), "ANSWER_SETTLEMENT" if kind == "MEDIATION" else kind

    with at(clock_of(thing, timer).remind_at):
        run_due()

    told = Notification.objects.filter(type="TIMER_RUNS_OUT", job=dispute.job, facts__timer=timer)
    assert {notice.user_id for notice in told} == {getattr(dispute, side) for side in sides}


def test_moderators_without_a_part_in_it_are_reminded_of_an_appeal(world):
    appeal, other = world.appeal(), world.staff("moderator")

    with at(clock_of(appeal, "DECIDE_APPEAL").remind_at):
        run_due()

    told = Notification.objects.filter(type="TIMER_RUNS_OUT", job=appeal.dispute.job, facts__timer="DECIDE_APPEAL")
    people = set(told.values_list("user_id", flat=True))
    assert other.id in people
    assert world.moderator.id not in people


def test_a_dispute_ends_by_itself_whatever_happens(world):
    dispute = world.answered_dispute()
    world.information_request(dispute=dispute)
    world.settlement(dispute=dispute)

    with later(days=15):
        run_due()

    job = Job.objects.get(id=dispute.job_id)
    assert job.disputed_at is None
    assert not Timer.objects.filter(job=job, ended_at=None, kind__in=["ANSWER_REQUEST", "ANSWER_SETTLEMENT", "DECIDE_DISPUTE"]).exists()


def test_an_appeal_against_what_the_clock_decided_ends_by_the_clock_too(world):
    dispute = world.dispute(job=world.reviewed_deal())
    wait_out(dispute, "ANSWER_DISPUTE")
    dispute.refresh_from_db()
    with at(dispute.resolved_at):
        appeal = appeal_decision(dispute.id, by=dispute.respondent, text="I was ill and could not answer.")

    wait_out(appeal, "DECIDE_APPEAL")

    appeal.refresh_from_db()
    assert (appeal.status, str(appeal.judged_by_id), str(appeal.decided_by_id)) == ("UPHELD", SYSTEM_USER_ID, SYSTEM_USER_ID)
