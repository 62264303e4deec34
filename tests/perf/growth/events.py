"""More events than anybody follows."""

import uuid
from typing import Any

from django.utils import timezone

from outbox.live import selectors
from outbox.live.steps import address
from outbox.models import Event
from tests.perf.growth import grows


@grows("GET /api/events")
def events_of_the_owner(stage: Any, count: int) -> None:
    newest = selectors.bounds().newest
    rows = Event.objects.bulk_create(
        Event(
            uid=uuid.uuid4(),
            position=newest + number,
            type="JOB_PUBLISHED",
            aggregate="job:grown",
            payload={},
            recipient_ids=[stage.owner.pk],
            actor_id=stage.owner.pk,
            occurred_at=timezone.now(),
        )
        for number in range(1, count + 1)
    )
    address([row.id for row in rows])
