"""Who may ask how the marketplace is."""

from tests.api.matrix import line

# These routes look at no token, so that a monitor is never turned away.
LINES = [
    line("GET /api/schema", everyone=200, blocked=200),
    line("GET /api/health", everyone=200, blocked=200),
    line("GET /api/health/live", everyone=200, blocked=200),
]
