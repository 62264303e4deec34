"""Moderators who reach for the same case at the same moment, and a decision that is undone as its minute ends."""

from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import pytest

from core.base.vocabulary import Queue
from core.desk.claims import steps as claims
from core.desk.claims.errors import CaseTaken
from core.desk.claims.models import Claim
from core.desk.claims.selectors import free
from core.desk.rulings.errors import BeingDecided
from core.desk.rulings.models import Ruling
from core.jobs.models import Job
from core.jobs.moderation.cases import rule_on_job, take_job, take_next_job
from core.rules.reasons.selectors import checklist
from tests.meeting import meet, without_locks
from tests.world import World

pytestmark = pytest.mark.race

ROUNDS = 4
PEOPLE = 4


def only(*jobs: Job):
    """The queue as if nothing but these jobs were in it: committed rows of other tests stay."""
    ids = [job.id for job in jobs]
    rows = Job.objects.filter(id__in=ids).order_by("id")
    return patch("core.jobs.moderation.queue.next_of", lambda _part, _user: free(rows, Queue.JOBS))


def test_everybody_who_takes_the_next_case_gets_another_one(committed: World):
    staff = [committed.staff("moderator") for _ in range(PEOPLE)]
    for _ in range(ROUNDS):
        jobs = [committed.job() for _ in staff]

        with only(*jobs):
            taken = meet(*[partial(take_next_job, by=person) for person in staff])

        assert {job.id for job in taken} == {job.id for job in jobs}
        held = dict(Claim.objects.filter(subject_id__in=[job.id for job in jobs]).values_list("subject_id", "holder_id"))
        assert held == {job.id: person.id for job, person in zip(taken, staff, strict=True)}


@contextmanager
def a_claim_that_looks_first():
    """The claim is written over whatever stands there, as by somebody who has looked and found the case free."""
    with patch.object(claims, "TAKE", claims.TAKE.partition("WHERE claim.holder_id")[0] + "RETURNING claim.id"):
        yield


def test_without_the_lock_and_the_condition_two_people_hold_one_case(committed: World):
    job, anna, boris = committed.job(), committed.staff("moderator"), committed.staff("moderator")

    with without_locks(), a_claim_that_looks_first():
        answers = meet(*[partial(take_job, job.id, by=person) for person in (anna, boris)], before="core_claim")

    assert not any(isinstance(answer, Exception) for answer in answers)


def test_one_of_two_takes_a_case_and_the_other_is_told(committed: World):
    for _ in range(ROUNDS):
        job, people = committed.job(), [committed.staff("moderator") for _ in range(2)]

        answers = meet(*[partial(take_job, job.id, by=person) for person in people])

        assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [CaseTaken]


def test_two_decisions_about_one_case_are_one(committed: World):
    checks = [item.code for item in checklist(Queue.JOBS)]
    for _ in range(ROUNDS):
        job, people = committed.job(), [committed.staff("moderator") for _ in range(2)]

        answers = meet(*[partial(rule_on_job, job.id, by=by, kind="APPROVE", content_version=1, checks=checks) for by in people])

        assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [BeingDecided]
        assert Ruling.objects.filter(subject_id=job.id).count() == 1
