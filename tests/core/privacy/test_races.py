"""Somebody leaves at the moment at which somebody else hires them. One of the two comes second, and learns why."""

from typing import Any

import pytest

from core.base.errors import Refusal
from core.hiring.models import Application
from core.hiring.services import accept_application
from core.jobs.models import Job
from core.people.models import User
from core.privacy.services import erase_account
from tests.meeting import meet, without_locks
from tests.world import PASSWORD, World

pytestmark = pytest.mark.race

ROUNDS, CONTROL_ROUNDS = 3, 6
HIRED = ("IN_PROGRESS", False, "ACCOUNT_HAS_OBLIGATIONS", "done")
LEFT = ("PUBLISHED", True, "done", "APPLICATION_NOT_PENDING")


def learned(answer: Any) -> str:
    if isinstance(answer, Refusal):
        return answer.reason or answer.code
    return type(answer).__name__ if isinstance(answer, Exception) else "done"


def run(world: World, *, before: str | None = None) -> tuple[str, bool, str, str]:
    """Where the job stands, whether the creator is gone, and what each of the two learned."""
    application: Application = world.application()
    creator, brand = User.objects.get(id=application.creator_id), User.objects.get(id=application.job.brand_id)
    answers = meet(
        lambda: erase_account(by=creator, password=PASSWORD),
        lambda: accept_application(application.job_id, application.id, by=brand),
        before=before,
    )
    job = Job.objects.get(id=application.job_id)
    return job.status, User.objects.get(id=creator.id).erased_at is not None, learned(answers[0]), learned(answers[1])


def test_whoever_is_hired_stays_and_whoever_left_is_not_hired(committed: World) -> None:
    for _ in range(ROUNDS):
        assert run(committed) in (HIRED, LEFT)


def test_without_locks_somebody_is_hired_who_has_left(committed: World) -> None:
    with without_locks():
        ends = [run(committed, before="") for _ in range(CONTROL_ROUNDS)]

    assert any(end not in (HIRED, LEFT) for end in ends)


def test_leaving_twice_at_once_is_leaving_once(committed: World) -> None:
    creator = committed.creator()
    copies = User.objects.get(id=creator.id), User.objects.get(id=creator.id)

    answers = meet(*(lambda person=person: erase_account(by=person, password=PASSWORD) for person in copies))

    assert sorted(map(learned, answers)) == ["VALIDATION_ERROR", "done"]
