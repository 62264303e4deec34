"""Two parties part: one proposes what the creator gets, the other answers, and silence means that the deal goes on."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound, WrongState
from core.chat.models import Message
from core.deals.errors import CancellationNotPending, CancellationPending, OwnProposal
from core.deals.models import CancellationProposal
from core.deals.services import (
    accept_cancellation,
    approve_work,
    cancel_job,
    decline_cancellation,
    preview_cancellation,
    propose_cancellation,
    request_changes,
    submit_work,
    withdraw_cancellation,
)
from core.money.errors import DisputeOpen
from core.money.models import Account, LedgerEntry
from core.money.preview import preview
from core.notifications.models import Notification
from outbox.models import Event
from tests.core.deals.traces import nothing_happens
from tests.moments import clock_of, running, wait_out
from tests.world import FILES

PRICE = 450_000


def balance(owner) -> int:
    return sum(Account.objects.filter(owner=owner, currency="RUB").values_list("balance_cents", flat=True))


def said(job) -> list[str]:
    return list(Message.objects.filter(conversation__job=job).order_by("number").values_list("type", flat=True))


@pytest.mark.parametrize("party", ["brand", "active_creator"])
def test_either_party_proposes_and_the_other_is_asked(world, party):
    job = world.deal()
    by = getattr(job, party)
    other = job.active_creator if party == "brand" else job.brand

    proposal = propose_cancellation(job.id, by=by, creator_share_cents=100_000, reason="  Our plans have changed. ")

    assert (proposal.status, proposal.proposed_by_id, proposal.other_party_id) == ("PENDING", by.id, other.id)
    assert (proposal.creator_share_cents, proposal.currency, proposal.reason) == (100_000, "RUB", "Our plans have changed.")
    assert running(proposal) == ["ANSWER_CANCELLATION"]
    notice = Notification.objects.get(type="CANCELLATION_PROPOSED", job=job)
    assert (notice.user_id, notice.href) == (other.id, f"/jobs/{job.id}")
    event = Event.objects.get(type="CANCELLATION_PROPOSED", aggregate=f"job:{job.id}")
    assert event.recipient_ids == [other.id]
    assert event.payload["creatorShareCents"] == 100_000
    assert "reason" not in event.payload
    assert AuditEntry.objects.get(action="CANCELLATION_PROPOSED").subject_id == str(proposal.id)
    assert said(job)[-1] == "CANCELLATION_PROPOSED"
    job.refresh_from_db()
    assert job.status == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("share", "to_creator", "to_brand", "escrow"),
    [(0, 0, PRICE, "REFUNDED"), (100_000, 85_000, 350_000, "SPLIT"), (PRICE - 1, 382_499, 1, "SPLIT")],
)
def test_acceptance_moves_what_was_proposed(world, share, to_creator, to_brand, escrow):
    job = world.deal(price_quote=4_500)
    proposal = world.proposal(job=job, share=share)
    before = balance(job.brand)

    done = accept_cancellation(job.id, by=job.active_creator, proposal_id=proposal.id)

    job.refresh_from_db()
    proposal.refresh_from_db()
    assert (job.status, job.escrow.status, proposal.status) == ("CANCELED", escrow, "ACCEPTED")
    assert (done.creator_cents, done.refunded_cents) == (to_creator, to_brand)
    assert balance(job.active_creator) == to_creator
    assert balance(job.brand) == before + to_brand
    assert Account.objects.get(escrow=job.escrow).balance_cents == 0


def test_everybody_learns_that_both_agreed(world):
    job = world.deal()
    proposal = world.proposal(job=job, share=100_000)

    accept_cancellation(job.id, by=job.active_creator, proposal_id=proposal.id)

    notices = Notification.objects.filter(job=job, type__startswith="JOB_CANCELED")
    assert {(notice.user_id, notice.facts["canceled_by"]) for notice in notices} == {
        (job.brand_id, "BOTH"),
        (job.active_creator_id, "BOTH"),
    }
    assert AuditEntry.objects.get(action="JOB_CANCELED").after["canceledBy"] == "BOTH"
    assert AuditEntry.objects.get(action="CANCELLATION_ACCEPTED").actor_id == job.active_creator_id
    assert Event.objects.get(type="CANCELLATION_ACCEPTED", aggregate=f"job:{job.id}").recipient_ids == [job.brand_id]
    assert Event.objects.get(type="JOB_CANCELED", aggregate=f"job:{job.id}").payload["creatorCents"] == 85_000
    assert said(job)[-1] == "JOB_CANCELED"
    assert running(job) == running(proposal) == []


def test_work_that_waits_for_review_can_be_parted_from_too(world):
    job = world.reviewed_deal()
    proposal = world.proposal(job=job, by=job.active_creator, share=200_000)

    accept_cancellation(job.id, by=job.brand, proposal_id=proposal.id)

    assert list(job.submissions.values_list("status", flat=True)) == ["SUPERSEDED"]
    assert balance(job.active_creator) == 170_000


def test_an_unfunded_deal_is_voided(world):
    job = world.deal(funded=False)
    proposal = world.proposal(job=job)

    accept_cancellation(job.id, by=job.active_creator, proposal_id=proposal.id)

    job.refresh_from_db()
    assert (job.status, job.escrow.status) == ("CANCELED", "VOIDED")
    assert not LedgerEntry.objects.filter(job=job).exists()


@pytest.mark.parametrize(("funded", "share"), [(True, -1), (True, PRICE), (True, PRICE + 1), (False, 1)])
def test_the_share_is_less_than_what_the_escrow_holds(world, funded, share):
    job = world.deal(funded=funded, price_quote=4_500)

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        propose_cancellation(job.id, by=job.brand, creator_share_cents=share, reason="Enough.")

    assert list(refused.value.fields) == ["creatorShareCents"]


@pytest.mark.parametrize("reason", ["", "   ", "a" * 501])
def test_a_proposal_says_why(world, reason):
    job = world.deal()

    with nothing_happens(job), pytest.raises(Invalid) as refused:
        propose_cancellation(job.id, by=job.brand, creator_share_cents=0, reason=reason)

    assert list(refused.value.fields) == ["reason"]


def test_one_proposal_waits_at_a_time(world):
    job = world.deal()
    proposal = world.proposal(job=job)

    with nothing_happens(job), pytest.raises(CancellationPending):
        propose_cancellation(job.id, by=job.active_creator, creator_share_cents=1_000, reason="Enough.")
    withdraw_cancellation(job.id, by=job.brand, proposal_id=proposal.id)

    assert world.proposal(job=job, by=job.active_creator, share=1_000).status == "PENDING"


@pytest.mark.parametrize(
    ("answer", "by", "status", "told"),
    [(decline_cancellation, "active_creator", "DECLINED", "brand_id"), (withdraw_cancellation, "brand", "WITHDRAWN", "active_creator_id")],
)
def test_a_no_lets_the_deal_go_on(world, answer, by, status, told):
    job = world.deal()
    proposal = world.proposal(job=job)
    clocks = running(job)

    answer(job.id, by=getattr(job, by), proposal_id=proposal.id)

    proposal.refresh_from_db()
    job.refresh_from_db()
    assert (proposal.status, job.status, job.escrow.status) == (status, "IN_PROGRESS", "FUNDED")
    assert running(proposal) == []
    assert running(job) == clocks
    assert Notification.objects.get(type=f"CANCELLATION_{status}", job=job).user_id == getattr(job, told)
    assert Event.objects.get(type=f"CANCELLATION_{status}", aggregate=f"job:{job.id}").recipient_ids == [getattr(job, told)]
    assert AuditEntry.objects.get(action=f"CANCELLATION_{status}").subject_id == str(proposal.id)
    assert said(job)[-1] == f"CANCELLATION_{status}"


def test_silence_lets_the_deal_go_on(world):
    job = world.deal(job=world.live_job(deadline_type="WEEK_PLUS"))
    proposal = world.proposal(job=job)

    wait_out(proposal, "ANSWER_CANCELLATION")

    proposal.refresh_from_db()
    job.refresh_from_db()
    assert (proposal.status, job.status) == ("EXPIRED", "IN_PROGRESS")
    told = Notification.objects.filter(type="CANCELLATION_EXPIRED", job=job)
    assert set(told.values_list("user_id", flat=True)) == {job.brand_id, job.active_creator_id}
    assert Event.objects.filter(type="CANCELLATION_EXPIRED", aggregate=f"job:{job.id}").count() == 1
    assert AuditEntry.objects.get(action="CANCELLATION_EXPIRED").after["timer"] == "ANSWER_CANCELLATION"
    assert said(job)[-1] == "CANCELLATION_EXPIRED"


@pytest.mark.parametrize("end", ["approve", "cancel"])
def test_every_other_end_of_the_deal_overtakes_the_proposal(world, end):
    job = world.reviewed_deal()
    proposal = world.proposal(job=job)

    if end == "approve":
        approve_work(job.id, by=job.brand)
    else:
        cancel_job(job.id, by=world.moderator)

    proposal.refresh_from_db()
    assert proposal.status == "EXPIRED"
    assert running(proposal) == []
    with pytest.raises(CancellationNotPending):
        accept_cancellation(job.id, by=job.active_creator, proposal_id=proposal.id)


def test_work_goes_on_while_a_proposal_waits(world):
    job = world.deal()
    proposal = world.proposal(job=job)

    submit_work(job.id, by=job.active_creator, items=FILES)
    request_changes(job.id, by=job.brand, comment="Brighter.")

    proposal.refresh_from_db()
    assert proposal.status == "PENDING"
    assert running(proposal) == ["ANSWER_CANCELLATION"]


def test_nobody_answers_their_own_proposal(world):
    job = world.deal()
    proposal = world.proposal(job=job)

    for answer, by, refusal in (
        (accept_cancellation, job.brand, OwnProposal),
        (decline_cancellation, job.brand, OwnProposal),
        (withdraw_cancellation, job.active_creator, Forbidden),
    ):
        with nothing_happens(job), pytest.raises(refusal):
            answer(job.id, by=by, proposal_id=proposal.id)


@pytest.mark.parametrize("answer", [accept_cancellation, decline_cancellation, withdraw_cancellation])
def test_an_answer_is_to_the_proposal_that_was_read(world, answer):
    job = world.deal()
    old = world.proposal(job=job, share=100_000)
    withdraw_cancellation(job.id, by=job.brand, proposal_id=old.id)
    new = world.proposal(job=job, share=1)
    elsewhere = world.proposal()

    with nothing_happens(job), pytest.raises(CancellationNotPending):
        answer(job.id, by=job.active_creator, proposal_id=old.id)
    with nothing_happens(job), pytest.raises(NotFound):
        answer(job.id, by=job.active_creator, proposal_id=elsewhere.id)

    new.refresh_from_db()
    assert new.status == "PENDING"


def test_to_others_there_is_no_such_deal(world):
    job = world.deal()
    proposal = world.proposal(job=job)

    for stranger in (world.brand(), world.creator(), world.moderator, world.staff("finance")):
        with nothing_happens(job), pytest.raises(NotFound):
            propose_cancellation(job.id, by=stranger, creator_share_cents=0, reason="Enough.")
        for answer in (accept_cancellation, decline_cancellation, withdraw_cancellation):
            with nothing_happens(job), pytest.raises(NotFound):
                answer(job.id, by=stranger, proposal_id=proposal.id)


@pytest.mark.parametrize("state", ["live_job", "completed_deal", "canceled_deal"])
def test_only_a_deal_in_work_can_be_parted_from(world, state):
    job = getattr(world, state)()

    with nothing_happens(job), pytest.raises(WrongState):
        propose_cancellation(job.id, by=job.brand, creator_share_cents=0, reason="Enough.")


def test_a_dispute_freezes_it_and_its_clock(world):
    job = world.deal()
    proposal = world.proposal(job=job)
    world.dispute(job=job)

    assert clock_of(proposal, "ANSWER_CANCELLATION").paused_at is not None
    for answer, by in (
        (accept_cancellation, job.active_creator),
        (decline_cancellation, job.active_creator),
        (withdraw_cancellation, job.brand),
    ):
        with nothing_happens(job), pytest.raises(DisputeOpen):
            answer(job.id, by=by, proposal_id=proposal.id)
    assert CancellationProposal.objects.get(id=proposal.id).status == "PENDING"


def test_a_preview_shows_what_acceptance_would_move(world):
    job = world.deal(price_quote=4_500)
    asked = {"creator_share_cents": 100_000, "reason": "Enough."}

    with nothing_happens(job):
        foreseen = preview_cancellation(job.id, by=job.brand, **asked)
    proposal = propose_cancellation(job.id, by=job.brand, **asked)
    with nothing_happens(job):
        shown = preview(lambda: accept_cancellation(job.id, by=job.active_creator, proposal_id=proposal.id), by=job.active_creator)
    accept_cancellation(job.id, by=job.active_creator, proposal_id=proposal.id)

    moved = LedgerEntry.objects.filter(job=job, from_account=job.escrow.account).order_by("id")
    assert foreseen.postings == shown.postings
    assert [(posting["reference"], posting["amount_cents"]) for posting in shown.postings] == list(
        moved.values_list("reference", "amount_cents")
    )
