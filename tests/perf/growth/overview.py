"""More deals than anybody follows, and more jobs than anybody finds."""

from typing import Any

from core.base import clock
from tests.perf.growth import grows
from tests.perf.growth.jobs import jobs


@grows("GET /api/deals", "GET /api/deals/counters", "GET /api/home")
def deals_in_work(stage: Any, count: int) -> None:
    state = {"status": "IN_PROGRESS", "moderation_status": "APPROVED", "agreed_terms": {}, "started_at": clock.now()}
    jobs(stage.owner, count, active_creator=stage.chosen, **state)


@grows("GET /api/search")
def jobs_to_find(stage: Any, count: int) -> None:
    jobs(stage.owner, count, status="PUBLISHED", moderation_status="APPROVED", description="tea")
