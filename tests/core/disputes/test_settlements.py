"""The parties agree, on their own or on a proposal of staff."""

import pytest
from django.db import IntegrityError, transaction

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.disputes.errors import DisputeClosed, SettlementClosed, SettlementWaiting
from core.disputes.models import Dispute
from core.disputes.selectors import settlement_list
from core.disputes.services import (
    accept_settlement,
    decline_settlement,
    expire_settlement_by_timer,
    preview_acceptance,
    propose_settlement,
    withdraw_settlement,
)
from core.disputes.verdicts.models import SettlementProposal
from core.jobs.models import Job
from core.money.errors import EscrowUnfunded
from core.money.models import LedgerEntry
from core.money.steps import system
from core.notifications.models import Notification
from core.timers.models import Timer
from outbox.models import Event
from tests.core.disputes.traces import nothing_happens
from tests.moments import running, wait_out

PRICE = 450_000


def case(world, **said):
    return world.answered_dispute(job=world.reviewed_deal(price_quote=4_500), **said)


def test_a_proposal_of_a_party_waits_for_the_other_one(world):
    dispute = case(world)

    proposal = propose_settlement(dispute.id, by=dispute.opened_by, creator_share_cents=100_000, note="  Fair enough.  ")

    assert (proposal.status, proposal.proposer_role, proposal.note) == ("PENDING", "BRAND", "Fair enough.")
    assert proposal.brand_accepted_at is not None
    assert proposal.creator_accepted_at is None
    assert running(proposal) == ["ANSWER_SETTLEMENT"]
    notice = Notification.objects.get(job=dispute.job, type="SETTLEMENT_PROPOSED")
    assert (notice.user_id, notice.facts["amount_cents"]) == (dispute.respondent_id, 100_000)
    event = Event.objects.get(type="SETTLEMENT_PROPOSED", aggregate=f"job:{dispute.job_id}")
    assert event.payload["creatorShareCents"] == 100_000
    assert "Fair" not in str(event.payload)


@pytest.mark.parametrize(
    ("share", "resolution", "status", "escrow"),
    [
        (0, "REFUND", "CANCELED", "REFUNDED"),
        (100_000, "SPLIT", "COMPLETED", "SPLIT"),
        (PRICE, "RELEASE", "COMPLETED", "RELEASED"),
    ],
)
def test_with_the_yes_of_both_it_is_carried_out_at_once(world, share, resolution, status, escrow):
    proposal = world.settlement(dispute=case(world), creator_share_cents=share)
    creator = proposal.dispute.respondent

    done = accept_settlement(proposal.dispute_id, proposal.id, by=creator)

    job, dispute = Job.objects.get(id=proposal.dispute.job_id), Dispute.objects.get(id=proposal.dispute_id)
    assert (done.status, job.status, job.escrow.status, job.disputed_at) == ("ACCEPTED", status, escrow, None)
    assert (dispute.status, dispute.resolution, dispute.resolved_through) == ("RESOLVED", resolution, "SETTLEMENT")
    assert (dispute.decided_by_id, dispute.confirmed_by_id) == (creator.id, None)
    assert not Timer.objects.filter(subject_id__in=[proposal.id, dispute.id], ended_at=None).exists()
    if status == "CANCELED":
        told = Event.objects.get(type="JOB_CANCELED", aggregate=f"job:{job.id}")
        assert told.payload["canceledBy"] == "BOTH"


def test_the_creator_proposes_and_the_brand_agrees(world):
    dispute = case(world)
    proposal = propose_settlement(dispute.id, by=dispute.respondent, creator_share_cents=PRICE)

    accept_settlement(dispute.id, proposal.id, by=dispute.opened_by)

    assert Job.objects.get(id=dispute.job_id).escrow.status == "RELEASED"


def test_above_the_limit_an_agreement_needs_nobody_else(world):
    proposal = world.settlement(dispute=world.large_dispute(), creator_share_cents=0)

    accept_settlement(proposal.dispute_id, proposal.id, by=proposal.dispute.respondent)

    assert Dispute.objects.get(id=proposal.dispute_id).status == "RESOLVED"


