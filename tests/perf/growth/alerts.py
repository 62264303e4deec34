"""More alerts than a creator may keep, and more jobs than one can find."""

from typing import Any

from core.base.ids import uuid7
from core.jobs.alerts.models import AlertHit, JobAlert
from tests.api.matrix.alerts import found_alert
from tests.perf.growth import grows
from tests.perf.growth.jobs import jobs


@grows("GET /api/alerts")
def alerts_of_everybody(stage: Any, count: int) -> None:
    for creator in (stage.chosen, stage.creator):
        JobAlert.objects.bulk_create(JobAlert(creator=creator, name=f"Alert {uuid7()}", niche="FOOD") for _ in range(count))


@grows("GET /api/alerts/{pk}/hits")
def found_jobs(stage: Any, count: int) -> None:
    alert = JobAlert.objects.get(id=found_alert(stage))
    because = [{"criterion": "NICHE", "values": ["FOOD"]}]
    found = jobs(stage.owner, count, status="PUBLISHED", moderation_status="APPROVED")
    AlertHit.objects.bulk_create(
        AlertHit(alert=alert, job=job, creator_id=alert.creator_id, matched_because=because, told=True) for job in found
    )
