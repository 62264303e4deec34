"""Who meets over a dispute. The pairs are run by test_pairs.py."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import time_machine

from core.base import clock
from core.chat.models import Message
from core.deals import services as deals
from core.disputes import services as disputes
from core.disputes.models import Dispute
from core.disputes.verdicts.models import Appeal, DisputeDecision, SettlementProposal
from core.jobs.models import Job
from core.money import services as money
from core.money.adjustments.models import Adjustment
from core.money.steps import system
from core.people.models import User
from core.timers.models import Timer
from tests.races.cast import cast, deal_state
from tests.races.harness import LUCK, SAVED, WRONG_END, Race
from tests.world import FILES

NOTE = "We compared the brief with what was delivered."
# Two guards of the database know what our locks know: one dispute is open, and a deal stands still exactly while it is.
GUARDED = frozenset({WRONG_END, SAVED})
HARMLESS = frozenset({LUCK})


@cache
def judge() -> User:
    """Another moderator than the one of the cast."""
    return cast().world.staff("moderator")


# Stages


def reviewed() -> Job:
    """A deal whose first version waits for the brand."""
    job = cast().deal()
    deals.submit_work(job.id, by=cast().creator, items=FILES)
    return Job.objects.get(id=job.id)


def long_reviewed() -> Job:
    """The same, and the time for the review is over, but the clock has not turned yet."""
    job = cast().deal()
    with time_machine.travel(clock.now() - timedelta(days=6)):
        deals.submit_work(job.id, by=cast().creator, items=FILES)
    return Job.objects.get(id=job.id)


def unfunded() -> Job:
    return cast().deal(funded=False)


def opened(job: Job | None = None) -> Dispute:
    """The brand has opened a dispute."""
    return disputes.open_dispute((job or reviewed()).id, by=cast().brand, reason="QUALITY")


def answered() -> Dispute:
    """And the creator has answered."""
    dispute = opened()
    say(dispute)
    return Dispute.objects.get(id=dispute.id)


def unanswered() -> Dispute:
    """The time for the answer is over, but the clock has not turned yet."""
    job = reviewed()
    with time_machine.travel(clock.now() - timedelta(days=4)):
        return opened(job)


def undecided() -> Dispute:
    """The time for the decision is over, but the clock has not turned yet."""
    job = reviewed()
    with time_machine.travel(clock.now() - timedelta(days=15)):
        dispute = opened(job)
        say(dispute)
    return Dispute.objects.get(id=dispute.id)


def offered() -> SettlementProposal:
    """The brand has proposed a third."""
    return disputes.propose_settlement(answered().id, by=cast().brand, creator_share_cents=150_000)


def mediated() -> SettlementProposal:
    """A moderator has proposed a third."""
    return disputes.propose_settlement(answered().id, by=judge(), creator_share_cents=150_000)


def proposed() -> Dispute:
    """A decision about much money waits for its second person."""
    job = cast().world.deal(job=cast().world.live_job(brand=cast().brand, budget_max=500_000), creator=cast().creator, price_quote=200_000)
    dispute = opened(job)
    say(dispute)
    disputes.resolve_dispute(dispute.id, by=cast().moderator, resolution="REFUND", note=NOTE)
    return dispute


def sent_back() -> Dispute:
    """A first decision about much money was sent back."""
    dispute = proposed()
    disputes.send_decision_back(dispute.id, by=cast().approver, comment="It has sound.")
    return dispute


def decided() -> Dispute:
    """A moderator has decided for the brand."""
    dispute = answered()
    disputes.resolve_dispute(dispute.id, by=cast().moderator, resolution="REFUND", note=NOTE)
    return dispute


def appealed() -> Dispute:
    """And the creator appeals."""
    dispute = decided()
    disputes.appeal_decision(dispute.id, by=cast().creator, text="It has sound.")
    return dispute


def long_appealed() -> Dispute:
    """The time to judge the appeal is over, but the clock has not turned yet."""
    job = reviewed()
    with time_machine.travel(clock.now() - timedelta(days=20)):
        dispute = opened(job)
        disputes.resolve_dispute(dispute.id, by=cast().moderator, resolution="REFUND", note=NOTE)
        disputes.appeal_decision(dispute.id, by=cast().creator, text="It has sound.")
    return dispute


# What is left


def job_state(job: Job) -> tuple[Any, ...]:
    """The deal, its disputes and everything that hangs on them, the running clocks, and what the conversation says."""
    cases = list(Dispute.objects.filter(job=job).order_by("created_at"))
    ids = [case.id for case in cases]
    return (
        *deal_state(job),
        Job.objects.get(id=job.id).disputed_at is not None,
        *job.submissions.order_by("version").values_list("status", flat=True),
        *((case.status, case.resolution, case.creator_share_cents, case.resolved_through, case.opener_role) for case in cases),
        *((case.frozen_cents, case.on_silence, case.answered_at is None) for case in cases),
        *SettlementProposal.objects.filter(dispute__in=ids).order_by("created_at").values_list("status", flat=True),
        *DisputeDecision.objects.filter(dispute__in=ids).order_by("created_at").values_list("status", flat=True),
        *Appeal.objects.filter(dispute__in=ids).values_list("status", "creator_share_cents", "appellant_role"),
        *sorted(Adjustment.objects.filter(job=job).values_list("amount_cents", flat=True)),
        *sorted((timer.kind, timer.paused_at is not None) for timer in Timer.objects.filter(job=job, ended_at=None)),
        *sorted(Message.objects.filter(conversation__job=job).values_list("type", flat=True)),
    )


def state(dispute: Dispute) -> tuple[Any, ...]:
    return job_state(dispute.job)


def offer_state(proposal: SettlementProposal) -> tuple[Any, ...]:
    return job_state(proposal.dispute.job)


# Commands


def open_by(who: str) -> Callable[[Job], Dispute]:
    return lambda job: disputes.open_dispute(job.id, by=getattr(cast(), who), reason="QUALITY")


def resolve(resolution: str, share: int | None = None) -> Callable[[Dispute], Any]:
    return lambda dispute: disputes.resolve_dispute(dispute.id, by=judge(), resolution=resolution, note=NOTE, creator_share_cents=share)


def say(dispute: Dispute) -> Any:
    return disputes.add_message(dispute.id, by=cast().creator, kind="MESSAGE", text="I see it otherwise.")


def withdraw(dispute: Dispute) -> Any:
    return disputes.withdraw_dispute(dispute.id, by=cast().brand)


def silence(dispute: Dispute) -> Any:
    return disputes.decide_unanswered_by_timer(dispute.id, by=system())


def lapse(dispute: Dispute) -> Any:
    return disputes.lapse_dispute_by_timer(dispute.id, by=system())


def extend(dispute: Dispute) -> Any:
    return disputes.extend_dispute(dispute.id, by=judge(), hours=168, reason="A holiday.")


def assign(who: Callable[[], User]) -> Callable[[Dispute], Any]:
    return lambda dispute: disputes.assign_dispute(dispute.id, by=who())


def confirm(who: Callable[[], User]) -> Callable[[Dispute], Any]:
    return lambda dispute: disputes.confirm_decision(dispute.id, by=who())


def send_back(dispute: Dispute) -> Any:
    return disputes.send_decision_back(dispute.id, by=judge(), comment="It has sound.")


def cancel_by_staff(dispute: Dispute) -> Any:
    return deals.cancel_job(dispute.job_id, by=cast().moderator)


def accept(who: str) -> Callable[[SettlementProposal], Any]:
    return lambda proposal: disputes.accept_settlement(proposal.dispute_id, proposal.id, by=getattr(cast(), who))


def decline(proposal: SettlementProposal) -> Any:
    return disputes.decline_settlement(proposal.dispute_id, proposal.id, by=cast().creator)


def retract(proposal: SettlementProposal) -> Any:
    return disputes.withdraw_settlement(proposal.dispute_id, proposal.id, by=cast().brand)


def of_its_dispute(command: Callable[[Dispute], Any]) -> Callable[[SettlementProposal], Any]:
    return lambda proposal: command(proposal.dispute)


def appeal(who: str) -> Callable[[Dispute], Any]:
    return lambda dispute: disputes.appeal_decision(dispute.id, by=getattr(cast(), who), text="Look again, please.")


def rule(outcome: str, share: int | None = None) -> Callable[[Dispute], Any]:
    return lambda dispute: disputes.decide_appeal(dispute.id, by=judge(), outcome=outcome, note=NOTE, creator_share_cents=share)


def let_it_stand(dispute: Dispute) -> Any:
    return disputes.uphold_decision_by_timer(Appeal.objects.get(dispute=dispute).id, by=system())


# Races


def stops(second: Callable[[Job], Any], *, prepare: Callable[[], Job] = reviewed, who: str = "brand", **said: Any) -> Race:
    """One party stops the deal that somebody goes on with."""
    return Race(prepare, open_by(who), second, job_state, control=said.pop("control", GUARDED), **said)


def ends(first: Callable[[Any], Any], second: Callable[[Any], Any], **said: Any) -> Race:
    """Two who end a dispute."""
    prepare = said.pop("prepare", answered)
    seen = offer_state if prepare in (offered, mediated) else state
    return Race(prepare, first, second, seen, control=said.pop("control", GUARDED), **said)


OPENING = {
    "open and open": stops(open_by("creator")),
    "open and open by one": stops(open_by("brand"), both_win=True),
    "open and approve": stops(lambda job: deals.approve_work(job.id, by=cast().brand), who="creator"),
    "open and approve by the clock": stops(
        lambda job: deals.approve_work_by_timer(job.id, by=system()), prepare=long_reviewed, both_win=True
    ),
    "open and request changes": stops(
        lambda job: deals.request_changes(job.id, by=cast().brand, comment="Brighter."), who="creator", both_win=True
    ),
    "open and submit": stops(
        lambda job: deals.submit_work(job.id, by=cast().creator, items=FILES), prepare=lambda: cast().deal(), both_win=True
    ),
    "open and fund": stops(lambda job: money.fund_escrow(job.id, by=cast().brand), prepare=unfunded, who="creator", both_win=True),
    "open and cancel": stops(lambda job: deals.cancel_job(job.id, by=cast().brand), prepare=lambda: cast().deal(), who="creator"),
    "open and cancel by staff": stops(lambda job: deals.cancel_job(job.id, by=cast().moderator)),
    "open and resign": stops(lambda job: deals.resign_deal(job.id, by=cast().creator, reason="I am ill."), prepare=lambda: cast().deal()),
    "open and propose to part": stops(
        lambda job: deals.propose_cancellation(job.id, by=cast().creator, creator_share_cents=0, reason="We part."), both_win=True
    ),
}
ENDING = {
    "refund and release": ends(resolve("REFUND"), resolve("RELEASE")),
    "refund and split": ends(resolve("REFUND"), resolve("SPLIT", 150_000)),
    "release and split": ends(resolve("RELEASE"), resolve("SPLIT", 150_000)),
    "split and another split": ends(resolve("SPLIT", 150_000), resolve("SPLIT", 150_001)),
    "refund and no action": ends(resolve("REFUND"), resolve("NO_ACTION")),
    "refund and refund": ends(resolve("REFUND"), resolve("REFUND"), both_win=True),
    "release and release": ends(resolve("RELEASE"), resolve("RELEASE"), both_win=True),
    # Whoever comes second is refused, or comes first: there is no wrong end to come to, locked or not.
    "refund and cancel by staff": ends(resolve("REFUND"), cancel_by_staff, both_win=True, control=HARMLESS),
    "no action and cancel by staff": ends(resolve("NO_ACTION"), cancel_by_staff, both_win=True, control=HARMLESS),
    "refund and a last word": ends(resolve("REFUND"), say, both_win=True, control=HARMLESS),
    "take and take": ends(assign(lambda: cast().moderator), assign(judge), both_win=True, control=HARMLESS),
    "refund and withdraw": ends(resolve("REFUND"), withdraw),
    "release and withdraw": ends(resolve("RELEASE"), withdraw),
    "no action and withdraw": ends(resolve("NO_ACTION"), withdraw),
    "withdraw and withdraw": ends(withdraw, withdraw),
    "confirm and confirm": ends(confirm(judge), confirm(lambda: cast().approver), prepare=proposed),
    "confirm and confirm by one": ends(confirm(judge), confirm(judge), prepare=proposed, both_win=True),
    "confirm and send back": ends(confirm(lambda: cast().approver), send_back, prepare=proposed),
    "confirm and withdraw": ends(confirm(judge), withdraw, prepare=proposed),
    "decide and decide much money": ends(
        lambda dispute: disputes.resolve_dispute(dispute.id, by=cast().moderator, resolution="RELEASE", note=NOTE),
        resolve("RELEASE"),
        prepare=sent_back,
    ),
}
AGREEING = {
    "agree and refund": ends(accept("creator"), of_its_dispute(resolve("REFUND")), prepare=offered),
    "agree and release": ends(accept("creator"), of_its_dispute(resolve("RELEASE")), prepare=offered),
    "agree and split alike": ends(accept("creator"), of_its_dispute(resolve("SPLIT", 150_000)), prepare=offered, both_win=True),
    "agree and withdraw": ends(accept("creator"), of_its_dispute(withdraw), prepare=offered),
    "agree and decline": ends(accept("creator"), decline, prepare=offered),
    "agree and take back": ends(accept("creator"), retract, prepare=offered),
    "agree and agree": ends(accept("creator"), accept("creator"), prepare=offered, both_win=True),
    "both agree": ends(accept("creator"), accept("brand"), prepare=mediated, both_win=True),
    "decline and take back": ends(decline, retract, prepare=offered),
}
WAITING = {
    "answer and silence": ends(say, silence, prepare=unanswered, both_win=True),
    "decide and silence": ends(resolve("RELEASE"), silence, prepare=unanswered, both_win=True),
    "withdraw and silence": ends(withdraw, silence, prepare=unanswered, both_win=True),
    "extend and silence": ends(extend, silence, prepare=unanswered, both_win=True),
    "silence and silence": ends(silence, silence, prepare=unanswered, both_win=True),
    "decide and lapse": ends(resolve("REFUND"), lapse, prepare=undecided, both_win=True),
    "lapse and lapse": ends(lapse, lapse, prepare=undecided, both_win=True),
}
APPEALING = {
    "appeal and appeal": ends(appeal("creator"), appeal("brand"), prepare=decided),
    "uphold and overturn": ends(rule("UPHELD"), rule("OVERTURNED", 100_000), prepare=appealed),
    "overturn and overturn": ends(rule("OVERTURNED", 100_000), rule("OVERTURNED", 200_000), prepare=appealed),
    "overturn and run out": ends(rule("OVERTURNED", 100_000), let_it_stand, prepare=long_appealed, both_win=True),
}
DISPUTING = OPENING | ENDING | AGREEING | WAITING | APPEALING
