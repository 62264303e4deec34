"""Two people act on one deal at the same moment. One of them comes second, and learns the honest reason.

Each race has its control: the same commands without the lock on the job, which has to end in something that no order explains.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from core.base.errors import WrongState
from core.deals.errors import CompletedForGood, NothingSubmitted, OnlyStaffOnReview
from core.deals.models import Submission
from core.deals.services import Approval, Cancellation, approve_work, cancel_job, request_changes, submit_work
from core.jobs.models import Job
from core.money.errors import EscrowVoided
from core.money.models import Account, Escrow, LedgerEntry
from core.money.services import fund_escrow
from core.money.steps import refund
from core.people.models import BrandProfile, CreatorProfile, User
from outbox.models import Event
from tests.meeting import meet, without_locks
from tests.world import FILES, World

pytestmark = pytest.mark.race

ROUNDS = 4
CONTROL_ROUNDS = 6


@dataclass
class People:
    """The same people in every round: what differs is the deal."""

    world: World

    def __post_init__(self) -> None:
        self.brand, self.creator = self.world.brand(), self.world.creator()
        self.moderator = self.world.moderator

    def deal(self, *, funded: bool = True, reviewed: bool = False) -> Job:
        """A deal of these two."""
        job = self.world.deal(job=self.world.live_job(brand=self.brand), creator=self.creator, funded=funded)
        if reviewed:
            self.world.submission(job=job)
        return job


@dataclass(frozen=True)
class Race:
    """Two commands, and every pair of an end and two answers that some order of them explains."""

    prepare: dict[str, bool]
    first: Callable[[People, Job], Any]
    second: Callable[[People, Job], Any]
    before: str
    ends: frozenset[tuple[tuple[str, str], str, str]]

    def run(self, people: People, *, before: str | None = None) -> tuple[tuple[str, str], str, str]:
        """The end of the job and its escrow, and what each of the two learned."""
        job = people.deal(**self.prepare)
        answers = meet(partial(self.first, people, job), partial(self.second, people, job), before=before)
        job.refresh_from_db()
        return (job.status, Escrow.objects.get(job=job).status), *map(learned, answers)

    def control(self, people: People) -> tuple[tuple[str, str], str, str]:
        """The same without locks, both having judged before either writes. What it breaks is mended afterwards."""
        with without_locks():
            end = self.run(people, before=self.before)
        mend(Job.objects.filter(brand=people.brand).latest("created_at"), by=people.moderator)
        return end


@transaction.atomic
def mend(job: Job, *, by: User) -> None:
    """The job says what its escrow says: whoever looks at all the books of a run finds them right."""
    escrow = Escrow.objects.lock(job=job)
    if job.status == "CANCELED" and escrow.status == "FUNDED":
        refund(escrow, by=by)
    elif escrow.status in ("RELEASED", "REFUNDED", "VOIDED"):
        Job.objects.filter(id=job.id).update(status="COMPLETED" if escrow.status == "RELEASED" else "CANCELED")


def learned(answer: Any) -> str:
    """What one learned: `done`, or the reason of a refusal with the state that it names."""
    if not isinstance(answer, Exception):
        return "done"
    reason = getattr(answer, "reason", None) or type(answer).__name__
    return f"{reason} {answer.details['status']}" if isinstance(answer, WrongState) else reason


def approve(people: People, job: Job) -> Approval:
    return approve_work(job.id, by=people.brand)


def cancel_by_staff(people: People, job: Job) -> Cancellation:
    return cancel_job(job.id, by=people.moderator)


def cancel_by_brand(people: People, job: Job) -> Cancellation:
    return cancel_job(job.id, by=people.brand)


def ask_for_changes(people: People, job: Job) -> Submission:
    return request_changes(job.id, by=people.brand, comment="Brighter.")


def submit(people: People, job: Job) -> Submission:
    return submit_work(job.id, by=people.creator, items=FILES)


def fund(people: People, job: Job) -> Escrow:
    return fund_escrow(job.id, by=people.brand)


RACES = {
    "approve and cancel": Race(
        {"reviewed": True},
        approve,
        cancel_by_staff,
        "",
        frozenset(
            {
                (("COMPLETED", "RELEASED"), "done", CompletedForGood.reason),
                (("CANCELED", "REFUNDED"), "WRONG_STATE CANCELED", "done"),
            }
        ),
    ),
    "approve and request changes": Race(
        {"reviewed": True},
        approve,
        ask_for_changes,
        "",
        frozenset(
            {
                (("COMPLETED", "RELEASED"), "done", "WRONG_STATE COMPLETED"),
                (("IN_PROGRESS", "FUNDED"), NothingSubmitted.reason, "done"),
            }
        ),
    ),
    "cancel and submit": Race(
        {},
        cancel_by_brand,
        submit,
        "",
        frozenset(
            {
                (("CANCELED", "REFUNDED"), "done", "WRONG_STATE CANCELED"),
                (("IN_REVIEW", "FUNDED"), OnlyStaffOnReview.reason, "done"),
            }
        ),
    ),
    "fund and cancel": Race(
        {"funded": False},
        fund,
        cancel_by_brand,
        "core_escrow",
        frozenset(
            {
                (("CANCELED", "REFUNDED"), "done", "done"),
                (("CANCELED", "VOIDED"), EscrowVoided.reason, "done"),
            }
        ),
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_two_who_meet_end_as_if_one_had_come_first(committed, name):
    race, people = RACES[name], People(committed)

    ends = [race.run(people) for _ in range(ROUNDS)]

    assert set(ends) <= race.ends


@pytest.mark.parametrize("name", RACES)
def test_without_the_lock_two_who_meet_end_as_no_order_explains(committed, name):
    race, people = RACES[name], People(committed)

    rounds = (race.control(people) for _ in range(CONTROL_ROUNDS))

    assert any(end not in race.ends for end in rounds)


def test_two_versions_delivered_at_once_are_two_and_one_waits(committed):
    people = People(committed)
    for _ in range(ROUNDS):
        job = people.deal()

        answers = meet(partial(submit, people, job), partial(submit, people, job))

        assert sorted(submission.version for submission in answers) == [1, 2]
        assert list(job.submissions.order_by("version").values_list("status", flat=True)) == ["SUPERSEDED", "SUBMITTED"]
        assert Event.objects.filter(type="SUBMISSION_SUBMITTED", aggregate=f"job:{job.id}").count() == 2


def test_without_the_lock_one_of_two_versions_is_lost(committed):
    people = People(committed)

    def loses_one() -> bool:
        job = people.deal()
        with without_locks():
            answers = meet(partial(submit, people, job), partial(submit, people, job), before="")
        return any(isinstance(answer, Exception) for answer in answers)

    assert any(loses_one() for _ in range(CONTROL_ROUNDS))


def test_eight_approvals_pay_once(committed):
    people = People(committed)
    job = people.deal(reviewed=True)
    paid_before = Account.objects.filter(owner=people.creator).values_list("balance_cents", flat=True).first() or 0

    answers = meet(*[partial(approve, people, job)] * 8)

    assert sorted(answer.released_before for answer in answers) == [False] + [True] * 7
    assert LedgerEntry.objects.filter(job=job, type="ESCROW_RELEASED").count() == 1
    assert LedgerEntry.objects.filter(job=job, type="COMMISSION_TAKEN").count() == 1
    assert Account.objects.get(owner=people.creator, currency="RUB").balance_cents == paid_before + 382_500
    assert Event.objects.filter(type="JOB_COMPLETED", aggregate=f"job:{job.id}").count() == 1
    assert BrandProfile.objects.get(user=people.brand).jobs_completed == 1
    assert CreatorProfile.objects.get(user=people.creator).jobs_completed == 1


def test_without_the_lock_eight_approvals_meet_an_error(committed):
    people = People(committed)
    job = people.deal(reviewed=True)

    with without_locks():
        answers = meet(*[partial(approve, people, job)] * 8, before="")

    assert any(isinstance(answer, Exception) for answer in answers)
