"""About much money two different people decide: one proposes, another confirms or sends back."""

import pytest
from django.db import IntegrityError, transaction

from core.base.errors import Forbidden
from core.disputes.errors import DecisionWaiting, DisputeClosed, NoDecisionWaiting
from core.disputes.services import confirm_decision, resolve_dispute, send_decision_back
from core.jobs.models import Job
from core.money.errors import SecondPersonRequired
from core.money.models import LedgerEntry
from core.notifications.models import Notification
from outbox.models import Event
from tests.core.disputes.traces import nothing_happens

NOTE = "We compared the brief with what was delivered."


def resolve(dispute, by, resolution="REFUND", **terms):
    return resolve_dispute(dispute.id, by=by, resolution=resolution, note=NOTE, **terms)


def entries_of(job):
    """What left the escrow."""
    return list(LedgerEntry.objects.filter(job=job, from_account=job.escrow.account))


def test_above_the_limit_a_decision_waits_for_a_second_person(world):
    approver = world.approver
    dispute = world.large_dispute()

    with_money_untouched = entries_of(dispute.job)
    done = resolve(dispute, world.moderator)

    dispute.refresh_from_db()
    assert (done.waits, dispute.status, entries_of(dispute.job)) == (True, "OPEN", with_money_untouched)
    waiting = dispute.decisions.get()
    assert (waiting.status, waiting.resolution, waiting.decided_by_id) == ("PROPOSED", "REFUND", world.moderator.id)
    told = Notification.objects.filter(job=dispute.job, type="DISPUTE_SECOND_APPROVAL").values_list("user_id", flat=True)
    assert approver.id in told
    assert world.moderator.id not in told
    assert Event.objects.get(type="DISPUTE_DECISION_PROPOSED", aggregate=f"job:{dispute.job_id}").payload["resolution"] == "REFUND"


@pytest.mark.parametrize("capability", ["moderator", "finance_approver"])
def test_the_second_person_confirms_the_same_terms(world, capability):
    dispute = world.proposed_decision("SPLIT", creator_share_cents=30_000_000)
    second = world.staff(capability)

    done = confirm_decision(dispute.id, by=second)

    dispute.refresh_from_db()
    assert (dispute.status, dispute.resolution, dispute.creator_share_cents) == ("RESOLVED", "SPLIT", 30_000_000)
    assert (dispute.decided_by_id, dispute.confirmed_by_id) == (world.moderator.id, second.id)
    assert dispute.decisions.get().status == "CONFIRMED"
    assert (done.payout_cents, done.commission_cents, done.refunded_cents) == (25_500_000, 4_500_000, 10_000_000)
    assert Job.objects.get(id=dispute.job_id).escrow.status == "SPLIT"


def test_confirming_again_changes_nothing(world):
    dispute = world.proposed_decision()
    confirm_decision(dispute.id, by=world.approver)

    with nothing_happens(dispute.job):
        assert confirm_decision(dispute.id, by=world.approver).resolved_before
    with nothing_happens(dispute.job), pytest.raises(DisputeClosed):
        confirm_decision(dispute.id, by=world.staff("moderator"))


def test_nobody_is_the_second_person_of_the_own_decision(world):
    dispute = world.proposed_decision()

    for act in (
        lambda: confirm_decision(dispute.id, by=world.moderator),
        lambda: send_decision_back(dispute.id, by=world.moderator, comment="On second thought."),
    ):
        with nothing_happens(dispute.job), pytest.raises(SecondPersonRequired):
            act()


@pytest.mark.parametrize("capability", ["finance", "support"])
def test_other_staff_are_no_second_person(world, capability):
    dispute = world.proposed_decision()

    for by in (world.staff(capability), dispute.opened_by):
        with nothing_happens(dispute.job), pytest.raises(Forbidden):
            confirm_decision(dispute.id, by=by)


def test_a_decision_that_is_sent_back_leaves_the_dispute_open(world):
    dispute = world.proposed_decision()

    sent = send_decision_back(dispute.id, by=world.approver, comment="The second version has sound.")

    dispute.refresh_from_db()
    assert (sent.status, sent.comment, dispute.status) == ("SENT_BACK", "The second version has sound.", "OPEN")
    notice = Notification.objects.get(job=dispute.job, type="DISPUTE_SENT_BACK")
    assert (notice.user_id, notice.facts["reason"]) == (world.moderator.id, "The second version has sound.")
    assert resolve(dispute, world.moderator, "RELEASE").waits


def test_while_a_decision_waits_nobody_decides_otherwise(world):
    dispute = world.proposed_decision()

    with nothing_happens(dispute.job):
        assert resolve(dispute, world.moderator).waits
    for by, resolution in ((world.moderator, "RELEASE"), (world.staff("moderator"), "REFUND")):
        with nothing_happens(dispute.job), pytest.raises(DecisionWaiting):
            resolve(dispute, by, resolution)


def test_without_a_decision_there_is_nothing_to_confirm(world):
    dispute = world.answered_dispute()

    for act in (
        lambda: confirm_decision(dispute.id, by=world.approver),
        lambda: send_decision_back(dispute.id, by=world.approver, comment="No reason."),
    ):
        with nothing_happens(dispute.job), pytest.raises(NoDecisionWaiting):
            act()


def test_where_no_money_moves_one_person_is_enough(world):
    dispute = world.large_dispute()

    assert not resolve(dispute, world.moderator, "NO_ACTION").waits
    dispute.refresh_from_db()
    assert (dispute.status, dispute.confirmed_by_id) == ("RESOLVED", None)


def test_the_database_knows_two_people_apart(world):
    dispute = world.proposed_decision()

    with pytest.raises(IntegrityError, match="decision_two_people"), transaction.atomic():
        dispute.decisions.update(status="CONFIRMED", judged_by=world.moderator, judged_at=dispute.created_at)
