"""Disputes."""

from core.disputes import services as disputes
from core.disputes.models import Dispute
from core.people.models import User
from tests.core.notifications.scenarios import Reminded, Scene, reminder, scenario
from tests.core.notifications.scenarios.deals import out_of_time

NOTE = "We compared the brief with what was delivered."


def desk(world) -> dict:
    """The moderator of this world works on it."""
    return {"ASSIGNEE": [world.moderator.id]}


def resolved(world, resolution: str, share: int | None = None) -> Scene:
    """A dispute that somebody else than its assignee decides."""
    dispute, other = world.reviewed_dispute(), world.staff("moderator")
    asked = {"resolution": resolution, "creator_share_cents": share, "note": NOTE}
    return Scene(lambda: disputes.resolve_dispute(dispute.id, by=other, **asked), job=dispute.job, people=desk(world))


@scenario("DISPUTE_OPENED", "DISPUTE_OPENED_STAFF")
def a_brand_opens_a_dispute(world):
    job = world.reviewed_deal()
    return Scene(lambda: disputes.open_dispute(job.id, by=job.brand, reason="QUALITY", statement="Too dark."), job=job, by=job.brand)


@scenario("DISPUTE_OPENED", "DISPUTE_OPENED_STAFF")
def a_creator_opens_a_dispute(world):
    job = world.reviewed_deal()
    creator = job.active_creator
    return Scene(lambda: disputes.open_dispute(job.id, by=creator, reason="QUALITY", statement="Paid late."), job=job, by=creator)


@scenario("DISPUTE_MESSAGE_ADDED", "DISPUTE_MESSAGE_ADDED_STAFF")
def a_party_says_something(world):
    dispute = world.reviewed_dispute()
    by = dispute.respondent
    act = lambda: disputes.add_message(dispute.id, by=by, kind="MESSAGE", text="Look again.")  # noqa: E731
    return Scene(act, job=dispute.job, by=by, people=desk(world))


@scenario("DISPUTE_MESSAGE_ADDED_STAFF")
def a_party_says_something_before_anybody_took_it(world):
    dispute = world.dispute()
    by = dispute.respondent
    act = lambda: disputes.add_message(dispute.id, by=by, kind="MESSAGE", text="Look again.")  # noqa: E731
    moderators = User.objects.on_duty("moderator").values_list("id", flat=True)
    return Scene(act, job=dispute.job, by=by, people={"ASSIGNEE": moderators})


@scenario("DISPUTE_MESSAGE_ADDED")
def staff_say_something(world):
    dispute = world.reviewed_dispute()
    return Scene(
        lambda: disputes.add_message(dispute.id, by=world.moderator, kind="MESSAGE", text="Who filmed it?"),
        job=dispute.job,
        by=world.moderator,
    )


@scenario("DISPUTE_ASSIGNED")
def a_dispute_is_handed_over(world):
    dispute, other = world.reviewed_dispute(), world.staff("moderator")
    return Scene(lambda: disputes.assign_dispute(dispute.id, by=world.moderator, assignee_id=other.id), people={"ASSIGNEE": [other.id]})


@scenario("DISPUTE_INFORMATION_REQUESTED")
def staff_ask_a_party(world):
    dispute = world.reviewed_dispute()
    asked = {"party": "CREATOR", "wants": "EXPLANATION", "question": "When was it filmed?"}
    return Scene(
        lambda: disputes.ask_for_information(dispute.id, by=world.moderator, **asked), people={"ASKED": [dispute.job.active_creator_id]}
    )


@scenario("DISPUTE_EXTENDED")
def a_dispute_gets_more_time(world):
    dispute = world.reviewed_dispute()
    return Scene(lambda: disputes.extend_dispute(dispute.id, by=world.moderator, hours=24, reason="A holiday."), job=dispute.job)


@scenario("DISPUTE_WITHDRAWN", "DISPUTE_ENDED_STAFF")
def a_dispute_is_taken_back(world):
    dispute = world.reviewed_dispute()
    by = dispute.opened_by
    return Scene(lambda: disputes.withdraw_dispute(dispute.id, by=by), job=dispute.job, by=by, people=desk(world))


@scenario("DISPUTE_RESOLVED_REFUND", "DISPUTE_ENDED_STAFF")
def a_dispute_ends_with_a_refund(world):
    return resolved(world, "REFUND")


@scenario("DISPUTE_RESOLVED_RELEASE")
def a_dispute_ends_with_a_release(world):
    return resolved(world, "RELEASE")


@scenario("DISPUTE_RESOLVED_SPLIT")
def a_dispute_ends_with_a_split(world):
    return resolved(world, "SPLIT", 100_000)


@scenario("DISPUTE_RESOLVED_NO_ACTION")
def a_dispute_ends_without_action(world):
    return resolved(world, "NO_ACTION")


@scenario("DISPUTE_RESOLVED_NO_ACTION", "DISPUTE_ENDED_STAFF")
def nobody_decides(world):
    dispute = world.reviewed_dispute()
    return Scene(out_of_time(world, dispute.id, "DECIDE_DISPUTE"), job=dispute.job, people=desk(world))


@scenario("DISPUTE_RESOLVED_REFUND")
def nobody_answers(world):
    dispute = world.dispute()
    return Scene(out_of_time(world, dispute.id, "ANSWER_DISPUTE"), job=dispute.job)


