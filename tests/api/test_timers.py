"""What is going to happen by itself is said beforehand: every timer that fires was listed by the API before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.base import clock
from core.clockwork import run_due
from core.hiring.models import Invitation
from core.jobs.models import Job
from core.money.models import Payout
from core.money.services import fund_escrow
from core.timers.kinds import KINDS
from core.timers.models import Timer
from core.timers.selectors import next_moment
from tests.api.callers import Caller
from tests.moments import at, later
from tests.world import World

SCENES: dict[str, Callable[[World], Any]] = {
    "a draft": lambda world: world.draft_job(),
    "a job on hold": lambda world: world.paused_job(),
    "a live job with an invitation": lambda world: world.invitation(),
    "a deal that is not funded": lambda world: world.deal(funded=False),
    "a deal in progress": lambda world: world.deal(),
    "a deal in review": lambda world: world.reviewed_deal(),
    "a proposal to part": lambda world: world.proposal(),
    "a dispute": lambda world: world.dispute(),
    "a dispute in other hands": lambda world: world.reviewed_dispute(),
    "a settlement": lambda world: world.settlement(),
    "an appeal": lambda world: world.appeal(),
    "a payout": lambda world: world.payout(),
    "an approved payout": lambda world: world.approved_payout(),
}


def shown(timer: Timer) -> list[dict[str, Any]]:
    """The timers of the page on which this one has to stand, as one of its parties reads it now."""
    if timer.kind == "ANSWER_INVITATION":
        invitation = Invitation.objects.get(id=timer.subject_id)
        return Caller(invitation.creator).get(f"/api/invitations/{invitation.id}").data["invitation"]["timers"]
    if timer.job_id is None:
        payout = Payout.objects.get(id=timer.subject_id)
        return Caller(payout.creator).get(f"/api/payouts/{payout.id}").data["payout"]["timers"]
    job = Job.objects.get(id=timer.job_id)
    return Caller(job.brand).get(f"/api/jobs/{job.id}").data["job"]["timers"]


@pytest.mark.parametrize("scene", SCENES)
def test_every_timer_that_fires_was_listed_before(world, scene):
    SCENES[scene](world)
    moment: datetime | None = clock.now()
    fired = []

    while moment := next_moment(after=moment):
        with at(moment - timedelta(microseconds=1)):
            due = list(Timer.objects.filter(ended_at=None, paused_at=None, due_at=moment))
            listed = [timer for timer in due if (timer.kind, timer.due_at) in {said(each) for each in shown(timer)}]
        with at(moment):
            ended = run_due()
        assert {timer.id for timer in ended} <= {timer.id for timer in listed}, [timer.kind for timer in ended]
        fired += ended

    assert fired


def said(timer: dict[str, Any]) -> tuple[str, datetime]:
    """What was shown of one timer, beside the words that belong to its kind."""
    kind = KINDS[timer["kind"]]
    assert (timer["waitsFor"], timer["onExpiry"]) == (kind.waits_for, kind.on_expiry)
    assert timer["consequence"]
    return timer["kind"], datetime.fromisoformat(timer["dueAt"])


def test_both_parties_and_moderators_see_the_clock_and_nobody_else(world):
    job = world.live_job()
    world.application(job=job)
    outside = [Caller(person).get(f"/api/jobs/{job.id}").data["job"] for person in (world.brand(), world.creator(), world.staff("finance"))]
    deal = world.deal(job=job)

    inside = [Caller(person).get(f"/api/jobs/{deal.id}").data["job"] for person in (deal.brand, deal.active_creator, world.moderator)]

    assert all("timers" not in page and "waitingOn" not in page for page in outside)
    assert [[timer["kind"] for timer in page["timers"]] for page in inside] == [["DELIVER_WORK"]] * 3
    assert {page["waitingOn"] for page in inside} == {"CREATOR"}


def test_a_clock_that_stands_still_says_since_when(world):
    job = world.reviewed_deal()
    world.dispute(job=job)

    timers = {timer["kind"]: timer for timer in Caller(job.brand).get(f"/api/jobs/{job.id}").data["job"]["timers"]}

    assert timers["REVIEW_WORK"]["pausedAt"] is not None
    assert timers["ANSWER_DISPUTE"]["pausedAt"] is None


def test_the_words_are_in_the_readers_language(world):
    job = world.reviewed_deal()
    brand = Caller(job.brand)

    russian, english = (
        brand.get(f"/api/jobs/{job.id}", accept_language=language).data["job"]["timers"][0]["consequence"] for language in ("ru", "en")
    )

    assert english == "The work counts as accepted, and the creator is paid."
    assert russian != english


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("draft_job", "BRAND"),
        ("job", "STAFF"),
        ("rejected_job", "BRAND"),
        ("live_job", "BRAND"),
        ("paused_job", "BRAND"),
        ("accepted_job", "BRAND"),
        ("deal", "CREATOR"),
        ("reviewed_deal", "BRAND"),
        ("completed_deal", None),
        ("canceled_deal", None),
    ],
)
def test_a_job_says_who_has_to_act(world, state, who):
    job = getattr(world, state)()

    assert Caller(job.brand).get(f"/api/jobs/{job.id}").data["job"]["waitingOn"] == who


def test_late_work_is_flagged_until_it_comes(world):
    job = world.deal(funded=False)
    fund_escrow(job.id, by=job.brand)
    early = flags(job)

    with at(job.due_at + timedelta(hours=1)):
        late = flags(job)
        world.submission(job=job)
        delivered = flags(job)

    assert (early, late, delivered) == ([False] * 3, [True] * 3, [False] * 3)


def test_work_is_not_late_while_a_dispute_is_open(world):
    job = world.deal()
    world.dispute(job=job)

    with at(job.due_at + timedelta(hours=1)):
        assert flags(job) == [False] * 3


def flags(job: Job) -> list[bool]:
    """Whether the work is late, as the page of the job and the lists of both sides say."""
    brand, creator = Caller(job.brand), Caller(job.active_creator)
    page = brand.get(f"/api/jobs/{job.id}").data["job"]
    mine = brand.get("/api/brand/jobs").data["items"][0]
    theirs = creator.get("/api/creator/jobs").data["items"][0]
    return [page["isOverdue"], mine["isOverdue"], theirs["isOverdue"]]


def test_the_answer_to_a_request_for_changes_says_until_when(world):
    job = world.reviewed_deal()

    with later(days=4, hours=12):
        answer = Caller(job.brand).post(f"/api/jobs/{job.id}/review/request-changes", {"comment": "Brighter."}).data
        asked_at = clock.now()

    assert answer["status"] == "CHANGES_REQUESTED"
    assert datetime.fromisoformat(answer["dueAt"]) == asked_at + timedelta(days=3)
