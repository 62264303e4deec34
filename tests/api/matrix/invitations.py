"""Who may do what with invitations."""

from datetime import timedelta
from typing import Any

import time_machine

from core.base import clock
from tests.api.matrix import Stage, line, thing


@thing
def invitation(stage: Stage) -> object:
    """An invitation of `chosen` to a job of the owner."""
    creator = stage.world.verified(stage.chosen)
    return stage.world.invitation(job=stage.world.live_job(brand=stage.owner), creator=creator).id


@thing
def old_invitation(stage: Stage) -> object:
    """The same, sent so long ago that the brand may ask again."""
    job, creator = stage.world.live_job(brand=stage.owner), stage.world.verified(stage.chosen)
    with time_machine.travel(clock.now() - timedelta(days=3)):
        return stage.world.invitation(job=job, creator=creator).id


def asked(stage: Stage) -> dict[str, Any]:
    """A job of the owner, and `chosen` to do it."""
    creator = stage.world.verified(stage.chosen)
    return {"jobId": str(stage.world.live_job(brand=stage.owner).id), "creatorId": str(stage.world.profile_id(creator))}


LINES = [
    line("POST /api/invitations", body=asked, owner=201, brand=404, creators=403, staff=403),
    line("GET /api/invitations", brands=200, creators=200, staff=403),
    line("GET /api/invitations/{invitation}", owner=200, brand=404, chosen=200, creator=404, staff=403),
    line("POST /api/invitations/{invitation}/accept", body={"priceQuote": 4500}, brands=403, chosen=200, creator=404, staff=403),
    line("POST /api/invitations/{invitation}/decline", brands=403, chosen=200, creator=404, staff=403),
    line("POST /api/invitations/{invitation}/withdraw", owner=200, brand=404, creators=403, staff=403),
    line("POST /api/invitations/{old_invitation}/resend", owner=200, brand=404, creators=403, staff=403),
]
