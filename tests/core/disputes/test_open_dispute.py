"""A party stops the deal."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.chat.models import Message
from core.deals.services import (
    accept_cancellation,
    approve_work,
    cancel_job,
    propose_cancellation,
    request_changes,
    resign_deal,
    submit_work,
)
from core.disputes.errors import JobAlreadyFinished, NoActiveCreator
from core.disputes.models import Dispute
from core.disputes.services import open_dispute
from core.money.errors import DisputeOpen
from core.money.services import fund_escrow
from core.notifications.models import Notification
from core.timers.models import Timer
from outbox.models import Event
from tests.core.disputes.traces import clocks, nothing_happens
from tests.world import FILES


def test_the_deal_stands_still_from_that_moment(world):
    job = world.reviewed_deal(price_quote=4_500)

    dispute = open_dispute(job.id, by=job.brand, reason="QUALITY", statement="  The sound is missing.  ")

    job.refresh_from_db()
    assert job.disputed_at == dispute.created_at
    assert (dispute.status, dispute.reason, dispute.statement) == ("OPEN", "QUALITY", "The sound is missing.")
    assert (dispute.opened_by_id, dispute.opener_role, dispute.respondent_id) == (job.brand_id, "BRAND", job.active_creator_id)
    assert (dispute.amount_cents, dispute.frozen_cents, dispute.currency) == (450_000, 450_000, "RUB")
    assert not dispute.was_open_before


def test_the_clocks_of_the_deal_pause_and_those_of_the_dispute_run(world):
    job = world.reviewed_deal()

    dispute = open_dispute(job.id, by=job.brand, reason="QUALITY")

    assert clocks(job) == {"REVIEW_WORK": True, "ANSWER_DISPUTE": False, "DECIDE_DISPUTE": False}
    assert set(Timer.objects.filter(subject_id=dispute.id).values_list("kind", flat=True)) == {"ANSWER_DISPUTE", "DECIDE_DISPUTE"}


@pytest.mark.parametrize(
    ("state", "by_creator", "outcome"),
    [
        ("reviewed_deal", False, "REFUND"),
        ("deal", False, "REFUND"),
        ("accepted_job", False, "REFUND"),
        ("reviewed_deal", True, "RELEASE"),
        ("deal", True, "NO_ACTION"),
        ("accepted_job", True, "NO_ACTION"),
    ],
)
def test_what_silence_leads_to_is_stated_at_the_beginning(world, state, by_creator, outcome):
    dispute = world.dispute(job=getattr(world, state)(), by_creator=by_creator)

    assert dispute.on_silence == outcome


def test_an_unfunded_deal_can_be_disputed_too(world):
    dispute = world.dispute(job=world.deal(funded=False, price_quote=4_500))

    assert (dispute.amount_cents, dispute.frozen_cents) == (450_000, 0)


def test_the_creator_opens_against_the_brand(world):
    job = world.deal()

    dispute = open_dispute(job.id, by=job.active_creator, reason="COMMUNICATION")

    assert (dispute.opener_role, dispute.opened_by_id, dispute.respondent_id) == ("CREATOR", job.active_creator_id, job.brand_id)


def test_a_dispute_is_recorded_and_told_to_the_other_side_and_moderators(world):
    moderator = world.moderator
    job = world.reviewed_deal()

    dispute = open_dispute(job.id, by=job.brand, reason="DEADLINE", statement="Two weeks late.")

    audit = AuditEntry.objects.get(action="DISPUTE_OPENED", subject_id=str(dispute.id))
    assert audit.actor_id == job.brand_id
    assert audit.after["reason"] == "DEADLINE"
    notice = Notification.objects.get(job=job, type="DISPUTE_OPENED")
    assert (notice.user_id, notice.href) == (job.active_creator_id, f"/dashboard/work/{job.id}")
    assert moderator.id in Notification.objects.filter(job=job, type="DISPUTE_OPENED_STAFF").values_list("user_id", flat=True)
    event = Event.objects.get(type="DISPUTE_OPENED", aggregate=f"job:{job.id}")
    assert {job.active_creator_id, moderator.id} <= set(event.recipient_ids)
    assert job.brand_id not in event.recipient_ids
    assert event.payload["disputeId"] == str(dispute.id)
    assert (event.payload["openerRole"], event.payload["reason"]) == ("BRAND", "DEADLINE")
    assert "Two weeks" not in str(event.payload)
    assert Message.objects.filter(conversation__job=job, type="DISPUTE_OPENED").count() == 1


def test_the_brand_is_led_to_its_own_page(world):
    job = world.deal()

    open_dispute(job.id, by=job.active_creator, reason="OTHER")

    notice = Notification.objects.get(job=job, type="DISPUTE_OPENED")
    assert (notice.user_id, notice.href) == (job.brand_id, f"/dashboard/jobs/{job.id}/review")


def test_opening_again_gives_back_ones_own_dispute(world):
    dispute = world.dispute()

    with nothing_happens(dispute.job):
        again = open_dispute(dispute.job_id, by=dispute.opened_by, reason="OTHER", statement="Something else.")

    assert (again, again.was_open_before) == (dispute, True)


def test_the_other_side_cannot_open_a_second_one(world):
    dispute = world.dispute()

    with nothing_happens(dispute.job), pytest.raises(DisputeOpen):
        open_dispute(dispute.job_id, by=dispute.respondent, reason="OTHER")


def test_after_one_is_over_another_can_be_opened(world):
    first = world.resolved_dispute("NO_ACTION")

    second = open_dispute(first.job_id, by=first.respondent, reason="COMMUNICATION")

    assert second.status == "OPEN"
    assert Dispute.objects.filter(job_id=first.job_id).count() == 2


@pytest.mark.parametrize("state", ["completed_deal", "canceled_deal"])
def test_a_deal_that_is_over_takes_no_dispute(world, state):
    job = getattr(world, state)()

    for by in (job.brand, job.active_creator):
        with nothing_happens(job), pytest.raises(JobAlreadyFinished):
            open_dispute(job.id, by=by, reason="QUALITY")


@pytest.mark.parametrize("state", ["draft_job", "job", "live_job", "paused_job"])
def test_without_a_creator_there_is_nobody_to_dispute_with(world, state):
    job = getattr(world, state)()

    with nothing_happens(job), pytest.raises(NoActiveCreator):
        open_dispute(job.id, by=job.brand, reason="QUALITY")


def test_strangers_find_no_such_deal_and_staff_are_no_party(world):
    job = world.deal()

    for stranger, refusal in (
        (world.brand(), NotFound),
        (world.creator(), NotFound),
        (world.moderator, Forbidden),
        (world.staff("finance"), Forbidden),
    ):
        with nothing_happens(job), pytest.raises(refusal):
            open_dispute(job.id, by=stranger, reason="QUALITY")


@pytest.mark.parametrize(("reason", "statement", "field"), [("RUDE", "", "reason"), ("OTHER", "a" * 2_001, "message")])
def test_what_cannot_be_said_is_named_and_refused(world, reason, statement, field):
    job = world.deal()

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        open_dispute(job.id, by=job.brand, reason=reason, statement=statement)

    assert list(refused.value.fields) == [field]


def test_nobody_goes_on_with_the_deal_meanwhile(world):
    reviewed = world.reviewed_deal()
    proposal = propose_cancellation(reviewed.id, by=reviewed.brand, creator_share_cents=0, reason="We part.")
    job = world.dispute(job=reviewed).job
    unfunded = world.dispute(job=world.deal(funded=False)).job
    answer = {"proposal_id": proposal.id}

    for stopped, act in (
        (unfunded, lambda: fund_escrow(unfunded.id, by=unfunded.brand)),
        (job, lambda: submit_work(job.id, by=job.active_creator, items=FILES)),
        (job, lambda: approve_work(job.id, by=job.brand)),
        (job, lambda: request_changes(job.id, by=job.brand, comment="Brighter.")),
        (job, lambda: cancel_job(job.id, by=job.brand)),
        (job, lambda: cancel_job(job.id, by=world.moderator)),
        (job, lambda: cancel_job(job.id, by=world.finance)),
        (job, lambda: resign_deal(job.id, by=job.active_creator, reason="I am ill.")),
        (job, lambda: propose_cancellation(job.id, by=job.brand, creator_share_cents=0, reason="We part.")),
        (job, lambda: accept_cancellation(job.id, by=job.active_creator, **answer)),
    ):
        with nothing_happens(stopped), pytest.raises(DisputeOpen):
            act()