@scenario("DISPUTE_SECOND_APPROVAL")
def the_first_of_two_decides(world):
    assert world.approver
    dispute = world.large_dispute()
    act = lambda: disputes.resolve_dispute(dispute.id, by=world.moderator, resolution="REFUND", note=NOTE)  # noqa: E731
    others = User.objects.on_duty("moderator").exclude(id=world.moderator.id).values_list("id", flat=True)
    return Scene(act, people={"MODERATORS": others})


@scenario("DISPUTE_SENT_BACK")
def the_second_of_two_does_not_agree(world):
    dispute = world.proposed_decision()
    return Scene(
        lambda: disputes.send_decision_back(dispute.id, by=world.approver, comment="Look at the brief."),
        people={"DECIDER": [world.moderator.id]},
    )


@scenario("SETTLEMENT_PROPOSED", "SETTLEMENT_STAFF")
def a_party_proposes_a_settlement(world):
    dispute = world.reviewed_dispute()
    by = dispute.opened_by
    act = lambda: disputes.propose_settlement(dispute.id, by=by, creator_share_cents=100_000)  # noqa: E731
    return Scene(act, job=dispute.job, by=by, people=desk(world))


@scenario("SETTLEMENT_ACCEPTED", "SETTLEMENT_STAFF")
def one_party_accepts_what_staff_proposed(world):
    dispute = world.reviewed_dispute()
    proposal = world.settlement(dispute=dispute, by=world.moderator)
    by = dispute.opened_by
    return Scene(lambda: disputes.accept_settlement(dispute.id, proposal.id, by=by), job=dispute.job, by=by, people=desk(world))


@scenario("SETTLEMENT_DECLINED", "SETTLEMENT_STAFF")
def a_settlement_is_declined(world):
    dispute = world.reviewed_dispute()
    proposal = world.settlement(dispute=dispute)
    by = dispute.respondent
    return Scene(lambda: disputes.decline_settlement(dispute.id, proposal.id, by=by), job=dispute.job, by=by, people=desk(world))


@scenario("SETTLEMENT_WITHDRAWN", "SETTLEMENT_STAFF")
def a_settlement_is_taken_back(world):
    dispute = world.reviewed_dispute()
    proposal = world.settlement(dispute=dispute)
    by = dispute.opened_by
    return Scene(lambda: disputes.withdraw_settlement(dispute.id, proposal.id, by=by), job=dispute.job, by=by, people=desk(world))


@scenario("SETTLEMENT_EXPIRED", "SETTLEMENT_STAFF")
def nobody_answers_a_settlement(world):
    dispute = world.reviewed_dispute()
    proposal = world.settlement(dispute=dispute)
    return Scene(out_of_time(world, proposal.id, "ANSWER_SETTLEMENT"), job=dispute.job, people=desk(world))


@scenario("DISPUTE_APPEALED", "DISPUTE_APPEALED_STAFF")
def a_party_appeals(world):
    dispute, judge = world.resolved_dispute("REFUND"), world.staff("moderator")
    by = dispute.job.active_creator
    act = lambda: disputes.appeal_decision(dispute.id, by=by, text="The brief asked for something else.")  # noqa: E731
    return Scene(act, job=dispute.job, by=by, people={"JUDGES": [judge.id]})


@scenario("DISPUTE_APPEAL_UPHELD")
def a_decision_stands(world):
    appeal, judge = world.appeal(), world.staff("moderator")
    act = lambda: disputes.decide_appeal(appeal.dispute_id, by=judge, outcome="UPHELD", note=NOTE)  # noqa: E731
    return Scene(act, job=appeal.dispute.job)


@scenario("DISPUTE_APPEAL_UPHELD")
def nobody_judges_an_appeal(world):
    appeal = world.appeal()
    return Scene(out_of_time(world, appeal.id, "DECIDE_APPEAL"), job=appeal.dispute.job)


@scenario("DISPUTE_APPEAL_OVERTURNED")
def a_decision_is_changed(world):
    appeal, judge = world.appeal(), world.staff("moderator")
    asked = {"outcome": "OVERTURNED", "note": NOTE, "creator_share_cents": 100_000}
    return Scene(lambda: disputes.decide_appeal(appeal.dispute_id, by=judge, **asked), job=appeal.dispute.job)


@reminder("ANSWER_DISPUTE")
def a_dispute_waits_for_an_answer(world):
    dispute = world.dispute()
    return Reminded(dispute.id, [dispute.respondent_id])


@reminder("DECIDE_DISPUTE")
def a_dispute_waits_for_staff(world):
    dispute = world.reviewed_dispute()
    return Reminded(dispute.id, [world.moderator.id])


@reminder("ANSWER_REQUEST")
def a_question_waits(world):
    asked = world.information_request()
    return Reminded(asked.id, [asked.party_id])


@reminder("ANSWER_SETTLEMENT")
def a_settlement_waits(world):
    proposal = world.settlement()
    return Reminded(proposal.id, [Dispute.objects.get(id=proposal.dispute_id).respondent_id])


@reminder("DECIDE_APPEAL")
def an_appeal_waits(world):
    appeal, judge = world.appeal(), world.staff("moderator")
    return Reminded(appeal.id, {judge.id} | set(_uninvolved(world)))


def _uninvolved(world):
    return User.objects.on_duty("moderator").exclude(id=world.moderator.id).values_list("id", flat=True)
