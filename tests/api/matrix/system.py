"""Who may ask how the marketplace is."""

from outbox import pulse
from tests.api.matrix import Stage, line


def worker_lives(stage: Stage) -> None:
    """The worker was seen a moment ago."""
    pulse.beat()


# These routes look at no token, so that a monitor is never turned away.
LINES = [
    line("GET /api/schema", everyone=200, blocked=200),
    line("GET /api/health", everyone=200, blocked=200),
    line("GET /api/health/live", everyone=200, blocked=200),
    line("GET /api/health/ready", body=worker_lives, everyone=200, blocked=200),
    line("GET /api/health/worker", body=worker_lives, everyone=200, blocked=200),
]