def test_an_agreement_overtakes_a_decision_that_waits(world):
    dispute = world.proposed_decision("RELEASE")
    proposal = world.settlement(dispute=dispute, creator_share_cents=0)

    accept_settlement(dispute.id, proposal.id, by=dispute.respondent)

    assert dispute.decisions.get().status == "DROPPED"
    assert Job.objects.get(id=dispute.job_id).escrow.status == "REFUNDED"


def test_a_proposal_of_staff_needs_both(world):
    dispute = case(world)
    proposal = propose_settlement(dispute.id, by=world.moderator, creator_share_cents=100_000)
    asked = Notification.objects.filter(job=dispute.job, type="SETTLEMENT_PROPOSED").values_list("user_id", flat=True)
    assert set(asked) == {dispute.opened_by_id, dispute.respondent_id}

    half = accept_settlement(dispute.id, proposal.id, by=dispute.respondent)
    assert (half.status, Job.objects.get(id=dispute.job_id).escrow.status) == ("PENDING", "FUNDED")
    assert Notification.objects.get(job=dispute.job, type="SETTLEMENT_ACCEPTED").user_id == dispute.opened_by_id
    whole = accept_settlement(dispute.id, proposal.id, by=dispute.opened_by)

    assert (whole.status, Job.objects.get(id=dispute.job_id).escrow.status) == ("ACCEPTED", "SPLIT")


def test_agreeing_again_changes_nothing(world):
    pending = world.settlement(dispute=case(world))
    with nothing_happens(pending.dispute.job):
        assert accept_settlement(pending.dispute_id, pending.id, by=pending.dispute.opened_by).status == "PENDING"
    accept_settlement(pending.dispute_id, pending.id, by=pending.dispute.respondent)

    with nothing_happens(pending.dispute.job):
        assert accept_settlement(pending.dispute_id, pending.id, by=pending.dispute.respondent).status == "ACCEPTED"


def test_a_declined_proposal_leaves_the_dispute_open(world):
    proposal = world.settlement()

    declined = decline_settlement(proposal.dispute_id, proposal.id, by=proposal.dispute.respondent)

    assert (declined.status, Dispute.objects.get(id=proposal.dispute_id).status) == ("DECLINED", "OPEN")
    assert declined.closed_at is not None
    assert running(proposal) == []
    assert Notification.objects.get(job=proposal.dispute.job, type="SETTLEMENT_DECLINED").user_id == proposal.proposed_by_id
    assert AuditEntry.objects.filter(action="SETTLEMENT_DECLINED", subject_id=str(proposal.dispute_id)).exists()
    with nothing_happens(proposal.dispute.job), pytest.raises(SettlementClosed):
        accept_settlement(proposal.dispute_id, proposal.id, by=proposal.dispute.respondent)


def test_whoever_proposed_takes_it_back_and_proposes_anew(world):
    proposal = world.settlement()

    withdrawn = withdraw_settlement(proposal.dispute_id, proposal.id, by=proposal.proposed_by)

    assert (withdrawn.status, running(proposal)) == ("WITHDRAWN", [])
    assert world.settlement(dispute=proposal.dispute, creator_share_cents=1).status == "PENDING"


def test_a_proposal_that_nobody_answers_expires_and_both_know(world):
    proposal = world.settlement()

    wait_out(proposal, "ANSWER_SETTLEMENT")

    proposal.refresh_from_db()
    assert proposal.status == "EXPIRED"
    told = Notification.objects.filter(job=proposal.dispute.job, type="SETTLEMENT_EXPIRED").values_list("user_id", flat=True)
    assert set(told) == {proposal.dispute.opened_by_id, proposal.dispute.respondent_id}
    audit = AuditEntry.objects.get(action="SETTLEMENT_EXPIRED", subject_id=str(proposal.dispute_id))
    assert audit.after["timer"] == "ANSWER_SETTLEMENT"


def test_a_proposal_whose_time_has_not_come_does_not_expire(world):
    proposal = world.settlement()

    with nothing_happens(proposal.dispute.job):
        assert expire_settlement_by_timer(proposal.id, by=system()) is None


def test_each_side_has_one_proposal_at_a_time(world):
    dispute = case(world)
    world.settlement(dispute=dispute)

    propose_settlement(dispute.id, by=dispute.respondent, creator_share_cents=PRICE)
    propose_settlement(dispute.id, by=world.moderator, creator_share_cents=200_000)
    for by in (dispute.opened_by, dispute.respondent, world.moderator, world.staff("moderator")):
        with nothing_happens(dispute.job), pytest.raises(SettlementWaiting):
            propose_settlement(dispute.id, by=by, creator_share_cents=2)

    assert settlement_list(dispute.id, by=dispute.opened_by).count() == 3


