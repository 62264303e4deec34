"""What happens to the things of a person whom staff shut out."""

import pytest

from core.audit.models import AuditEntry
from core.base.errors import Invalid
from core.hiring.errors import CreatorNotAvailable
from core.hiring.services import accept_application
from core.jobs.models import Job
from core.jobs.services import unpause_job
from core.people.models import User
from core.reports.services import block_person, unblock_person
from outbox.models import Event
from tests.core.jobs.traces import nothing_happens

REASON = "Takes creators away."


def test_the_published_jobs_of_a_blocked_brand_are_on_hold(world):
    brand = world.brand()
    live, waiting, draft = world.live_job(brand=brand), world.job(brand=brand), world.draft_job(brand=brand)
    running = world.deal(job=world.live_job(brand=brand))
    others = world.live_job()

    block_person(brand.id, by=world.moderator, reason=REASON)

    states = {job.id: job.status for job in Job.objects.filter(id__in=[live.id, waiting.id, draft.id, running.id, others.id])}
    assert states == {live.id: "PAUSED", waiting.id: "PAUSED", draft.id: "DRAFT", running.id: "IN_PROGRESS", others.id: "PUBLISHED"}
    assert Event.objects.filter(type="JOB_PAUSED", aggregate__in=[f"job:{live.id}", f"job:{waiting.id}"]).count() == 2
    entry = AuditEntry.objects.get(action="PERSON_BLOCKED", subject_id=str(brand.id))
    assert set(entry.after["jobsOnHold"]) == {str(live.id), str(waiting.id)}


def test_unblocked_the_brand_resumes_its_jobs_itself(world):
    job = world.live_job()
    block_person(job.brand_id, by=world.moderator, reason=REASON)

    unblock_person(job.brand_id, by=world.moderator)

    assert Job.objects.get(id=job.id).status == "PAUSED"
    assert unpause_job(job.id, by=User.objects.get(id=job.brand_id)).status == "PUBLISHED"


def test_a_blocked_creator_cannot_be_chosen(world):
    application = world.application()
    block_person(application.creator_id, by=world.moderator, reason=REASON)

    with nothing_happens(), pytest.raises(CreatorNotAvailable):
        accept_application(application.job_id, application.id, by=application.job.brand)


def test_a_refused_block_leaves_the_jobs_alone(world):
    job = world.live_job()

    with nothing_happens(), pytest.raises(Invalid):
        block_person(job.brand_id, by=world.moderator, reason="Spam.")


def test_the_number_of_jobs_does_not_matter(world, django_assert_max_num_queries):
    few, many = world.brand(), world.brand()
    world.live_job(brand=few)
    for _ in range(4):
        world.live_job(brand=many)
    by = world.moderator

    with django_assert_max_num_queries(12):
        block_person(few.id, by=by, reason=REASON)
    with django_assert_max_num_queries(12):
        block_person(many.id, by=by, reason=REASON)
