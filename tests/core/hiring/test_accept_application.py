"""A brand chooses a creator in one step, or says no to one."""

from datetime import timedelta

import pytest
import time_machine

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.chat.models import Conversation, Participant
from core.deals.services import cancel_job
from core.hiring.errors import ApplicationNotPending, CreatorNotAvailable, JobAlreadyTaken, JobNotAvailable
from core.hiring.models import Application
from core.hiring.services import accept_application, apply_to_job, reject_application, withdraw_application
from core.jobs.models import Job, JobRevision
from core.jobs.services import edit_job, pause_job, resubmit_job, take_down_job
from core.money.models import Escrow
from core.people.models import User
from core.rules.models import CommissionRule
from outbox.models import Event
from tests.core.jobs.traces import audited, events, nothing_happens, told

REASON = "Say in the title what is to be filmed."


def test_everything_is_opened_and_frozen_in_one_step(world):
    application = world.application(price_quote=4_500)
    job = application.job

    chosen = accept_application(job.id, application.id, by=job.brand)

    job.refresh_from_db()
    application.refresh_from_db()
    assert (application.status, application.decided_by_id) == ("ACCEPTED", job.brand_id)
    assert (job.status, job.active_creator_id, job.is_live) == ("IN_PROGRESS", application.creator_id, False)
    escrow = Escrow.objects.get(job=job)
    assert (escrow.id, escrow.status, escrow.amount_cents, escrow.currency) == (chosen.escrow_id, "UNFUNDED", 450_000, "RUB")
    assert (escrow.brand_id, escrow.creator_id, escrow.commission_bps) == (job.brand_id, application.creator_id, 1_500)
    assert job.agreed_terms["title"] == job.title
    assert (job.agreed_terms["price_cents"], job.agreed_terms["commission_bps"]) == (450_000, 1_500)
    assert set(job.agreed_terms) == {*Job.CONTENT_FIELDS, "price_cents", "commission_bps"}
    conversation = Conversation.objects.get(job=job)
    assert conversation.id == chosen.conversation_id
    assert set(Participant.objects.filter(conversation=conversation).values_list("user_id", flat=True)) == {
        job.brand_id,
        application.creator_id,
    }


def test_the_creator_is_told_and_the_step_leaves_its_traces(world):
    application = world.application(price_quote=4_500)
    job = application.job

    chosen = accept_application(job.id, application.id, by=job.brand)

    assert told(job, "APPLICATION_ACCEPTED") == {application.creator_id}
    (fact,) = events(job, "APPLICATION_ACCEPTED")
    assert fact == fact | {
        "jobId": str(job.id),
        "creatorId": str(application.creator_id),
        "applicationId": str(application.id),
        "conversationId": str(chosen.conversation_id),
        "escrowId": str(chosen.escrow_id),
        "amountCents": 450_000,
        "currency": "RUB",
        "recipientUserIds": [str(application.creator_id)],
    }
    assert audited(application) == ["APPLICATION_CREATED", "APPLICATION_ACCEPTED"]


def test_all_others_have_a_no_and_know_it(world):
    job = world.live_job()
    winner, first, second, gone = (world.application(job=job) for _ in range(4))
    withdraw_application(gone.id, by=gone.creator)

    accept_application(job.id, winner.id, by=job.brand)

    statuses = dict(Application.objects.filter(job=job).values_list("id", "status"))
    assert statuses == {winner.id: "ACCEPTED", first.id: "REJECTED", second.id: "REJECTED", gone.id: "WITHDRAWN"}
    assert told(job, "APPLICATION_REJECTED") == {first.creator_id, second.creator_id}
    facts = events(job, "APPLICATION_REJECTED")
    assert {fact["applicationId"] for fact in facts} == {str(first.id), str(second.id)}
    assert all(fact["recipientUserIds"] == [fact["creatorId"]] and fact["automatic"] for fact in facts)
    entry = AuditEntry.objects.get(subject_id=str(winner.id), action="APPLICATION_ACCEPTED")
    assert set(entry.after["rejected"]) == {str(first.id), str(second.id)}


def test_a_crowd_costs_no_more_statements_than_one(world, django_assert_max_num_queries):
    def statements(others: int) -> int:
        job = world.live_job()
        winner = world.application(job=job)
        for _ in range(others):
            world.application(job=job)
        with django_assert_max_num_queries(40) as seen:
            accept_application(job.id, winner.id, by=job.brand)
        return len(seen)

    assert statements(1) == statements(4)


def test_without_a_quote_the_largest_budget_is_the_price(world):
    application = world.application(job=world.live_job(budget_min=100, budget_max=100_000_000), price_quote=None)

    accept_application(application.job_id, application.id, by=application.job.brand)

    assert Escrow.objects.get(job=application.job).amount_cents == 10_000_000_000


def test_the_brands_own_commission_is_frozen(world):
    application = world.application(price_quote=100)
    job = application.job
    CommissionRule.objects.create(scope="BRAND", brand=job.brand, bps=700, created_by=world.staff("finance"))

    accept_application(job.id, application.id, by=job.brand)

    job.refresh_from_db()
    assert (job.agreed_terms["commission_bps"], job.escrow.commission_bps) == (700, 700)


@pytest.mark.parametrize(("kind", "days"), [("URGENT_48H", 2), ("DAYS_3_5", 5), ("WEEK_PLUS", 14)])
def test_a_relative_deadline_becomes_a_date(world, kind, days):
    application = world.application(job=world.live_job(deadline_type=kind))
    moment = clock.now() + timedelta(hours=7)

    with time_machine.travel(moment, tick=False):
        accept_application(application.job_id, application.id, by=application.job.brand)

    job = Job.objects.get(id=application.job_id)
    assert (job.started_at, job.due_at) == (moment, moment + timedelta(days=days))


