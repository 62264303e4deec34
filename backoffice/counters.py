"""How much waits, and since when: for the menu, the tabs and the dashboard. Remembered for a few seconds in each process."""

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Min, Q, QuerySet, Sum

from core.base import clock
from core.desk.claims.selectors import undecided
from core.money.models import Payout, TopUp
from core.people.models import Verification
from core.people.policies import staff_can

SECONDS = 15
AGES = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
MODERATION, FINANCE = ("moderator", "support"), ("finance", "finance_approver", "support")


def of(user: Any) -> dict[str, Any]:
    """The counts that this person may know: how many wait in each queue, in which states payouts are, and the oldest of each."""
    found: dict[str, Any] = {}
    for key, can, count in ((f"{__name__}.moderation", MODERATION, _moderation), (f"{__name__}.finance", FINANCE, _finance)):
        if staff_can(user, *can):
            found |= cache.get_or_set(key, count, SECONDS)
    return found


def forget() -> None:
    """The next page counts anew."""
    cache.delete_many([f"{__name__}.moderation", f"{__name__}.finance"])


def _waiting(rows: QuerySet, since: str) -> tuple[int, datetime | None]:
    counted = rows.aggregate(count=Count("id"), oldest=Min(since))
    return counted["count"], counted["oldest"]


def ages(field: str, bounds: list[datetime]) -> dict[str, Count]:
    """How many are younger than each bound, the youngest bound first: what `between` makes counts of ages of."""
    return {f"since_{place}": Count("id", filter=Q(**{f"{field}__gt": bound})) for place, bound in enumerate(bounds)}


def between(counted: dict[str, Any]) -> tuple[int, ...]:
    """How many are in each age, the youngest first."""
    upto = [counted[key] for key in sorted(key for key in counted if key.startswith("since_"))] + [counted["count"]]
    return tuple(upto[place] - (upto[place - 1] if place else 0) for place in range(len(upto)))


# First publications and edits are one queue. What is decided, and can still be undone, waits no more.
JOBS = """
    SELECT count(*), min(submitted_at), count(*) FILTER (WHERE submitted_at > %s), count(*) FILTER (WHERE submitted_at > %s),
        count(*) FILTER (WHERE submitted_at > %s)
    FROM core_job job WHERE awaits_moderation AND NOT EXISTS (
        SELECT FROM core_ruling WHERE queue = 'JOBS' AND subject_id = job.id AND status = 'HELD'
    )
"""


def _moderation() -> dict[str, Any]:
    bounds = [clock.now() - age for age in AGES]
    with connection.cursor() as cursor:
        cursor.execute(JOBS, bounds)
        jobs, jobs_oldest, *since = cursor.fetchone()
    waiting = undecided(Verification.objects.filter(status="PENDING"), "CREATORS").order_by()
    creators = waiting.aggregate(count=Count("id"), oldest=Min("submitted_at"), **ages("submitted_at", bounds))
    return {
        "jobs": jobs,
        "jobs_oldest": jobs_oldest,
        "jobs_ages": between({"count": jobs} | {f"since_{place}": count for place, count in enumerate(since)}),
        "creators": creators["count"],
        "creators_oldest": creators["oldest"],
        "creators_ages": between(creators),
    }


def _finance() -> dict[str, Any]:
    is_signed = ExpressionWrapper(Q(approved_by__isnull=False), output_field=BooleanField())
    rows = (
        Payout.objects.filter(status__in=Payout.HOLDING).order_by().annotate(is_signed=is_signed).values("status", "currency", "is_signed")
    )
    payouts = list(rows.annotate(count=Count("id"), cents=Sum("amount_cents"), oldest=Min("created_at")))
    pending = [row for row in payouts if row["status"] == "PENDING"]
    top_ups, top_ups_oldest = _waiting(TopUp.objects.filter(status="PENDING"), "created_at")
    return {
        "payout_rows": payouts,
        "payouts": sum(row["count"] for row in pending),
        "payouts_first": sum(row["count"] for row in pending if not row["is_signed"]),
        "payouts_second": sum(row["count"] for row in pending if row["is_signed"]),
        "payouts_approved": sum(row["count"] for row in payouts if row["status"] == "APPROVED"),
        "payouts_sent": sum(row["count"] for row in payouts if row["status"] == "SENT"),
        "payouts_oldest": min((row["oldest"] for row in pending), default=None),
        "top_ups": top_ups,
        "top_ups_oldest": top_ups_oldest,
    }
