"""Who has to act on a job now, and whether the work is late."""

from collections.abc import Mapping
from typing import Any

from core.base import clock
from core.jobs.models import Job

Status, Moderation = Job.Status, Job.Moderation
BRAND, CREATOR, STAFF = "BRAND", "CREATOR", "STAFF"


def waiting_on(job: Mapping[str, Any]) -> str | None:
    """BRAND, CREATOR or STAFF; nobody once the job has ended.

    Reads `status`, `moderation_status`, `disputed_at` and, of a deal, `escrow_status`. Of a disputed deal the dispute says more.
    """
    status = job["status"]
    if status in (Status.COMPLETED, Status.CANCELED):
        return None
    if job["disputed_at"] is not None or (status, job["moderation_status"]) == (Status.PUBLISHED, Moderation.PENDING):
        return STAFF
    return CREATOR if status == Status.IN_PROGRESS and job["escrow_status"] == "FUNDED" else BRAND


def is_overdue(job: Mapping[str, Any]) -> bool:
    """Whether the creator should have delivered by now; never while a dispute is open. Reads `status`, `due_at`, `disputed_at`."""
    in_work = job["status"] == Status.IN_PROGRESS and job["disputed_at"] is None
    return in_work and job["due_at"] is not None and job["due_at"] < clock.now()