def test_a_deadline_by_date_stays_that_date(world):
    date = clock.now() + timedelta(days=30)
    application = world.application(job=world.live_job(deadline_type="DATE", deadline_date=date))

    accept_application(application.job_id, application.id, by=application.job.brand)

    assert Job.objects.get(id=application.job_id).due_at == date


def test_a_change_that_waits_is_dropped_and_the_approved_text_is_the_deal(world):
    application = world.application()
    job = application.job
    edit_job(job.id, by=job.brand, content={"title": "Review of our black tea"})

    accept_application(job.id, application.id, by=job.brand)

    job.refresh_from_db()
    assert JobRevision.objects.get(job=job).status == "SUPERSEDED"
    assert (job.agreed_terms["title"], job.has_pending_revision, job.awaits_moderation) == (job.title, False, False)


def test_two_jobs_of_the_same_two_people_have_two_conversations(world):
    brand, creator = world.brand(), world.creator()

    first, second = (world.accepted_application(job=world.live_job(brand=brand), creator=creator) for _ in range(2))

    assert first.conversation_id != second.conversation_id


def on_hold(world, job) -> None:
    pause_job(job.id, by=job.brand)


def taken_down(world, job) -> None:
    take_down_job(job.id, by=world.moderator, reason=REASON)


def taken_down_and_waiting_again(world, job) -> None:
    taken_down(world, job)
    resubmit_job(job.id, by=job.brand)


@pytest.mark.parametrize("happens", [on_hold, taken_down, taken_down_and_waiting_again])
def test_nobody_is_hired_for_a_job_that_is_not_live(world, happens):
    application = world.application()
    happens(world, application.job)

    with nothing_happens(), pytest.raises(JobNotAvailable):
        accept_application(application.job_id, application.id, by=application.job.brand)


def test_nobody_is_hired_for_a_canceled_job(world):
    application = world.application()
    cancel_job(application.job_id, by=application.job.brand)

    with nothing_happens(), pytest.raises(JobNotAvailable):
        accept_application(application.job_id, application.id, by=application.job.brand)


@pytest.mark.parametrize("state", ["accepted_job", "reviewed_deal", "completed_deal", "canceled_deal"])
def test_a_job_that_had_its_creator_is_taken(world, state):
    job = world.live_job()
    other = world.application(job=job)
    getattr(world, state)(job=job)

    with nothing_happens(), pytest.raises(JobAlreadyTaken):
        accept_application(job.id, other.id, by=job.brand)


@pytest.mark.parametrize("decide", ["withdraw", "reject"])
def test_only_a_waiting_application_is_accepted_or_rejected(world, decide):
    application = world.application()
    brand = application.job.brand
    if decide == "withdraw":
        withdraw_application(application.id, by=application.creator)
    else:
        reject_application(application.job_id, application.id, by=brand)

    for verb in (accept_application, reject_application):
        with nothing_happens(), pytest.raises(ApplicationNotPending):
            verb(application.job_id, application.id, by=brand)


def test_an_application_to_another_job_does_not_exist_here(world):
    application, other = world.application(), world.live_job()

    for verb in (accept_application, reject_application):
        with nothing_happens(), pytest.raises(NotFound):
            verb(other.id, application.id, by=other.brand)


def test_a_blocked_creator_is_not_hired(world):
    application = world.application()
    User.objects.filter(id=application.creator_id).update(blocked_at=clock.now())

    with nothing_happens(), pytest.raises(CreatorNotAvailable):
        accept_application(application.job_id, application.id, by=application.job.brand)


@pytest.mark.parametrize("verb", [accept_application, reject_application])
def test_only_the_brand_of_the_job_decides(world, verb):
    application, stranger = world.application(), world.brand()
    outsiders = [application.creator, world.creator(), world.moderator]

    with nothing_happens():
        with pytest.raises(NotFound):
            verb(application.job_id, application.id, by=stranger)
        for outsider in outsiders:
            with pytest.raises(Forbidden):
                verb(application.job_id, application.id, by=outsider)


def test_a_no_is_told_with_its_reason_and_the_event_does_not_repeat_it(world):
    application = world.application()

    reject_application(application.job_id, application.id, by=application.job.brand, reason="  We look for a cook. ")

    application.refresh_from_db()
    assert (application.status, application.reject_reason) == ("REJECTED", "We look for a cook.")
    assert audited(application)[-1] == "APPLICATION_REJECTED"
    assert told(application.job, "APPLICATION_REJECTED") == {application.creator_id}
    (fact,) = events(application.job, "APPLICATION_REJECTED")
    assert not fact["automatic"]
    assert "cook" not in str(fact)


def test_a_reason_has_its_bounds(world):
    application = world.application()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        reject_application(application.job_id, application.id, by=application.job.brand, reason="x" * 501)

    assert list(refused.value.fields) == ["reason"]


def test_one_says_no_in_any_state_of_the_job(world):
    application = world.application()
    pause_job(application.job_id, by=application.job.brand)

    assert reject_application(application.job_id, application.id, by=application.job.brand).status == "REJECTED"


def test_after_a_no_the_job_goes_on(world):
    application = world.application()
    reject_application(application.job_id, application.id, by=application.job.brand)

    other = apply_to_job(application.job_id, by=world.creator(), message="Me!")

    assert accept_application(application.job_id, other.id, by=application.job.brand).status == "ACCEPTED"
    assert Event.objects.filter(aggregate=f"job:{application.job_id}", type="APPLICATION_ACCEPTED").count() == 1
