"""Reviews."""

from core.deals.reviews import services as reviews
from tests.core.notifications.scenarios import Reminded, Scene, reminder, scenario
from tests.core.notifications.scenarios.deals import out_of_time

REASON = "It names a private address."


@scenario("REVIEW_WAITS")
def one_side_writes(world):
    job = world.completed_deal()
    return Scene(lambda: reviews.write_review(job.id, by=job.brand, rating=5), job=job, by=job.brand)


@scenario("REVIEW_RECEIVED")
def both_have_written(world):
    job = world.completed_deal()
    world.review(job=job)
    return Scene(lambda: reviews.write_review(job.id, by=job.active_creator, rating=5), job=job, people={"SUBJECT": _both(job)})


@scenario("REVIEW_RECEIVED")
def the_time_for_reviews_is_over(world):
    job = world.completed_deal()
    world.review(job=job)
    return Scene(out_of_time(world, job.id, "WRITE_REVIEWS"), job=job, people={"SUBJECT": [job.active_creator_id]})


@scenario("REVIEW_HIDDEN")
def a_moderator_hides_a_review(world):
    review = world.published_review()
    return Scene(lambda: reviews.hide_review(review.id, by=world.moderator, reason=REASON), people={"AUTHOR": [review.author_id]})


@scenario("REVIEW_RESTORED")
def a_moderator_brings_a_review_back(world):
    review = world.hidden_review()
    return Scene(lambda: reviews.unhide_review(review.id, by=world.moderator), people={"AUTHOR": [review.author_id]})


@reminder("WRITE_REVIEWS")
def nobody_has_written(world):
    job = world.completed_deal()
    return Reminded(job.id, _both(job))


def _both(job):
    return [job.brand_id, job.active_creator_id]
