"""What is offered on a job is what its verbs would do: in every state, for everybody who sees it, with the very code of the refusal."""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from core.base import clock
from core.deals.services import propose_cancellation, request_changes
from core.jobs.models import Job
from core.jobs.services import edit_job
from core.overview.standing import job_page
from core.people.models import BrandProfile
from core.timers.models import Timer
from tests.core.overview.acts import OF_JOB, compare
from tests.perf.statements import counted
from tests.world import World

Build = Callable[[World], Job]


def incomplete_draft(world: World) -> Job:
    return world.draft_job(usage_term_days=None)


def late_hold(world: World) -> Job:
    """A job on hold whose date has passed."""
    job = world.paused_job(deadline_type="DATE", deadline_date=clock.now() + timedelta(days=3))
    Job.objects.filter(id=job.id).update(deadline_date=clock.now() - timedelta(days=3))
    return job


def unready(build: Build, world: World) -> Job:
    """The same job, whose brand has since emptied its profile."""
    job = build(world)
    BrandProfile.objects.filter(user=job.brand).update(description="")
    return job


def changed(world: World) -> Job:
    job = world.live_job()
    return edit_job(job.id, by=job.brand, content={"title": "Another title, which waits"})


def sent_back(world: World, rounds: int = 2) -> Job:
    job = world.reviewed_deal(job=world.live_job(revision_rounds=rounds))
    request_changes(job.id, by=job.brand, comment="Brighter.")
    return job


def exhausted(world: World) -> Job:
    job = sent_back(world, rounds=1)
    world.submission(job=job)
    return job


def parting(world: World, *, by_creator: bool) -> Job:
    job = world.reviewed_deal()
    by = job.active_creator if by_creator else job.brand
    propose_cancellation(job.id, by=by, creator_share_cents=100, reason="A new plan.")
    return job


def disputed(world: World, *, by_creator: bool, is_parting: bool = False) -> Job:
    job = parting(world, by_creator=True) if is_parting else world.reviewed_deal()
    world.dispute(job=job, by_creator=by_creator)
    return job


def reviewed_by(world: World, *sides: str) -> Job:
    job = world.completed_deal()
    for side in sides:
        world.review(job=job, by=getattr(job, side))
    return job


def silent(world: World) -> Job:
    """A completed deal whose time for reviews has run out, before the clock came round."""
    job = world.completed_deal()
    world.run_out(job.id, "WRITE_REVIEWS")
    assert Timer.objects.get(subject_id=job.id, kind="WRITE_REVIEWS").due_at < clock.now()
    return job


STATES: dict[str, Build] = {
    "draft": World.draft_job,
    "incomplete draft": incomplete_draft,
    "draft of an unready brand": partial(unready, World.draft_job),
    "waiting for a moderator": World.job,
    "rejected": World.rejected_job,
    "live": World.live_job,
    "live of an unready brand": partial(unready, World.live_job),
    "changed": changed,
    "on hold": World.paused_job,
    "on hold too long": late_hold,
    "unfunded": partial(World.deal, funded=False),
    "in progress": World.deal,
    "in review": World.reviewed_deal,
    "sent back": sent_back,
    "all rounds used": exhausted,
    "brand proposes to part": partial(parting, by_creator=False),
    "creator proposes to part": partial(parting, by_creator=True),
    "brand disputes": partial(disputed, by_creator=False),
    "creator disputes while parting": partial(disputed, by_creator=True, is_parting=True),
    "completed": World.completed_deal,
    "reviewed by the brand": lambda world: reviewed_by(world, "brand"),
    "reviewed by both": lambda world: reviewed_by(world, "brand", "active_creator"),
    "completed in silence": silent,
    "canceled": World.canceled_deal,
}


def people_of(world: World, job: Job) -> list[Any]:
    return [job.brand, *([job.active_creator] if job.active_creator else []), world.moderator]


@pytest.mark.parametrize("state", STATES)
def test_in_every_state_the_offer_is_what_the_verb_says(world: World, state: str) -> None:
    job = Job.objects.get(id=STATES[state](world).id)

    possible = {by.role: compare(world, job_page(job.id, by=by)["actions"], OF_JOB, job, by) for by in people_of(world, job)}

    assert possible["BRAND"], "a brand can copy its job at least"


@pytest.mark.parametrize("cents", [0, 449_999, 450_000])
def test_where_money_comes_by_transfer_funding_is_offered_to_a_filled_wallet(world: World, settings: Any, cents: int) -> None:
    job = world.deal(funded=False)
    settings.PAYMENT_PROVIDER = "manual"
    if cents:
        world.wallet_money(job.brand, cents)

    possible = compare(world, job_page(job.id, by=job.brand)["actions"], OF_JOB, job, job.brand)

    assert ("FUND" in possible) is (cents >= job.escrow.amount_cents)


@pytest.mark.parametrize("seed", range(4))
def test_on_a_random_way_through_the_states_the_offer_is_what_the_verb_says(world: World, seed: int) -> None:
    chance = random.Random(seed)
    start = chance.choice([World.draft_job, World.live_job, World.deal, World.reviewed_deal])
    job = Job.objects.get(id=start(world).id)

    for _ in range(5):
        offers = [
            (by, name)
            for by in people_of(world, job)
            for name in compare(world, job_page(job.id, by=by)["actions"], OF_JOB, job, by)
            if name not in ("DUPLICATE", "INVITE", "CANCEL", "RESIGN")
        ]
        if not offers:
            return
        by, name = chance.choice(offers)
        OF_JOB[name](world, job, type(by).objects.get(pk=by.pk))
        job = Job.objects.get(id=job.id)


def test_guests_and_strangers_are_offered_nothing_and_pay_nothing(world: World) -> None:
    job = world.live_job()
    strangers = [world.brand(), world.creator()]
    for stranger in strangers:
        job_page(job.id, by=stranger)
        with counted() as statements:
            page = job_page(job.id, by=stranger)
        assert "actions" not in page
        assert len(statements) == 1


def test_the_parties_pay_one_statement_for_their_actions(world: World) -> None:
    job = world.deal()
    for by in people_of(world, job):
        job_page(job.id, by=by)
        fresh = type(by).objects.get(pk=by.pk)
        with counted() as statements:
            job_page(job.id, by=fresh)
        assert len(statements) == (3 if by.role == "STAFF" else 2), "\n".join(statements)  # the rights of staff are one of them
