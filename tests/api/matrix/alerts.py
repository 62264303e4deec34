"""Whose alerts these are."""

from core.jobs.alerts.models import JobAlert
from tests.api.matrix import Stage, line, thing

FOUND = "An alert that found a lot"
ALERT = {"name": "Tea on TikTok", "niche": "FOOD", "minBudgetCents": 300_000, "currency": "RUB"}


@thing
def alert(stage: Stage) -> object:
    """An alert of `chosen`."""
    return stage.world.alert(creator=stage.chosen).id


@thing
def found_alert(stage: Stage) -> object:
    """An alert of `chosen` with all that it has found."""
    kept = JobAlert.objects.filter(creator=stage.chosen, name=FOUND).first()
    return (kept or stage.world.alert(creator=stage.chosen, name=FOUND, niche="FOOD")).id


OWN = {"brands": 403, "chosen": 200, "creator": 404, "staff": 403}

LINES = [
    line("GET /api/alerts", brands=403, creators=200, staff=403),
    line("POST /api/alerts", body=ALERT, brands=403, creators=201, staff=403),
    line("GET /api/alerts/{alert}", **OWN),
    line("PATCH /api/alerts/{alert}", body={"niche": "HOME"}, **OWN),
    line("DELETE /api/alerts/{alert}", **OWN),
    line("POST /api/alerts/{alert}/toggle", body={"isActive": False}, **OWN),
    line("GET /api/alerts/{found_alert}/hits", **OWN),
]
