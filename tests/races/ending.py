"""Races about the end of a deal: of people with the clock, and of two people who part."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core.base import clock
from core.deals import services as deals
from core.deals.models import CancellationProposal
from core.hiring import services as hiring
from core.jobs.models import Job
from core.money import services as money
from core.money.steps import system
from core.timers.models import Timer
from tests.races.cast import cast, deal_state
from tests.races.harness import SAVED, WRONG_END, Race
from tests.world import FILES

LOST = frozenset({WRONG_END, SAVED})


def late(build: Callable[[], Any]) -> Callable[[], Any]:
    """The thing, whose clocks have all run out a minute ago and have not been turned yet."""

    def built() -> Any:
        stage = build()
        due = clock.now() - timedelta(minutes=1)
        clocks = Timer.objects.filter(job_id=getattr(stage, "job_id", stage.id), ended_at=None)
        clocks.update(started_at=due - timedelta(days=1), due_at=due, remind_at=None)
        return stage

    return built


def state(stage: Any) -> tuple[Any, ...]:
    """The deal, what was proposed about it, and which of its clocks run."""
    job_id = stage.id if isinstance(stage, Job) else stage.job_id
    proposals = CancellationProposal.objects.filter(job_id=job_id).order_by("created_at").values_list("status", flat=True)
    running = Timer.objects.filter(job_id=job_id, ended_at=None).order_by("kind").values_list("kind", flat=True)
    return deal_state(Job.objects.get(id=job_id)), tuple(proposals), tuple(running)


def race(first: Any, second: Any, prepare: Any, *, both_win: bool = False) -> Race:
    return Race(prepare, first, second, state, LOST, both_win)


# Stages


def offer() -> Any:
    return cast().offer()


def unfunded() -> Job:
    """Of a brand whose wallet is empty, whatever other races have brought back."""
    return cast().world.deal(funded=False, creator=cast().creator)


def funded() -> Job:
    return cast().deal()


def reviewed() -> Job:
    job = cast().deal()
    cast().world.submission(job=job)
    return job


def asked(build: Callable[[], Job]) -> Callable[[], CancellationProposal]:
    """The brand has proposed to cancel this deal, with a part for the creator."""
    return lambda: cast().world.proposal(job=build(), share=100_000)


# Commands


def let_run_out(verb: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda stage: verb(stage.job_id if hasattr(stage, "job_id") else stage.id, by=system())


approve_by_timer = let_run_out(deals.approve_work_by_timer)
cancel_undelivered = let_run_out(deals.cancel_undelivered_by_timer)
cancel_unfunded = let_run_out(deals.cancel_unfunded_by_timer)
close_job = let_run_out(deals.close_job_by_timer)


def expire(proposal: CancellationProposal) -> Any:
    return deals.expire_cancellation_by_timer(proposal.id, by=system())


def approve(stage: Any) -> Any:
    return deals.approve_work(getattr(stage, "job_id", stage.id), by=cast().brand)


def ask_for_changes(job: Job) -> Any:
    return deals.request_changes(job.id, by=cast().brand, comment="Brighter.")


def submit(stage: Any) -> Any:
    return deals.submit_work(getattr(stage, "job_id", stage.id), by=cast().creator, items=FILES)


def fund(job: Job) -> Any:
    return money.fund_escrow(job.id, by=job.brand)


def resign(job: Job) -> Any:
    return deals.resign_deal(job.id, by=cast().creator, reason="I have fallen ill.")


def accept_offer(application: Any) -> Any:
    return hiring.accept_application(application.job_id, application.id, by=cast().brand)


def propose(by: str) -> Callable[[Job], Any]:
    return lambda job: deals.propose_cancellation(job.id, by=getattr(cast(), by), creator_share_cents=1_000, reason="Enough.")


def accept(proposal: CancellationProposal) -> Any:
    return deals.accept_cancellation(proposal.job_id, by=cast().creator, proposal_id=proposal.id)


def decline(proposal: CancellationProposal) -> Any:
    return deals.decline_cancellation(proposal.job_id, by=cast().creator, proposal_id=proposal.id)


def withdraw(proposal: CancellationProposal) -> Any:
    return deals.withdraw_cancellation(proposal.job_id, by=cast().brand, proposal_id=proposal.id)


ENDING = {
    "the clock approves and the brand approves": race(approve_by_timer, approve, late(reviewed), both_win=True),
    "the clock approves twice": race(approve_by_timer, approve_by_timer, late(reviewed)),
    "the clock approves and the brand asks for changes": race(approve_by_timer, ask_for_changes, late(reviewed)),
    "the clock cancels and the creator delivers": race(cancel_undelivered, submit, late(funded)),
    "the clock cancels twice": race(cancel_undelivered, cancel_undelivered, late(funded)),
    "the clock cancels and the brand funds": race(cancel_unfunded, fund, late(unfunded)),
    "the clock closes the job and the brand chooses": race(close_job, accept_offer, late(offer)),
    "one accepts to part and delivers": race(accept, submit, asked(funded), both_win=True),
    "one accepts to part and the other approves": race(accept, approve, asked(reviewed)),
    "one accepts to part and the other withdraws": race(accept, withdraw, asked(funded)),
    "one accepts to part and the clock lets it expire": race(accept, expire, late(asked(funded))),
    "one declines and the other withdraws": race(decline, withdraw, asked(funded)),
    "both propose to part": race(propose("brand"), propose("creator"), funded),
    "the creator resigns and the brand approves": race(resign, approve, reviewed),
}
