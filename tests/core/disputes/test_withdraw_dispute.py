"""The opener takes a dispute back."""

from datetime import timedelta

import pytest

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden, NotFound
from core.chat.models import Message
from core.deals.services import approve_work
from core.disputes.errors import DisputeClosed
from core.disputes.services import propose_settlement, withdraw_dispute
from core.notifications.models import Notification
from core.timers.models import Timer
from outbox.models import Event
from tests.core.disputes.traces import clocks, nothing_happens
from tests.moments import clock_of, later


def test_the_deal_goes_on_with_as_much_time_as_it_had(world):
    job = world.reviewed_deal()
    due = clock_of(job, "REVIEW_WORK").due_at
    dispute = world.dispute(job=job)

    with later(days=2):
        withdraw_dispute(dispute.id, by=dispute.opened_by)

    job.refresh_from_db()
    dispute.refresh_from_db()
    assert (job.status, job.disputed_at, dispute.status) == ("IN_REVIEW", None, "WITHDRAWN")
    assert dispute.withdrawn_at is not None
    assert clocks(job) == {"REVIEW_WORK": False}
    assert abs(clock_of(job, "REVIEW_WORK").due_at - due - timedelta(days=2)) < timedelta(minutes=5)
    assert approve_work(job.id, by=job.brand).job.status == "COMPLETED"


def test_nothing_waits_in_it_any_more(world):
    dispute = world.large_dispute()
    asked = world.information_request(dispute=dispute)
    proposal = propose_settlement(dispute.id, by=dispute.respondent, creator_share_cents=0)

    withdraw_dispute(dispute.id, by=dispute.opened_by)

    asked.refresh_from_db()
    proposal.refresh_from_db()
    assert (asked.status, proposal.status) == ("CLOSED", "EXPIRED")
    assert not Timer.objects.filter(subject_id__in=[dispute.id, asked.id, proposal.id], ended_at=None).exists()


def test_a_decision_that_waited_for_its_second_person_is_dropped(world):
    dispute = world.proposed_decision()

    withdraw_dispute(dispute.id, by=dispute.opened_by)

    assert dispute.decisions.get().status == "DROPPED"


def test_a_withdrawal_is_recorded_and_told(world):
    moderator = world.moderator
    dispute = world.dispute()

    withdraw_dispute(dispute.id, by=dispute.opened_by)

    audit = AuditEntry.objects.get(action="DISPUTE_WITHDRAWN", subject_id=str(dispute.id))
    assert (audit.before, audit.after) == ({"status": "OPEN"}, {"status": "WITHDRAWN"})
    notice = Notification.objects.get(job=dispute.job, type="DISPUTE_WITHDRAWN")
    assert notice.user_id == dispute.respondent_id
    event = Event.objects.get(type="DISPUTE_WITHDRAWN", aggregate=f"job:{dispute.job_id}")
    assert {dispute.respondent_id, moderator.id} <= set(event.recipient_ids)
    assert Message.objects.filter(conversation__job=dispute.job, type="DISPUTE_WITHDRAWN").count() == 1


def test_only_the_opener_takes_it_back(world):
    dispute = world.dispute()

    for by, refusal in ((dispute.respondent, Forbidden), (world.moderator, Forbidden), (world.brand(), NotFound)):
        with nothing_happens(dispute.job), pytest.raises(refusal):
            withdraw_dispute(dispute.id, by=by)


@pytest.mark.parametrize("state", ["resolved_dispute", "withdrawn_dispute"])
def test_what_is_over_is_not_taken_back(world, state):
    dispute = getattr(world, state)()

    with nothing_happens(dispute.job), pytest.raises(DisputeClosed):
        withdraw_dispute(dispute.id, by=dispute.opened_by)


def test_the_moment_is_now(world):
    assert abs(world.withdrawn_dispute().withdrawn_at - clock.now()) < timedelta(minutes=1)
