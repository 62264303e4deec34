"""More jobs and applications than anybody reads."""

from typing import Any

from core.base import clock
from core.base.ids import uuid7
from core.hiring.models import Application
from core.jobs.models import Job, JobRevision
from core.people.models import CreatorProfile, PortfolioItem, User
from tests.api.matrix.hiring import BUSY, CROWD
from tests.api.matrix.jobs import CONTENT
from tests.perf.growth import grows

TEXT = {
    "title": CONTENT["title"],
    "platform": "TIKTOK",
    "niche": "FOOD",
    "usage_term_days": 90,
    "budget_min": 3000,
    "budget_max": 5000,
    "deadline_type": "DAYS_3_5",
}


def jobs(brand: User, count: int, **state: Any) -> list[Job]:
    """So many jobs of this brand in this state."""
    now = clock.now()
    return Job.objects.bulk_create(Job(brand=brand, live_at=now, submitted_at=now, **TEXT, **state) for _ in range(count))


@grows("GET /api/jobs")
def live_jobs(stage: Any, count: int) -> None:
    jobs(stage.brand, count, status="PUBLISHED", moderation_status="APPROVED")


@grows("GET /api/brand/jobs")
def jobs_of_the_owner(stage: Any, count: int) -> None:
    jobs(stage.owner, count, status="PAUSED", moderation_status="APPROVED")


@grows("GET /api/creator/jobs")
def deals_of_the_chosen(stage: Any, count: int) -> None:
    state = {"status": "CANCELED", "moderation_status": "APPROVED", "agreed_terms": {}, "started_at": clock.now()}
    jobs(stage.owner, count, active_creator=stage.chosen, **state)


@grows("GET /api/admin/jobs")
def queue(stage: Any, count: int) -> None:
    """Half of it new jobs, half changes of approved ones."""
    jobs(stage.owner, count // 2, status="PUBLISHED", moderation_status="PENDING")
    changed = jobs(stage.owner, count - count // 2, status="PUBLISHED", moderation_status="APPROVED", has_pending_revision=True)
    JobRevision.objects.bulk_create(JobRevision(job=job, version=2, content=TEXT | {"title": "Another title"}) for job in changed)


@grows("GET /api/jobs/{pk}/applications")
def crowd(stage: Any, count: int) -> None:
    """So many more creators who apply to every `busy_job`, those that stand already and those to come."""
    people = User.objects.bulk_create(User(email=f"{CROWD}{uuid7()}@example.com", role="CREATOR", password="!") for _ in range(count))
    profiles = CreatorProfile.objects.bulk_create(CreatorProfile(user=person, display_name="Vera") for person in people)
    PortfolioItem.objects.bulk_create(
        PortfolioItem(creator=profile, url=f"https://example.com/{place}", position=place) for profile in profiles for place in range(3)
    )
    for job in Job.objects.filter(title=BUSY):
        Application.objects.bulk_create(Application(job=job, creator=person, message="Me!") for person in people)


@grows("GET /api/applications")
def applications_of_the_chosen(stage: Any, count: int) -> None:
    made = jobs(stage.owner, count, status="PUBLISHED", moderation_status="APPROVED")
    for creator in (stage.chosen, stage.creator):
        Application.objects.bulk_create(Application(job=job, creator=creator, price_quote=100) for job in made)
