"""Who may ask how the marketplace is."""

from django.db.models.functions import Now

from outbox import pulse
from outbox.models import Event
from tests.api.matrix import Stage, line


def worker_lives(stage: Stage) -> None:
    """The worker was seen a moment ago, and no event waits for long: the stage is never committed, so nobody gives it places."""
    pulse.beat()
    Event.objects.filter(position=None).update(occurred_at=Now())


# These routes look at no token, so that a monitor is never turned away.
LINES = [
    line("GET /api/schema", everyone=200, blocked=200),
    line("GET /api/health", everyone=200, blocked=200),
    line("GET /api/health/live", everyone=200, blocked=200),
    line("GET /api/health/ready", body=worker_lives, everyone=200, blocked=200),
    line("GET /api/health/worker", body=worker_lives, everyone=200, blocked=200),
]
