"""Who may ask to be verified, and who decides."""

from core.people import services as people
from core.people.models import CreatorProfile
from tests.api.matrix import Stage, line, thing


@thing
def waiting_creator(stage: Stage) -> object:
    """A creator who waits for a moderator."""
    return stage.world.waiting_creator().creator_profile.id


@thing
def verified_profile(stage: Stage) -> object:
    """A creator whose verification can be revoked."""
    return CreatorProfile.objects.get(user=stage.world.verified_creator()).id


def request(stage: Stage) -> dict[str, str]:
    """Both creators of the stage have a code in their bio."""
    for creator in (stage.chosen, stage.creator):
        people.issue_verification_code(by=creator)
    return {"accountUrl": "https://www.tiktok.com/@anna"}


REASON = {"reason": "The code does not stand in the bio."}

LINES = [
    line("GET /api/creator/verification", people=403, creators=200),
    line("POST /api/creator/verification/generate", people=403, creators=200),
    line("POST /api/creator/verification/submit", body=request, people=403, creators=200),
    line("POST /api/creator/verification/request", body=request, people=403, creators=200),
    line("GET /api/admin/creators", people=403, moderator=200),
    line("POST /api/admin/creators/{waiting_creator}/verify", people=403, moderator=200),
    line("POST /api/admin/creators/{waiting_creator}/reject", body=REASON, people=403, moderator=200),
    line("POST /api/admin/creators/{verified_profile}/revoke", body=REASON, people=403, moderator=200),
]