def test_without_money_only_nothing_can_be_shared(world):
    dispute = world.answered_dispute(job=world.deal(funded=False))

    with nothing_happens(dispute.job), pytest.raises(EscrowUnfunded):
        propose_settlement(dispute.id, by=dispute.opened_by, creator_share_cents=1)
    proposal = propose_settlement(dispute.id, by=dispute.respondent, creator_share_cents=0)
    accept_settlement(dispute.id, proposal.id, by=dispute.opened_by)

    assert Job.objects.get(id=dispute.job_id).escrow.status == "VOIDED"


@pytest.mark.parametrize("share", [-1, PRICE + 1, True])
def test_a_share_lies_between_nothing_and_everything(world, share):
    dispute = case(world)

    with nothing_happens(dispute.job), pytest.raises(Invalid) as refused:
        propose_settlement(dispute.id, by=dispute.opened_by, creator_share_cents=share)

    assert list(refused.value.fields) == ["creatorShareCents"]


def test_who_may_do_what_with_a_proposal(world):
    proposal = world.settlement()
    dispute = proposal.dispute
    stranger, finance = world.brand(), world.staff("finance")

    for act, refusal in (
        (lambda: propose_settlement(dispute.id, by=finance, creator_share_cents=0), Forbidden),
        (lambda: propose_settlement(dispute.id, by=stranger, creator_share_cents=0), NotFound),
        (lambda: accept_settlement(dispute.id, proposal.id, by=world.moderator), Forbidden),
        (lambda: accept_settlement(dispute.id, proposal.id, by=stranger), NotFound),
        (lambda: decline_settlement(dispute.id, proposal.id, by=dispute.opened_by), Forbidden),
        (lambda: decline_settlement(dispute.id, proposal.id, by=world.moderator), Forbidden),
        (lambda: withdraw_settlement(dispute.id, proposal.id, by=dispute.respondent), Forbidden),
        (lambda: withdraw_settlement(dispute.id, proposal.id, by=world.moderator), Forbidden),
    ):
        with nothing_happens(dispute.job), pytest.raises(refusal):
            act()


def test_a_proposal_belongs_to_its_dispute(world):
    proposal, other = world.settlement(), world.answered_dispute()

    with nothing_happens(other.job), pytest.raises(NotFound):
        accept_settlement(other.id, proposal.id, by=other.respondent)


def test_nothing_is_proposed_or_agreed_when_it_is_over(world):
    proposal = world.settlement()
    dispute = proposal.dispute
    accept_settlement(dispute.id, proposal.id, by=dispute.respondent)
    other = SettlementProposal.objects.filter(dispute=world.withdrawn_dispute())

    for act in (
        lambda: propose_settlement(dispute.id, by=dispute.opened_by, creator_share_cents=0),
        lambda: decline_settlement(dispute.id, proposal.id, by=dispute.respondent),
        lambda: withdraw_settlement(dispute.id, proposal.id, by=dispute.opened_by),
    ):
        with nothing_happens(dispute.job), pytest.raises(DisputeClosed):
            act()
    assert not other.exists()


def test_a_preview_shows_what_ones_yes_would_move(world):
    proposal = world.settlement(dispute=case(world), creator_share_cents=100_000)
    dispute = proposal.dispute

    with nothing_happens(dispute.job):
        shown = preview_acceptance(dispute.id, proposal.id, by=dispute.respondent)
    last = LedgerEntry.objects.latest("id").id
    accept_settlement(dispute.id, proposal.id, by=dispute.respondent)

    posted = LedgerEntry.objects.filter(id__gt=last).order_by("id").values_list("type", "amount_cents")
    assert [(each["type"], each["amount_cents"]) for each in shown.postings] == list(posted)
    assert len(posted) == 3


def test_the_database_accepts_nothing_without_both(world):
    proposal = world.settlement()

    with pytest.raises(IntegrityError, match="settlement_by_both"), transaction.atomic():
        SettlementProposal.objects.filter(id=proposal.id).update(status="ACCEPTED", closed_at=proposal.created_at)
