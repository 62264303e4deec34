"""How much waits, and since when: for the menu, the tabs and the dashboard. Remembered for a few seconds in each process."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Min, Q, QuerySet, Sum

from core.money.models import Payout, TopUp
from core.people.models import Verification
from core.people.policies import staff_can

SECONDS = 15
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


# First publications and edits are one queue, counted in one statement over the two partial indexes of the queue.
JOBS = """
    SELECT count(*), min(submitted_at) FROM (
        SELECT submitted_at FROM core_job WHERE status = 'PUBLISHED' AND moderation_status = 'PENDING'
        UNION ALL SELECT submitted_at FROM core_jobrevision WHERE status = 'PENDING'
    ) waiting
"""


def _moderation() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(JOBS)
        jobs, jobs_oldest = cursor.fetchone()
    creators, creators_oldest = _waiting(Verification.objects.filter(status="PENDING"), "submitted_at")
    return {"jobs": jobs, "jobs_oldest": jobs_oldest, "creators": creators, "creators_oldest": creators_oldest}


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
