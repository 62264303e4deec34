"""More invitations than anybody answers."""

from datetime import timedelta
from typing import Any

from core.base import clock
from core.hiring.models import Invitation
from tests.perf.growth import grows
from tests.perf.growth.jobs import jobs


@grows("GET /api/invitations")
def invitations_of_the_chosen(stage: Any, count: int) -> None:
    made = jobs(stage.owner, count, status="PUBLISHED", moderation_status="APPROVED")
    ends = {"again_at": clock.now() + timedelta(days=2), "expires_at": clock.now() + timedelta(days=7)}
    Invitation.objects.bulk_create(Invitation(job=job, brand=stage.owner, creator=stage.chosen, **ends) for job in made)
