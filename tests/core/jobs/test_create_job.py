"""A brand writes a job: a draft, or one that waits for a moderator at once."""

from datetime import timedelta

import pytest

from core.base import clock
from core.base.errors import Forbidden, Invalid
from core.jobs.models import Job
from core.jobs.services import create_job
from core.people.errors import BrandProfileIncomplete
from core.people.models import BrandProfile
from tests.core.jobs.traces import audited, events, nothing_happens, told


def test_a_published_job_waits_for_a_moderator_who_is_told(world):
    moderator, brand = world.moderator, world.brand()

    job = create_job(by=brand, content=world.job_content(), publish=True)

    job.refresh_from_db()
    assert (job.status, job.moderation_status, job.is_live, job.awaits_moderation) == ("PUBLISHED", "PENDING", False, True)
    assert job.submitted_at is not None
    assert audited(job) == ["JOB_CREATED", "JOB_PUBLISHED"]
    assert moderator.id in told(job, "JOB_PUBLISHED")
    assert brand.id not in told(job, "JOB_PUBLISHED")
    (fact,) = events(job, "JOB_PUBLISHED")
    assert (fact["jobId"], fact["brandId"], fact["actorUserId"]) == (str(job.id), str(brand.id), str(brand.id))
    assert str(moderator.id) in fact["recipientUserIds"]


def test_a_draft_may_say_nothing_at_all_and_nobody_hears_of_it(world):
    brand = world.brand()

    job = create_job(by=brand, content={}, publish=False)

    job.refresh_from_db()
    assert (job.status, job.moderation_status, job.awaits_moderation) == ("DRAFT", "NONE", False)
    assert (job.languages, job.deliverables_count, job.currency) == (["ru"], 1, "RUB")
    assert audited(job) == ["JOB_CREATED"]
    assert not events(job, "JOB_PUBLISHED")


def test_a_brand_whose_profile_is_incomplete_may_keep_drafts_and_not_publish(world):
    brand = world.brand()
    BrandProfile.objects.filter(user=brand).update(description="")

    create_job(by=brand, content=world.job_content(), publish=False)

    with nothing_happens(), pytest.raises(BrandProfileIncomplete) as refused:
        create_job(by=brand, content=world.job_content(), publish=True)
    assert [entry["key"] for entry in refused.value.details["missing"]] == ["description"]


def test_texts_are_trimmed_and_lists_hold_everything_once(world):
    content = world.job_content(title="  Review of tea  ", content_formats=["REVIEW", "REVIEW", "SKETCH"], languages=["RU", "ru", "kk"])

    job = create_job(by=world.brand(), content=content, publish=True)

    job.refresh_from_db()
    assert (job.title, job.content_formats, job.languages) == ("Review of tea", ["REVIEW", "SKETCH"], ["ru", "kk"])


def test_a_date_counts_for_the_deadline_by_date_alone(world):
    job = create_job(by=world.brand(), content=world.job_content(deadline_date=clock.now() + timedelta(days=9)), publish=True)

    job.refresh_from_db()
    assert (job.deadline_type, job.deadline_date) == ("DAYS_3_5", None)


IMPOSSIBLE = {
    "title": "x" * 141,
    "description": "x" * 5_001,
    "notes": "x" * 1_501,
    "platform": "MYSPACE",
    "niche": "CARS",
    "rights_package": "ALL",
    "currency": "GBP",
    "deadline_type": "SOON",
    "music_policy": "LOUD",
    "content_formats": ["REVIEW", "POEM"],
    "languages": ["ru", "la"],
    "deliverables_count": 0,
    "video_duration_sec": 181,
    "usage_term_days": 6,
    "revision_rounds": 11,
    "revision_rounds_included": 3,
    "budget_min": 0,
    "budget_max": 100_000_001,
    "brief": {"text": "x" * 17_000},
}


@pytest.mark.parametrize("field", IMPOSSIBLE)
def test_what_cannot_be_is_refused_in_a_draft_too(world, field):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content={field: IMPOSSIBLE[field]}, publish=False)

    assert field.split("_")[0] in next(iter(refused.value.fields))


INCOMPLETE = {
    "title": ("Short", "title"),
    "platform": ("", "platform"),
    "niche": ("", "niche"),
    "usage_term_days": (None, "usageTermDays"),
    "budget_min": (None, "budgetMin"),
    "budget_max": (None, "budgetMax"),
    "deadline_type": ("", "deadlineType"),
}


@pytest.mark.parametrize("field", INCOMPLETE)
def test_what_a_draft_may_leave_open_a_published_job_has_to_say(world, field):
    brand, (value, path) = world.brand(), INCOMPLETE[field]
    content = world.job_content(**{field: value})

    create_job(by=brand, content=content, publish=False)

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content=content, publish=True)
    assert list(refused.value.fields) == [path]


@pytest.mark.parametrize("sign", ["\u200b", "\u2800", "\u3164", "\u0301", "\u202e"])
def test_a_title_that_nobody_can_see_is_no_title(world, sign):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content=world.job_content(title=sign * 9), publish=True)

    assert list(refused.value.fields) == ["title"]


def test_a_text_may_not_turn_the_writing_around_it(world):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content=world.job_content(title="Review \u202eof tea", notes="\u2066ab"), publish=True)

    assert set(refused.value.fields) == {"title", "notes"}


def test_nine_spaces_are_no_title(world):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content=world.job_content(title=" " * 9), publish=True)

    assert list(refused.value.fields) == ["title"]


def test_the_largest_budget_is_not_below_the_smallest(world):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content={"budget_min": 500, "budget_max": 499}, publish=False)

    assert list(refused.value.fields) == ["budgetMax"]


def test_no_more_rounds_are_included_than_there_are(world):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content={"revision_rounds": 1, "revision_rounds_included": 2}, publish=False)

    assert list(refused.value.fields) == ["revisionRoundsIncluded"]


@pytest.mark.parametrize("days", [None, -1, 0])
def test_a_job_by_a_date_needs_one_in_the_future(world, days):
    brand = world.brand()
    date = None if days is None else clock.now() + timedelta(days=days)

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content=world.job_content(deadline_type="DATE", deadline_date=date), publish=True)

    assert list(refused.value.fields) == ["deadlineDate"]


def test_every_fault_is_told_at_once(world):
    brand = world.brand()

    with nothing_happens(), pytest.raises(Invalid) as refused:
        create_job(by=brand, content={"title": "Tea", "budget_min": 0}, publish=True)

    assert {"title", "budgetMin", "budgetMax", "platform", "niche", "usageTermDays", "deadlineType"} == set(refused.value.fields)


@pytest.mark.parametrize("who", ["creator", "moderator"])
def test_only_brands_write_jobs(world, who):
    user = world.creator() if who == "creator" else world.moderator

    with nothing_happens(), pytest.raises(Forbidden):
        create_job(by=user, content=world.job_content(), publish=False)


def test_status_is_no_content(world):
    with pytest.raises(TypeError):
        create_job(by=world.brand(), content={"status": Job.Status.COMPLETED}, publish=False)
