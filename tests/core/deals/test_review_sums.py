"""What profiles say of reviews is what a fresh count says, whatever happened, and in whatever order."""

import random
from functools import partial
from typing import Any

import pytest
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from core.base.errors import Refusal
from core.deals.reviews import steps
from core.deals.reviews.models import Review
from core.deals.reviews.services import hide_review, publish_reviews_by_timer, unhide_review, write_review
from core.jobs.models import Job
from core.people.models import BrandProfile, CreatorProfile, User
from core.people.profiles.steps import Stars
from tests.meeting import meet, without_locks
from tests.world import World

REASON = "It names a private address."
ROUNDS, CONTROL_ROUNDS = 4, 6


def profile_of(user: User) -> BrandProfile | CreatorProfile:
    model = BrandProfile if user.role == "BRAND" else CreatorProfile
    return model.objects.get(user=user)


def kept(user: User) -> tuple[int, int]:
    """What the profile says."""
    profile = profile_of(user)
    return profile.rating_sum, profile.rating_count


def counted(user: User) -> tuple[int, int]:
    """What the reviews say."""
    shown = Review.objects.filter(subject=user, published_at__isnull=False, hidden_at=None)
    found = shown.aggregate(stars=Coalesce(Sum("rating"), 0), reviews=Count("id"))
    return found["stars"], found["reviews"]


