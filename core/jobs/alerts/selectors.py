"""Reads about a creator's own alerts, and the jobs they found."""

from typing import Any

from core.base.errors import NotFound
from core.base.models import QuerySet
from core.base.shapes import ObjectJSON, RowJSON
from core.jobs.alerts import policies
from core.jobs.alerts.criteria import explained
from core.jobs.alerts.models import AlertHit
from core.jobs.selectors import CARD
from core.people.models import User

_BRAND = ObjectJSON(profileId="job__brand__brand_profile__id", companyName="job__brand__brand_profile__company_name")
_CARD = ObjectJSON(**{name: f"job__{column}" for name, column in CARD.items()}, brand=_BRAND)


def alert_list(by: User) -> QuerySet:
    """The creator's own alerts, each a row of JSON."""
    return policies.own_alerts(by).annotate(
        row=RowJSON(
            id="id",
            name="name",
            platform="platform",
            niche="niche",
            lang="language",
            contentFormats="content_formats",
            minBudgetCents="min_budget_cents",
            maxBudgetCents="max_budget_cents",
            currency="currency",
            isActive="is_active",
            createdAt="created_at",
            updatedAt="updated_at",
        )
    )


def alert_page(alert_id: Any, *, by: User) -> Any:
    """One of the creator's own alerts. Raises NotFound."""
    return policies.own_alerts(by).find(id=alert_id)


def alert_hits(alert_id: Any, *, by: User) -> Any:
    """The jobs that this alert of the creator found and that are still live, as values for `hit_row`. Raises NotFound."""
    if not policies.own_alerts(by).filter(id=alert_id).exists():
        raise NotFound
    return (
        AlertHit.objects.filter(alert_id=alert_id, job__is_live=True).annotate(card=_CARD).values("card", "matched_because", "created_at")
    )


def hit_row(row: dict[str, Any]) -> dict[str, Any]:
    """The job under the names of the contract, with the criteria that it met in the language now active."""
    because = [{"criterion": reason["criterion"], "text": explained(reason)} for reason in row["matched_because"]]
    return {"job": row["card"], "matchedBecause": because, "foundAt": row["created_at"]}
