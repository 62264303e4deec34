"""Deals, from the first version to their end, whoever brings it about."""

from core.clockwork import EXPIRY
from core.deals import services as deals
from core.money.steps import system
from tests.core.notifications.scenarios import Reminded, Scene, reminder, scenario
from tests.world import FILES


def out_of_time(world, subject_id, kind):
    """The end of a clock, as an act."""
    world.run_out(subject_id, kind)
    return lambda: EXPIRY[kind](subject_id, by=system())


@scenario("SUBMISSION_SUBMITTED")
def a_version_is_delivered(world):
    job = world.deal()
    return Scene(lambda: deals.submit_work(job.id, by=job.active_creator, items=FILES, note=""), job=job)


@scenario("CHANGES_REQUESTED")
def a_brand_asks_for_changes(world):
    job = world.reviewed_deal()
    return Scene(lambda: deals.request_changes(job.id, by=job.brand, comment="Brighter."), job=job)


@scenario("JOB_COMPLETED_BRAND", "JOB_COMPLETED_CREATOR", "ESCROW_RELEASED")
def a_brand_accepts_the_work(world):
    job = world.reviewed_deal()
    return Scene(lambda: deals.approve_work(job.id, by=job.brand), job=job, by=job.brand)


@scenario("JOB_COMPLETED_BRAND", "JOB_COMPLETED_CREATOR", "ESCROW_RELEASED")
def nobody_reviews_the_work(world):
    job = world.reviewed_deal()
    return Scene(out_of_time(world, job.id, "REVIEW_WORK"), job=job)


@scenario("JOB_CANCELED_BRAND", "JOB_CANCELED_CREATOR", "ESCROW_REFUNDED")
def a_brand_cancels_a_deal(world):
    job = world.deal()
    return Scene(lambda: deals.cancel_job(job.id, by=job.brand, reason="Sold out."), job=job)


@scenario("JOB_CANCELED_BRAND", "JOB_CANCELED_CREATOR", "ESCROW_REFUNDED")
def staff_cancel_a_deal(world):
    job = world.reviewed_deal()
    return Scene(lambda: deals.cancel_job(job.id, by=world.moderator, reason="Against the rules."), job=job)


@scenario("JOB_CANCELED_BRAND", "JOB_CANCELED_CREATOR")
def nobody_funds_a_deal(world):
    job = world.deal(funded=False)
    return Scene(out_of_time(world, job.id, "FUND_ESCROW"), job=job)


@scenario("JOB_CANCELED_BRAND", "JOB_CANCELED_CREATOR")
def a_creator_gives_a_deal_up(world):
    job = world.deal()
    return Scene(lambda: deals.resign_deal(job.id, by=job.active_creator, reason="I am ill."), job=job)


@scenario("JOB_CANCELED_APPLICANT")
def a_job_is_canceled_that_somebody_applied_for(world):
    application = world.application()
    job = application.job
    return Scene(lambda: deals.cancel_job(job.id, by=job.brand), people={"APPLICANTS": [application.creator_id]})


@scenario("JOB_CANCELED_APPLICANT")
def a_job_finds_nobody_in_time(world):
    application = world.application()
    act = out_of_time(world, application.job_id, "HIRE_CREATOR")
    return Scene(act, people={"APPLICANTS": [application.creator_id]})


@scenario("CANCELLATION_PROPOSED")
def a_brand_wants_to_part(world):
    job = world.deal()
    asked = {"creator_share_cents": 100_000, "reason": "Our plans have changed."}
    return Scene(lambda: deals.propose_cancellation(job.id, by=job.brand, **asked), job=job, by=job.brand)


@scenario("CANCELLATION_PROPOSED")
def a_creator_wants_to_part(world):
    job = world.deal()
    creator = job.active_creator
    asked = {"creator_share_cents": 0, "reason": "I am ill."}
    return Scene(lambda: deals.propose_cancellation(job.id, by=creator, **asked), job=job, by=creator)


@scenario("CANCELLATION_DECLINED")
def the_other_side_does_not_want_to_part(world):
    proposal = world.proposal()
    job = proposal.job
    creator = job.active_creator
    return Scene(lambda: deals.decline_cancellation(job.id, by=creator, proposal_id=proposal.id), job=job, by=creator)


@scenario("CANCELLATION_WITHDRAWN")
def a_wish_to_part_is_taken_back(world):
    proposal = world.proposal()
    job = proposal.job
    return Scene(lambda: deals.withdraw_cancellation(job.id, by=job.brand, proposal_id=proposal.id), job=job, by=job.brand)


@scenario("CANCELLATION_EXPIRED")
def nobody_answers_a_wish_to_part(world):
    proposal = world.proposal()
    return Scene(out_of_time(world, proposal.id, "ANSWER_CANCELLATION"), job=proposal.job)


@scenario("JOB_CANCELED_BRAND", "JOB_CANCELED_CREATOR", "ESCROW_RELEASED", "ESCROW_REFUNDED")
def both_part_and_share(world):
    proposal = world.proposal(share=100_000)
    job, creator = proposal.job, proposal.job.active_creator
    return Scene(lambda: deals.accept_cancellation(job.id, by=creator, proposal_id=proposal.id), job=job, by=creator)


@scenario("TIMER_RUNS_OUT")
def time_is_running_out(world):
    job = world.reviewed_deal()
    return Scene(world.remind(job.id, "REVIEW_WORK"), people={"WHOEVER_ACTS": [job.brand_id]})


@reminder("HIRE_CREATOR")
def a_job_finds_nobody(world):
    job = world.live_job()
    return Reminded(job.id, [job.brand_id])


@reminder("FUND_ESCROW")
def a_deal_is_not_funded(world):
    job = world.deal(funded=False)
    return Reminded(job.id, [job.brand_id])


@reminder("DELIVER_WORK")
def nothing_is_delivered(world):
    job = world.deal()
    return Reminded(job.id, [job.active_creator_id])


@reminder("REVIEW_WORK")
def a_version_waits(world):
    job = world.reviewed_deal()
    return Reminded(job.id, [job.brand_id])


@reminder("ANSWER_CANCELLATION")
def a_wish_to_part_waits(world):
    proposal = world.proposal()
    return Reminded(proposal.id, [proposal.job.active_creator_id])
