"""Who writes reviews, who reads them, and who takes them out of sight."""

from core.people.models import BrandProfile, CreatorProfile
from tests.api.matrix import Stage, line, thing

REVIEWED = "A creator of whom much is said"
REASON = {"reason": "It names a private address."}


def completed(stage: Stage) -> object:
    """A completed deal of the owner and the chosen creator."""
    return stage.world.completed_deal(job=stage.world.live_job(brand=stage.owner), creator=stage.chosen)


def of_a_completed_deal(stage: Stage) -> dict[str, object]:
    """What a party says of a fresh deal."""
    return {"jobId": str(completed(stage).id), "rating": 5, "text": "Good work."}


@thing
def published_review(stage: Stage) -> object:
    """What the owner says of the chosen creator."""
    return stage.world.published_review(job=completed(stage)).id


@thing
def hidden_review(stage: Stage) -> object:
    """What the owner said of the chosen creator, until a moderator saw it."""
    return stage.world.hidden_review(job=completed(stage)).id


@thing
def reviewed_creator(stage: Stage) -> object:
    """The page of a listed creator with as many reviews as they were given, one at least."""
    profile = CreatorProfile.objects.filter(display_name=REVIEWED).first()
    if profile is None:
        creator = stage.world.verified_creator(display_name=REVIEWED)
        stage.world.published_review(job=stage.world.completed_deal(creator=creator))
        profile = CreatorProfile.objects.get(user=creator)
    return profile.id


@thing
def reviewed_brand(stage: Stage) -> object:
    """The page of the owner, who has a review."""
    job = completed(stage)
    stage.world.published_review(job=job, by=stage.chosen)
    return BrandProfile.objects.get(user=stage.owner).id


MODERATORS = {"people": 403, "moderator": 200}

LINES = [
    line("POST /api/reviews", body=of_a_completed_deal, owner=201, chosen=201, brand=404, creator=404, staff=403),
    line("GET /api/reviews/pending", brands=200, creators=200, staff=403),
    line("GET /api/reviews/received", brands=200, creators=200, staff=403),
    line("GET /api/reviews/written", brands=200, creators=200, staff=403),
    line("GET /api/creators/{reviewed_creator}/reviews", everyone=200),
    line("GET /api/brands/{reviewed_brand}/reviews", everyone=200),
    line("GET /api/admin/reviews", **MODERATORS),
    line("POST /api/admin/reviews/{published_review}/hide", body=REASON, **MODERATORS),
    line("POST /api/admin/reviews/{hidden_review}/unhide", **MODERATORS),
]
