"""Staff take a dispute, ask, and give more time."""

from datetime import timedelta

import pytest

from core.audit.models import AuditEntry
from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.disputes.errors import DisputeClosed, ExtensionTooLong, RequestWaiting
from core.disputes.services import ask_for_information, assign_dispute, extend_dispute, lapse_request_by_timer
from core.money.steps import system
from core.notifications.models import Notification
from core.timers.models import Timer
from outbox.models import Event
from tests.core.disputes.traces import nothing_happens
from tests.moments import clock_of, later, wait_out

OTHERS = ("finance", "finance_approver", "support")


def ask(dispute, by, **said):
    terms = {"party": "CREATOR", "wants": "EVIDENCE", "question": "Please show the footage."} | said
    return ask_for_information(dispute.id, by=by, **terms)


def test_a_moderator_takes_a_dispute(world):
    dispute = world.dispute()

    taken = assign_dispute(dispute.id, by=world.moderator)

    assert (taken.status, taken.assignee_id) == ("UNDER_REVIEW", world.moderator.id)
    audit = AuditEntry.objects.get(action="DISPUTE_ASSIGNED", subject_id=str(dispute.id))
    assert audit.before == {"status": "OPEN", "assigneeId": None}
    assert not Notification.objects.filter(type="DISPUTE_ASSIGNED", job=dispute.job).exists()
    assert Event.objects.get(type="DISPUTE_ASSIGNED", aggregate=f"job:{dispute.job_id}").recipient_ids == [world.moderator.id]


def test_and_hands_it_over_to_somebody_who_is_told(world):
    dispute, other = world.reviewed_dispute(), world.staff("moderator")

    handed = assign_dispute(dispute.id, by=world.moderator, assignee_id=other.id)

    assert (handed.status, handed.assignee_id) == ("UNDER_REVIEW", other.id)
    assert Notification.objects.get(type="DISPUTE_ASSIGNED", job=dispute.job).user_id == other.id


def test_taking_what_one_has_changes_nothing(world):
    dispute = world.reviewed_dispute()

    with nothing_happens(dispute.job):
        assert assign_dispute(dispute.id, by=world.moderator) == dispute


def test_a_dispute_is_handed_to_moderators_on_duty_alone(world):
    dispute, blocked = world.dispute(), world.staff("moderator")
    blocked.is_active = False
    blocked.save()

    for person in (blocked.id, world.staff("finance").id, dispute.opened_by_id, dispute.id):
        with nothing_happens(dispute.job), pytest.raises(Invalid) as refused:
            assign_dispute(dispute.id, by=world.moderator, assignee_id=person)
        assert list(refused.value.fields) == ["assigneeId"]


def test_a_question_waits_with_its_date(world):
    dispute = world.answered_dispute()

    asked = ask(dispute, world.moderator, hours=5)

    assert (asked.status, asked.party_id, asked.party_role) == ("OPEN", dispute.creator_id, "CREATOR")
    assert abs(asked.due_at - clock.now() - timedelta(hours=5)) < timedelta(minutes=1)
    assert clock_of(asked, "ANSWER_REQUEST").due_at == asked.due_at
    notice = Notification.objects.get(type="DISPUTE_INFORMATION_REQUESTED", job=dispute.job)
    assert notice.user_id == dispute.creator_id
    event = Event.objects.get(type="DISPUTE_INFORMATION_REQUESTED", aggregate=f"job:{dispute.job_id}")
    assert event.recipient_ids == [dispute.creator_id]
    assert "footage" not in str(event.payload)


def test_a_question_without_a_date_gets_the_usual_one(world):
    asked = ask(world.answered_dispute(), world.moderator)

    assert abs(asked.due_at - clock.now() - timedelta(hours=48)) < timedelta(minutes=1)


def test_each_side_has_one_question_at_a_time(world):
    dispute = world.answered_dispute()
    ask(dispute, world.moderator)

    ask(dispute, world.moderator, party="BRAND")
    with nothing_happens(dispute.job), pytest.raises(RequestWaiting):
        ask(dispute, world.moderator)


def test_a_question_whose_time_ran_out_lets_the_next_one_be_asked(world):
    asked = world.information_request(party="CREATOR")

    wait_out(asked, "ANSWER_REQUEST")

    asked.refresh_from_db()
    assert asked.status == "OVERDUE"
    audit = AuditEntry.objects.get(action="DISPUTE_REQUEST_OVERDUE", subject_id=str(asked.dispute_id))
    assert audit.after["timer"] == "ANSWER_REQUEST"
    assert ask(asked.dispute, world.moderator).status == "OPEN"


