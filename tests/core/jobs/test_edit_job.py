"""A brand changes its text. What a moderator has approved stays public until a moderator approves the change."""

from datetime import timedelta

import pytest

from core.base import clock
from core.base.errors import Forbidden, Invalid, NotFound
from core.jobs import content as contents
from core.jobs.errors import HasCreator, JobClosed
from core.jobs.models import JobRevision
from core.jobs.services import edit_job, resubmit_job, rewrite_job
from tests.core.jobs.traces import audited, events, nothing_happens, told

TITLE = "Review of our black tea"


def revisions(job) -> list[tuple[int, str]]:
    return list(JobRevision.objects.filter(job=job).order_by("version").values_list("version", "status"))


def test_a_draft_changes_at_once_and_silently(world):
    job = world.draft_job()

    edit_job(job.id, by=job.brand, content={"title": "T"})

    job.refresh_from_db()
    assert (job.title, job.content_version) == ("T", 2)
    assert audited(job)[-1] == "JOB_EDITED"
    assert not events(job, "JOB_UPDATED")


def test_a_job_that_waits_changes_at_once_under_a_new_number_and_keeps_its_place(world):
    job = world.job()

    edit_job(job.id, by=job.brand, content={"title": TITLE})

    submitted_at = job.submitted_at
    job.refresh_from_db()
    assert (job.title, job.content_version, job.moderation_status, job.submitted_at) == (TITLE, 2, "PENDING", submitted_at)
    assert revisions(job) == []
    assert len(events(job, "JOB_UPDATED")) == 1


def test_a_rejected_job_stays_rejected_until_it_is_resubmitted(world):
    job = world.rejected_job()

    edit_job(job.id, by=job.brand, content={"title": TITLE})

    job.refresh_from_db()
    assert (job.title, job.content_version, job.moderation_status) == (TITLE, 2, "REJECTED")
    assert not job.awaits_moderation


@pytest.mark.parametrize("state", ["live_job", "paused_job"])
def test_the_approved_text_stays_while_its_change_waits(world, state):
    job = getattr(world, state)()
    title, status = job.title, job.status

    edit_job(job.id, by=job.brand, content={"title": TITLE, "budget_max": 9_000})

    job.refresh_from_db()
    assert (job.title, job.budget_max, job.status, job.moderation_status) == (title, 5_000, status, "APPROVED")
    assert (job.content_version, job.has_pending_revision, job.awaits_moderation) == (1, True, True)
    assert revisions(job) == [(2, "PENDING")]
    revision = JobRevision.objects.get(job=job)
    assert contents.thaw(revision.content) == contents.of(job) | {"title": TITLE, "budget_max": 9_000}
    assert world.moderator.id in told(job, "MODERATION_RESUBMITTED")
    assert (len(events(job, "JOB_UPDATED")), len(events(job, "JOB_MODERATION_RESUBMITTED"))) == (1, 1)


def test_a_second_change_is_made_to_the_first_and_replaces_it(world):
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    edit_job(job.id, by=job.brand, content={"budget_max": 9_000})

    assert revisions(job) == [(2, "SUPERSEDED"), (3, "PENDING")]
    newest = JobRevision.objects.get(job=job, status="PENDING")
    assert (newest.content["title"], newest.content["budget_max"]) == (TITLE, 9_000)


def test_going_back_to_the_approved_text_takes_the_change_back(world):
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    edit_job(job.id, by=job.brand, content={"title": job.title})

    job.refresh_from_db()
    assert revisions(job) == [(2, "SUPERSEDED")]
    assert (job.has_pending_revision, job.awaits_moderation) == (False, False)


@pytest.mark.parametrize("state", ["draft_job", "job", "live_job", "rejected_job", "paused_job"])
def test_a_change_that_changes_nothing_leaves_no_trace(world, state):
    job = getattr(world, state)(description="", notes="", languages=["ru", "kk"])
    same = {
        "title": f"  {job.title} ",
        "description": None,
        "notes": "",
        "music_policy": None,
        "languages": ["RU", "kk", "ru"],
        "deadline_date": clock.now() + timedelta(days=3),
        "brief": {},
    }

    with nothing_happens():
        edit_job(job.id, by=job.brand, content=same)


def test_a_change_that_repeats_the_waiting_one_leaves_no_trace(world):
    job = world.live_job(deadline_type="DATE", deadline_date=clock.now() + timedelta(days=3))
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    with nothing_happens():
        edit_job(job.id, by=job.brand, content={"title": TITLE, "deadline_date": job.deadline_date})


def test_rewriting_forgets_what_is_not_named_except_the_brief(world):
    job = world.draft_job(needs_posting=True, notes="Smile.", brief={"tone": "warm"})

    rewrite_job(job.id, by=job.brand, content={"title": TITLE})

    job.refresh_from_db()
    assert (job.title, job.platform, job.needs_posting, job.notes, job.languages) == (TITLE, "", False, "", ["ru"])
    assert job.brief == {"tone": "warm"}


def test_rewriting_a_live_job_with_its_own_text_leaves_no_trace(world):
    job = world.live_job()
    text = {name: value for name, value in contents.of(job).items() if name != "brief"}

    with nothing_happens():
        rewrite_job(job.id, by=job.brand, content=text)


@pytest.mark.parametrize("state", ["job", "live_job", "paused_job", "rejected_job"])
def test_a_published_job_cannot_lose_what_it_must_say(world, state):
    job = getattr(world, state)()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        edit_job(job.id, by=job.brand, content={"platform": "", "budget_min": None})

    assert set(refused.value.fields) == {"platform", "budgetMin"}


@pytest.mark.parametrize("edit", [edit_job, rewrite_job])
@pytest.mark.parametrize(
    ("state", "refusal"),
    [("accepted_job", HasCreator), ("reviewed_deal", HasCreator), ("completed_deal", JobClosed), ("canceled_deal", JobClosed)],
)
def test_the_text_of_a_deal_is_settled(world, edit, state, refusal):
    job = getattr(world, state)()

    with nothing_happens(), pytest.raises(refusal):
        edit(job.id, by=job.brand, content={"title": TITLE})


@pytest.mark.parametrize("edit", [edit_job, rewrite_job])
def test_nobody_edits_what_is_not_theirs(world, edit):
    job, stranger, creator, moderator = world.live_job(), world.brand(), world.creator(), world.moderator

    with nothing_happens():
        with pytest.raises(NotFound):
            edit(job.id, by=stranger, content={"title": TITLE})
        for outsider in (creator, moderator):
            with pytest.raises(Forbidden):
                edit(job.id, by=outsider, content={"title": TITLE})


def test_a_rejected_text_is_changed_and_read_again(world):
    job = world.rejected_job()
    edit_job(job.id, by=job.brand, content={"title": TITLE})

    resubmit_job(job.id, by=job.brand)

    job.refresh_from_db()
    assert (job.moderation_status, job.moderation_reason, job.awaits_moderation) == ("PENDING", "", True)
