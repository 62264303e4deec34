"""Everybody has notices, and nobody sees those of others."""

from core.notifications.models import Notification
from core.notifications.steps import notify
from tests.api.matrix import Stage, line, thing

QUIET = {"quietHours": {"startsAt": "22:00", "endsAt": "08:00", "timeZone": "Europe/Moscow"}}


@thing
def notice(stage: Stage) -> object:
    """A notice to the owner."""
    notify([stage.owner], "PASSWORD_CHANGED")
    return Notification.objects.filter(user=stage.owner).latest("created_at", "id").id


LINES = [
    line("GET /api/notifications", people=200),
    line("GET /api/notifications/unread", people=200),
    line("POST /api/notifications/{notice}/read", owner=200, brand=404, creators=404, staff=404),
    line("POST /api/notifications/read-all", people=200),
    line("POST /api/notifications/clear", people=200),
    line("GET /api/notifications/preferences", people=200),
    line("PATCH /api/notifications/preferences", body=QUIET, people=200),
]