class History:
    """Random acts on the reviews of a few people."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.people = [world.brand(), world.brand(), world.creator(), world.creator()]
        brands, creators = self.people[:2], self.people[2:]
        self.jobs = [world.completed_deal(job=world.live_job(brand=brand), creator=creator) for brand in brands for creator in creators]
        self.done: set[str] = set()

    def step(self) -> None:
        act = self.random.choice([self.write, self.write, self.close, self.hide, self.unhide])
        try:
            act()
        except Refusal:
            return
        self.done.add(act.__name__)

    def write(self) -> None:
        job = self.random.choice(self.jobs)
        author = self.random.choice([job.brand, job.active_creator])
        write_review(job.id, by=author, rating=self.random.randint(1, 5))

    def close(self) -> None:
        job = self.random.choice(self.jobs)
        if self.random.random() < 0.3:
            self.world.run_out(job.id, "WRITE_REVIEWS")
        publish_reviews_by_timer(job.id, by=User.objects.system())

    def hide(self) -> None:
        hide_review(self.any_review(), by=self.world.moderator, reason=REASON)

    def unhide(self) -> None:
        unhide_review(self.any_review(), by=self.world.moderator)

    def any_review(self) -> Any:
        ids = sorted(Review.objects.filter(job__in=self.jobs).values_list("id", flat=True))
        return self.random.choice(ids) if ids else "0199f0c0-0000-7000-8000-00000000dead"


@pytest.mark.parametrize("seed", range(8))
def test_profiles_say_what_the_reviews_say_after_every_step(world, seed):
    history = History(world, seed)

    for _ in range(40):
        history.step()
        for person in history.people:
            assert kept(person) == counted(person)

    assert {"write", "hide"} <= history.done


# ── At the same moment ───────────────────────────────────────────────────────────────────────────────────────────────


def write(job: Job, by: User) -> Any:
    return write_review(job.id, by=by, rating=4)


def one_sided(world: World, creator: User, count: int) -> list[Job]:
    """Deals of this creator about which the creator has written already."""
    jobs = [world.completed_deal(creator=creator) for _ in range(count)]
    for job in jobs:
        write(job, by=creator)
    return jobs


@pytest.mark.race
def test_reviews_of_one_person_that_come_at_once_are_all_counted(committed):
    for _ in range(ROUNDS):
        creator = committed.creator()
        jobs = one_sided(committed, creator, 4)

        answers = meet(*[partial(write, job, job.brand) for job in jobs])

        assert all(isinstance(answer, Review) for answer in answers), answers
        assert kept(creator) == counted(creator) == (16, 4)


def reads_then_writes(changes: Any) -> None:
    """How the sums would be kept without the care of the database."""
    for change in list(changes):
        profile = profile_of(User.objects.get(id=change.user_id))
        profile.rating_sum += change.stars
        profile.rating_count += change.reviews
        profile.store("rating_sum", "rating_count")


@pytest.mark.race
def test_sums_that_are_read_and_written_back_lose_reviews(committed, monkeypatch):
    monkeypatch.setattr(steps, "count_stars", reads_then_writes)

    def loses() -> bool:
        creator = committed.creator()
        jobs = one_sided(committed, creator, 4)
        meet(*[partial(write, job, job.brand) for job in jobs], before="core_creatorprofile")
        return kept(creator) != counted(creator)

    lost = any(loses() for _ in range(CONTROL_ROUNDS))

    repair()
    assert lost


def repair() -> None:
    """What the control has spoiled for good is right again: the rows stay."""
    for model in (BrandProfile, CreatorProfile):
        for profile in model.objects.exclude(rating_count=0):
            stars, reviews = counted(profile.user)
            model.objects.filter(id=profile.id).update(rating_sum=stars, rating_count=reviews)


@pytest.mark.race
def test_two_who_write_at_once_are_both_published(committed):
    for _ in range(ROUNDS):
        job = committed.completed_deal()

        answers = meet(partial(write, job, job.brand), partial(write, job, job.active_creator))

        assert all(isinstance(answer, Review) for answer in answers), answers
        assert [review.is_shown for review in Review.objects.filter(job=job)] == [True, True]
        assert kept(job.brand) == kept(job.active_creator) == (4, 1)


@pytest.mark.race
def test_without_the_lock_two_who_write_at_once_wait_for_each_other(committed):
    def both_stay_blind() -> bool:
        job = committed.completed_deal()
        with without_locks():
            meet(partial(write, job, job.brand), partial(write, job, job.active_creator), before="core_review")
        return not Review.objects.filter(job=job, published_at__isnull=False).exists()

    assert any(both_stay_blind() for _ in range(CONTROL_ROUNDS))


@pytest.mark.race
def test_eight_times_the_same_review_is_one(committed):
    job = committed.completed_deal()

    answers = meet(*[partial(write, job, job.brand)] * 8)

    assert sum(isinstance(answer, Review) for answer in answers) == 1
    assert {getattr(answer, "reason", "") for answer in answers if not isinstance(answer, Review)} == {"ALREADY_REVIEWED"}
    assert Review.objects.filter(job=job).count() == 1


def hide(review: Review, by: User) -> Any:
    return hide_review(review.id, by=by, reason=REASON)


def close(job: Job) -> Any:
    return publish_reviews_by_timer(job.id, by=User.objects.system())


def blind_and_over(world: World) -> Review:
    """A blind review whose time has run out."""
    job = world.completed_deal()
    review = write(job, by=job.brand)
    world.run_out(job.id, "WRITE_REVIEWS")
    return review


@pytest.mark.race
def test_a_review_that_is_hidden_while_it_is_published_does_not_count(committed):
    moderator = committed.moderator
    for _ in range(ROUNDS):
        review = blind_and_over(committed)

        answers = meet(partial(hide, review, moderator), partial(close, review.job))

        assert not any(isinstance(answer, Exception) for answer in answers), answers
        assert kept(review.subject) == counted(review.subject) == (0, 0)


@pytest.mark.race
def test_without_locks_a_hidden_review_is_counted(committed):
    moderator = committed.moderator

    def is_counted() -> bool:
        review = blind_and_over(committed)
        with without_locks():
            meet(partial(hide, review, moderator), partial(close, review.job), before="core_review")
        return kept(review.subject) != counted(review.subject)

    lost = any(is_counted() for _ in range(CONTROL_ROUNDS))

    repair()
    assert lost


def test_a_change_names_a_person_once(world):
    """What the statement behind it relies on."""
    review = world.published_review()

    steps.count_stars([Stars(review.subject_id, stars=0, reviews=0)])

    assert kept(review.subject) == counted(review.subject)
