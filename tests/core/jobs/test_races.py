"""Commands about one job that meet; those about hiring and moderation are in tests/races."""

from functools import partial
from typing import Any

import pytest

from core.hiring.services import accept_application
from core.jobs.errors import NothingPending, OnlyDraft
from core.jobs.models import Job, JobRevision
from core.jobs.services import approve_job, edit_job, publish_job
from outbox.models import Event
from tests.meeting import meet, without_locks
from tests.world import World

pytestmark = pytest.mark.race

ROUNDS = 4
TITLE = "Review of our black tea"


def published(job: Job) -> int:
    """How often the outbox says that the job was published."""
    return Event.objects.filter(aggregate=f"job:{job.id}", type="JOB_PUBLISHED").count()


def publish_twice(world: World, *, before: str | None = None) -> tuple[Job, list[Any]]:
    job = world.draft_job()
    return job, meet(*[partial(publish_job, job.id, by=job.brand)] * 2, before=before)


def test_a_draft_is_published_once_by_two_clicks(committed):
    for _ in range(ROUNDS):
        job, answers = publish_twice(committed)

        assert sorted(type(answer) for answer in answers if isinstance(answer, Exception)) == [OnlyDraft]
        assert published(job) == 1


def test_without_the_lock_a_draft_is_published_twice(committed):
    with without_locks():
        job, _answers = publish_twice(committed, before="core_job")

    assert published(job) == 2


def test_a_deal_begins_with_the_text_that_was_approved_when_it_began(committed):
    for _ in range(ROUNDS):
        application = committed.application()
        job = application.job
        edit_job(job.id, by=job.brand, content={"title": TITLE})

        approved, accepted = meet(
            partial(approve_job, job.id, by=committed.moderator, content_version=2),
            partial(accept_application, job.id, application.id, by=job.brand),
        )

        assert not isinstance(accepted, Exception)
        adopted = not isinstance(approved, Exception)
        assert adopted or isinstance(approved, NothingPending)
        job.refresh_from_db()
        assert job.agreed_terms["title"] == job.title
        assert (job.title == TITLE) is adopted
        assert JobRevision.objects.get(job=job).status == ("APPROVED" if adopted else "SUPERSEDED")


def test_without_the_lock_a_deal_can_begin_with_another_text_than_its_job(committed):
    application = committed.application()
    job = application.job
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    with without_locks():
        meet(
            partial(approve_job, job.id, by=committed.moderator, content_version=2),
            partial(accept_application, job.id, application.id, by=job.brand),
            before="core_jobrevision",
        )

    job.refresh_from_db()
    assert job.agreed_terms is None or job.agreed_terms["title"] != job.title
