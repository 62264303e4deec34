"""What each offered action means as a verb, and the comparison of what is offered with what the verb then says."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from core.base import clock
from core.base.errors import Refusal
from core.deals import services as deals
from core.deals.models import CancellationProposal
from core.deals.reviews import services as reviews
from core.disputes import services as disputes
from core.disputes.models import Dispute
from core.hiring import services as hiring
from core.hiring.invitations import services as invitations
from core.jobs import services as jobs
from core.jobs.models import Job, JobRevision
from core.money import services as money
from tests.world import FILES, World, unique

REASON = "It is against the rules of the marketplace."
Act = Callable[[World, Any, Any], Any]


def another_text(job: Job) -> dict[str, Any]:
    """A change that leaves the text whole: a date that has passed is put right with it."""
    date = {"deadline_date": clock.now() + timedelta(days=9)} if job.deadline_type == "DATE" else {}
    return {"title": "Another title for our tea"} | date


def proposal_of(job: Job) -> Any:
    """The proposal to cancel that waits."""
    return CancellationProposal.objects.get(job=job, status="PENDING").id


def version_of(job: Job) -> int:
    """What a moderator would name: the waiting change, or the job itself."""
    waiting = JobRevision.objects.filter(job=job, status="PENDING").first()
    return waiting.version if waiting else job.content_version


def parting(verb: Callable[..., Any]) -> Act:
    return lambda world, job, by: verb(job.id, by=by, proposal_id=proposal_of(job))


OF_JOB: dict[str, Act] = {
    "EDIT": lambda world, job, by: jobs.edit_job(job.id, by=by, content=another_text(job)),
    "PUBLISH": lambda world, job, by: jobs.publish_job(job.id, by=by),
    "RESUBMIT": lambda world, job, by: jobs.resubmit_job(job.id, by=by),
    "PAUSE": lambda world, job, by: jobs.pause_job(job.id, by=by),
    "UNPAUSE": lambda world, job, by: jobs.unpause_job(job.id, by=by),
    "DUPLICATE": lambda world, job, by: jobs.duplicate_job(job.id, by=by),
    "INVITE": lambda world, job, by: invitations.invite_creator(job.id, world.profile_id(willing(world)), by=by),
    "FUND": lambda world, job, by: money.fund_escrow(job.id, by=by),
    "REQUEST_CHANGES": lambda world, job, by: deals.request_changes(job.id, by=by, comment="Brighter."),
    "APPROVE_WORK": lambda world, job, by: deals.approve_work(job.id, by=by),
    "CANCEL": lambda world, job, by: deals.cancel_job(job.id, by=by),
    "SUBMIT_WORK": lambda world, job, by: deals.submit_work(job.id, by=by, items=FILES),
    "RESIGN": lambda world, job, by: deals.resign_deal(job.id, by=by, reason="I am ill."),
    "PROPOSE_CANCELLATION": lambda world, job, by: deals.propose_cancellation(job.id, by=by, creator_share_cents=0, reason="A new plan."),
    "ACCEPT_CANCELLATION": parting(deals.accept_cancellation),
    "DECLINE_CANCELLATION": parting(deals.decline_cancellation),
    "WITHDRAW_CANCELLATION": parting(deals.withdraw_cancellation),
    "OPEN_DISPUTE": lambda world, job, by: disputes.open_dispute(job.id, by=by, reason="QUALITY"),
    "WRITE_REVIEW": lambda world, job, by: reviews.write_review(job.id, by=by, rating=5),
    "APPROVE_JOB": lambda world, job, by: jobs.approve_job(job.id, by=by, content_version=version_of(job)),
    "REJECT_JOB": lambda world, job, by: jobs.reject_job(job.id, by=by, content_version=version_of(job), reason=REASON),
    "TAKE_DOWN": lambda world, job, by: jobs.take_down_job(job.id, by=by, reason=REASON),
}
OF_APPLICATION: dict[str, Act] = {
    "APPLY": lambda world, application, by: hiring.apply_to_job(application.job_id, by=by, message="Once more."),
    "WITHDRAW": lambda world, application, by: hiring.withdraw_application(application.id, by=by),
    "ACCEPT": lambda world, application, by: hiring.accept_application(application.job_id, application.id, by=by),
    "REJECT": lambda world, application, by: hiring.reject_application(application.job_id, application.id, by=by),
}
OF_INVITATION: dict[str, Act] = {
    "ACCEPT": lambda world, invitation, by: invitations.accept_invitation(invitation.id, by=by),
    "DECLINE": lambda world, invitation, by: invitations.decline_invitation(invitation.id, by=by),
    "WITHDRAW": lambda world, invitation, by: invitations.withdraw_invitation(invitation.id, by=by),
    "RESEND": lambda world, invitation, by: invitations.resend_invitation(invitation.id, by=by),
}
OF_PAYOUT: dict[str, Act] = {
    "CANCEL": lambda world, payout, by: money.cancel_payout(payout.id, by=by),
    "APPROVE": lambda world, payout, by: money.approve_payout(payout.id, by=by),
    "REJECT": lambda world, payout, by: money.reject_payout(payout.id, by=by, reason="The account is closed."),
    "SEND": lambda world, payout, by: money.send_payout(payout.id, by=by),
    "MARK_PAID": lambda world, payout, by: money.mark_payout_paid(payout.id, by=by, bank_reference=unique("bank")),
    "MARK_FAILED": lambda world, payout, by: money.fail_payout(payout.id, by=by, reason="The account is closed."),
    "MARK_RETURNED": lambda world, payout, by: money.return_payout(payout.id, by=by, reason="The account is closed."),
}
OF_DISPUTE: dict[str, Act] = {
    "ADD_MESSAGE": lambda world, dispute, by: disputes.add_message(dispute.id, by=by, kind=kind_for(by), text="Look again."),
    "WITHDRAW": lambda world, dispute, by: disputes.withdraw_dispute(dispute.id, by=by),
    "ASSIGN": lambda world, dispute, by: disputes.assign_dispute(dispute.id, by=by),
    "ASK": lambda world, dispute, by: ask_somebody(dispute, by),
    "EXTEND": lambda world, dispute, by: disputes.extend_dispute(dispute.id, by=by, hours=1, reason="Files are large."),
    "PROPOSE_SETTLEMENT": lambda world, dispute, by: disputes.propose_settlement(dispute.id, by=by, creator_share_cents=1_000),
    "RESOLVE": lambda world, dispute, by: disputes.resolve_dispute(dispute.id, by=by, resolution="NO_ACTION", note=REASON),
    "CONFIRM": lambda world, dispute, by: disputes.confirm_decision(dispute.id, by=by),
    "SEND_BACK": lambda world, dispute, by: disputes.send_decision_back(dispute.id, by=by, comment="Look again."),
    "APPEAL": lambda world, dispute, by: disputes.appeal_decision(dispute.id, by=by, text="The brief asked for something else."),
    "DECIDE_APPEAL": lambda world, dispute, by: disputes.decide_appeal(dispute.id, by=by, outcome="UPHELD", note=REASON),
}


def kind_for(by: Any) -> str:
    return "ADMIN_NOTE" if by.role == "STAFF" else "MESSAGE"


def ask_somebody(dispute: Dispute, by: Any) -> Any:
    """A question to the side that has none to answer, or else to the brand."""
    asked = set(dispute.requests.filter(status="OPEN").values_list("party_role", flat=True))
    party = next((side for side in ("BRAND", "CREATOR") if side not in asked), "BRAND")
    return disputes.ask_for_information(dispute.id, by=by, party=party, wants="EXPLANATION", question="When was it filmed?")


def willing(world: World) -> Any:
    """A creator who can be invited, the same one each time."""
    if "willing" not in world.__dict__:
        world.__dict__["willing"] = world.verified_creator()
    return world.__dict__["willing"]


def tried(act: Callable[[], Any]) -> str | None:
    """The code with which the verb refuses, or None when it is carried out. Either way nothing has happened afterwards."""
    try:
        with transaction.atomic():
            act()
            connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", prepare=False)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal.reason or refusal.code
    return None


def compare(world: World, offered: Iterable[dict[str, Any]], acts: dict[str, Act], thing: Any, by: Any) -> list[str]:
    """Every offered action is what its verb says. Returns those that are possible."""
    said = {action["name"]: action["reasonCode"] for action in offered}
    fresh = type(by).objects.get(pk=by.pk)
    if "INVITE" in said:
        willing(world)  # made before, or its making would be taken back with the first try
    row = type(thing).objects.get(pk=thing.pk)
    heard = {name: tried(partial(acts[name], world, row, fresh)) for name in said}
    assert said == heard, (row.status, by.role)
    for action in offered:
        assert action["allowed"] is (action["reasonCode"] is None)
        assert bool(action["message"]) is not action["allowed"]
    return [name for name, reason in said.items() if reason is None]
