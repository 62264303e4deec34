"""A draft goes to the moderators; a job is held, resumed and copied."""

from datetime import timedelta

import pytest
import time_machine

from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.jobs.errors import DeadlinePassed, HasCreator, OnlyDraft, OnlyPaused, OnlyPublished
from core.jobs.models import Job
from core.jobs.services import approve_job, create_job, duplicate_job, edit_job, pause_job, publish_job, unpause_job
from core.people.errors import BrandProfileIncomplete
from core.people.models import BrandProfile
from tests.core.jobs.traces import audited, events, nothing_happens, told


def test_a_whole_draft_is_published_and_waits(world):
    moderator, job = world.moderator, world.draft_job()

    publish_job(job.id, by=job.brand)

    job.refresh_from_db()
    assert (job.status, job.moderation_status) == ("PUBLISHED", "PENDING")
    assert audited(job) == ["JOB_CREATED", "JOB_PUBLISHED"]
    assert moderator.id in told(job, "JOB_PUBLISHED")
    assert len(events(job, "JOB_PUBLISHED")) == 1


def test_an_unfinished_draft_says_what_it_lacks(world):
    job = create_job(by=world.brand(), content={"title": "Review of tea"}, publish=False)

    with nothing_happens(), pytest.raises(Invalid) as refused:
        publish_job(job.id, by=job.brand)

    assert set(refused.value.fields) == {"platform", "niche", "usageTermDays", "budgetMin", "budgetMax", "deadlineType"}


def test_a_draft_whose_date_has_passed_is_not_published(world):
    job = world.draft_job(deadline_type="DATE", deadline_date=clock.now() + timedelta(days=2))

    with time_machine.travel(clock.now() + timedelta(days=3)), nothing_happens(), pytest.raises(Invalid) as refused:
        publish_job(job.id, by=job.brand)

    assert list(refused.value.fields) == ["deadlineDate"]


def test_a_brand_says_who_it_is_before_it_publishes(world):
    job = world.draft_job()
    BrandProfile.objects.filter(user=job.brand).update(description="")

    with nothing_happens(), pytest.raises(BrandProfileIncomplete):
        publish_job(job.id, by=Job.objects.get(id=job.id).brand)


@pytest.mark.parametrize("state", ["job", "live_job", "paused_job", "rejected_job", "accepted_job", "canceled_deal"])
def test_only_a_draft_is_published(world, state):
    job = getattr(world, state)()

    with nothing_happens(), pytest.raises(OnlyDraft):
        publish_job(job.id, by=job.brand)


COMMANDS = [publish_job, pause_job, unpause_job, duplicate_job]


@pytest.mark.parametrize("command", COMMANDS)
def test_another_brands_job_does_not_exist(world, command):
    job, stranger = world.live_job(), world.brand()

    with nothing_happens(), pytest.raises(NotFound):
        command(job.id, by=stranger)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_creator_runs_no_jobs(world, command):
    job, creator = world.live_job(), world.creator()

    with nothing_happens(), pytest.raises(Forbidden):
        command(job.id, by=creator)


def test_a_job_on_hold_is_out_of_the_feed_and_comes_back_as_it_was(world):
    job = world.live_job()
    live_at = job.live_at

    pause_job(job.id, by=job.brand)
    job.refresh_from_db()
    assert (job.status, job.moderation_status, job.is_live) == ("PAUSED", "APPROVED", False)

    unpause_job(job.id, by=job.brand)
    job.refresh_from_db()
    assert (job.status, job.is_live, job.live_at) == ("PUBLISHED", True, live_at)
    assert audited(job)[-2:] == ["JOB_PAUSED", "JOB_RESUMED"]
    assert (len(events(job, "JOB_PAUSED")), len(events(job, "JOB_RESUMED"))) == (1, 1)


def test_a_job_that_waits_leaves_the_queue_on_hold_and_keeps_its_place(world):
    job = world.job()

    pause_job(job.id, by=job.brand)
    job.refresh_from_db()
    assert not job.awaits_moderation

    unpause_job(job.id, by=job.brand)
    job.refresh_from_db()
    assert job.awaits_moderation


@pytest.mark.parametrize("state", ["draft_job", "paused_job"])
def test_only_a_published_job_is_held(world, state):
    job = getattr(world, state)()

    with nothing_happens(), pytest.raises(OnlyPublished):
        pause_job(job.id, by=job.brand)


@pytest.mark.parametrize("state", ["draft_job", "job", "live_job", "rejected_job"])
def test_only_a_job_on_hold_is_resumed(world, state):
    job = getattr(world, state)()

    with nothing_happens(), pytest.raises(OnlyPaused):
        unpause_job(job.id, by=job.brand)


@pytest.mark.parametrize("command", [pause_job, unpause_job])
@pytest.mark.parametrize("state", ["accepted_job", "reviewed_deal", "completed_deal"])
def test_a_job_with_a_creator_is_neither_held_nor_resumed(world, state, command):
    job = getattr(world, state)()

    with nothing_happens(), pytest.raises(HasCreator):
        command(job.id, by=job.brand)


def test_a_job_whose_date_has_passed_is_not_resumed(world):
    job = world.paused_job(deadline_type="DATE", deadline_date=clock.now() + timedelta(days=2))

    with time_machine.travel(clock.now() + timedelta(days=3)), nothing_happens(), pytest.raises(DeadlinePassed):
        unpause_job(job.id, by=job.brand)


def test_a_brand_says_who_it_is_before_it_resumes(world):
    job = world.paused_job()
    BrandProfile.objects.filter(user=job.brand).update(description="")

    with nothing_happens(), pytest.raises(BrandProfileIncomplete):
        unpause_job(job.id, by=Job.objects.get(id=job.id).brand)


def test_a_copy_is_a_draft_with_the_same_text(world):
    job = world.completed_deal()

    copy = duplicate_job(job.id, by=job.brand)

    copy.refresh_from_db()
    assert (copy.status, copy.moderation_status, copy.active_creator_id, copy.agreed_terms) == ("DRAFT", "NONE", None, None)
    assert all(getattr(copy, name) == getattr(job, name) for name in Job.CONTENT_FIELDS)
    assert audited(copy) == ["JOB_DUPLICATED"]


def test_a_copy_has_no_date_that_has_passed(world):
    job = world.live_job(deadline_type="DATE", deadline_date=clock.now() + timedelta(days=2))

    kept = duplicate_job(job.id, by=job.brand)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        dropped = duplicate_job(job.id, by=job.brand)

    assert (kept.deadline_date, dropped.deadline_date) == (job.deadline_date, None)


def test_a_copy_takes_the_approved_text_and_not_the_change_that_waits(world):
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": "Review of coffee"})

    assert duplicate_job(job.id, by=job.brand).title == job.title


def test_publishing_a_copy_asks_a_moderator_again(world):
    job = world.live_job()
    copy = duplicate_job(job.id, by=job.brand)

    publish_job(copy.id, by=job.brand)

    copy.refresh_from_db()
    assert (copy.moderation_status, copy.is_live) == ("PENDING", False)
    approve_job(copy.id, by=world.moderator, content_version=copy.content_version)
    copy.refresh_from_db()
    assert copy.is_live
