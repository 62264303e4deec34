"""Facts about alerts."""

import dataclasses
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobAlertMatched(Event):
    """A live job is what this creator waits for; told once for each job, whatever number of alerts found it."""

    job_id: UUID
    alert_id: UUID
    creator_user_id: UUID