def test_a_question_that_was_answered_in_time_is_never_overdue(world):
    asked = world.information_request(party="CREATOR")

    assert lapse_request_by_timer(asked.id, by=system()) is None

    asked.refresh_from_db()
    assert asked.status == "OPEN"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"party": "STAFF"}, "party"),
        ({"wants": "MONEY"}, "wants"),
        ({"question": "Hm"}, "question"),
        ({"question": "a" * 2_001}, "question"),
        ({"hours": 0}, "hours"),
        ({"hours": 169}, "hours"),
        ({"hours": True}, "hours"),
    ],
)
def test_a_question_that_cannot_be_is_named_and_refused(world, said, field):
    dispute = world.answered_dispute()

    with nothing_happens(dispute.job), pytest.raises(Invalid) as refused:
        ask(dispute, world.moderator, **said)

    assert list(refused.value.fields) == [field]


def test_more_time_is_for_both_sides_and_both_know_why(world):
    dispute = world.dispute()
    asked = world.information_request(dispute=dispute, party="BRAND")
    before = {timer.id: timer.due_at for timer in Timer.objects.filter(job=dispute.job, ended_at=None, paused_at=None)}

    extended = extend_dispute(dispute.id, by=world.moderator, hours=24, reason="A holiday in both countries.")

    after = {timer.id: timer.due_at for timer in Timer.objects.filter(id__in=before)}
    assert len(before) == 3
    assert {after[timer] - before[timer] for timer in before} == {timedelta(hours=24)}
    assert extended.extended_hours == 24
    due = asked.due_at
    asked.refresh_from_db()
    assert asked.due_at - due == timedelta(hours=24)
    told = Notification.objects.filter(type="DISPUTE_EXTENDED", job=dispute.job)
    assert {notice.user_id for notice in told} == {dispute.opened_by_id, dispute.respondent_id}
    assert {notice.facts["reason"] for notice in told} == {"A holiday in both countries."}
    assert Event.objects.get(type="DISPUTE_EXTENDED", aggregate=f"job:{dispute.job_id}").payload["hours"] == 24


def test_the_paused_clocks_of_the_deal_are_no_longer_for_it(world):
    job = world.reviewed_deal()
    due = clock_of(job, "REVIEW_WORK").due_at

    extend_dispute(world.dispute(job=job).id, by=world.moderator, hours=24, reason="A holiday.")

    assert clock_of(job, "REVIEW_WORK").due_at == due


def test_all_extensions_together_have_an_end(world):
    dispute = world.dispute()
    for _ in range(4):
        extend_dispute(dispute.id, by=world.moderator, hours=168, reason="A long story.")

    with nothing_happens(dispute.job), pytest.raises(ExtensionTooLong) as refused:
        extend_dispute(dispute.id, by=world.moderator, hours=49, reason="A very long story.")

    assert refused.value.details == {"left_hours": 48}
    assert extend_dispute(dispute.id, by=world.moderator, hours=48, reason="The last one.").extended_hours == 720


@pytest.mark.parametrize(("said", "field"), [({"hours": 0}, "hours"), ({"hours": 169}, "hours"), ({"reason": ""}, "reason")])
def test_more_time_has_bounds_and_a_reason(world, said, field):
    dispute = world.dispute()

    with nothing_happens(dispute.job), pytest.raises(Invalid) as refused:
        extend_dispute(dispute.id, by=world.moderator, **({"hours": 24, "reason": "A holiday."} | said))

    assert list(refused.value.fields) == [field]


def test_only_moderators_work_at_the_desk(world):
    dispute = world.answered_dispute()
    insiders = [dispute.opened_by, dispute.respondent, *(world.staff(capability) for capability in OTHERS)]

    for by, refusal in (*((person, Forbidden) for person in insiders), (world.brand(), NotFound), (world.staff("engineer"), NotFound)):
        for act in (
            lambda by=by: assign_dispute(dispute.id, by=by),
            lambda by=by: ask(dispute, by),
            lambda by=by: extend_dispute(dispute.id, by=by, hours=24, reason="A holiday."),
        ):
            with nothing_happens(dispute.job), pytest.raises(refusal):
                act()


def test_a_closed_dispute_needs_no_desk(world):
    dispute = world.withdrawn_dispute()

    for act in (
        lambda: assign_dispute(dispute.id, by=world.moderator),
        lambda: ask(dispute, world.moderator),
        lambda: extend_dispute(dispute.id, by=world.moderator, hours=24, reason="A holiday."),
    ):
        with nothing_happens(dispute.job), pytest.raises(DisputeClosed):
            act()


def test_an_extension_moves_what_is_still_to_come(world):
    dispute = world.dispute()

    with later(hours=71):
        extend_dispute(dispute.id, by=world.moderator, hours=24, reason="A holiday.")

    assert clock_of(dispute, "ANSWER_DISPUTE").due_at > clock.now() + timedelta(hours=94)
