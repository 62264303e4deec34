"""Everybody hears what happens to them, and nobody what happens to others."""

from tests.api.matrix import line

LINES = [
    line("GET /api/events", people=200),
    line("GET /api/events/stream", people=200),
]
