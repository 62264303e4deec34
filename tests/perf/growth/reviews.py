"""People with very many deals behind them."""

from typing import Any

from core.base import clock
from core.deals.reviews.models import Review
from core.jobs.models import Job
from core.people.models import BrandProfile, CreatorProfile, User
from core.timers.models import Timer
from tests.api.matrix.reviews import reviewed_brand, reviewed_creator
from tests.perf.growth import grows

# Who is asked by the lines of the matrix: the first person whom they let in.


def past_deals(brand: User, creator: User, count: int, template: Job) -> list[Job]:
    """So many more completed deals of these two, written in bulk; each may still be reviewed."""
    jobs = Job.objects.bulk_create(
        Job(
            **{name: getattr(template, name) for name in Job.CONTENT_FIELDS},
            brand=brand,
            active_creator=creator,
            status="COMPLETED",
            moderation_status="APPROVED",
            live_at=clock.now(),
            agreed_terms=template.agreed_terms,
            completed_at=clock.now(),
        )
        for _ in range(count)
    )
    now = clock.now()
    Timer.objects.bulk_create(
        Timer(kind="WRITE_REVIEWS", subject_id=job.id, job=job, started_at=now, due_at=now.replace(year=now.year + 1)) for job in jobs
    )
    return jobs


def reviews_of(jobs: list[Job], *, author: User, subject: User) -> None:
    now = clock.now()
    Review.objects.bulk_create(
        Review(job=job, author=author, subject=subject, rating=5, text="Good work.", published_at=now) for job in jobs
    )


def deals_of_the_stage(stage: Any, count: int) -> list[Job]:
    template = stage.world.completed_deal(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen)
    return past_deals(stage.owner, stage.chosen, count, template)


@grows("GET /api/reviews/pending")
def unwritten_reviews(stage: Any, count: int) -> None:
    deals_of_the_stage(stage, count)


@grows("GET /api/reviews/received")
def reviews_of_the_owner(stage: Any, count: int) -> None:
    reviews_of(deals_of_the_stage(stage, count), author=stage.chosen, subject=stage.owner)


@grows("GET /api/reviews/written", "GET /api/admin/reviews")
def reviews_by_the_owner(stage: Any, count: int) -> None:
    reviews_of(deals_of_the_stage(stage, count), author=stage.owner, subject=stage.chosen)


@grows("GET /api/brands/{pk}/reviews")
def reviews_of_a_brand(stage: Any, count: int) -> None:
    brand = BrandProfile.objects.get(id=reviewed_brand(stage)).user
    reviews_of(deals_of_the_stage(stage, count), author=stage.chosen, subject=brand)


@grows("GET /api/creators/{pk}/reviews")
def reviews_of_a_creator(stage: Any, count: int) -> None:
    creator = CreatorProfile.objects.get(id=reviewed_creator(stage)).user
    template = stage.world.completed_deal(job=stage.world.live_job(brand=stage.owner), creator=creator)
    reviews_of(past_deals(stage.owner, creator, count, template), author=stage.owner, subject=creator)
