"""Who may change a profile, and who may see it."""

from core.people.models import BrandProfile, CreatorProfile, PortfolioItem
from tests.api.matrix import Stage, line, thing
from tests.world import unique


@thing
def work(stage: Stage) -> object:
    """The one work in the portfolio of the chosen creator."""
    return PortfolioItem.objects.get(creator__user=stage.chosen).id


@thing
def listed_profile(stage: Stage) -> object:
    """A creator of the catalogue."""
    return CreatorProfile.objects.get(user=stage.world.verified_creator()).id


@thing
def unlisted_profile(stage: Stage) -> object:
    """The profile of the chosen creator, whom nobody has verified."""
    return CreatorProfile.objects.get(user=stage.chosen).id


@thing
def brand_profile(stage: Stage) -> object:
    """The owner's profile."""
    return BrandProfile.objects.get(user=stage.owner).id


def new_work(stage: Stage) -> dict[str, str]:
    return {"url": f"https://example.com/{unique('work')}"}


LINES = [
    line("GET /api/brand/profile", people=403, brands=200),
    line("PATCH /api/brand/profile", body={"city": "Tver"}, people=403, brands=200),
    line("POST /api/brand/profile", body={"city": "Tver"}, people=403, brands=200),
    line("GET /api/creator/profile", people=403, creators=200),
    line("PATCH /api/creator/profile", body={"city": "Tver"}, people=403, creators=200),
    line("POST /api/creator/profile", body={"city": "Tver"}, people=403, creators=200),
    line("GET /api/creator/portfolio", people=403, creators=200),
    line("POST /api/creator/portfolio", body=new_work, people=403, creators=201),
    line("PATCH /api/creator/portfolio/{work}", body={"title": "Tea"}, people=403, creators=404, chosen=200),
    line("DELETE /api/creator/portfolio/{work}", people=403, creators=404, chosen=200),
    line("GET /api/creators", everyone=200),
    line("GET /api/creators/{listed_profile}", everyone=200),
    line("GET /api/creators/{unlisted_profile}", everyone=404, chosen=200, moderator=200),
    line("GET /api/brands/{brand_profile}", everyone=200),
]
