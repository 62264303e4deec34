"""Reads about corrections of wallets, for finance."""

from typing import Any

from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.functions import Coalesce

from core.base.models import QuerySet
from core.base.shapes import RowJSON
from core.money import policies
from core.money.adjustments.models import Adjustment

OWNER = ("person__brand_profile", "person__creator_profile")
SIGNED = Case(When(direction="DEBIT", then=Value(0) - F("amount_cents")), default="amount_cents", output_field=BigIntegerField())
COLUMNS: dict[str, Any] = {
    "id": "id",
    "userId": "person_id",
    "userName": Coalesce("person__brand_profile__company_name", "person__creator_profile__display_name"),
    "walletKind": "wallet_kind",
    "amountCents": SIGNED,
    "currency": "currency",
    "direction": "direction",
    "category": "category",
    "reason": "reason",
    "jobId": "job_id",
    "disputeId": "dispute_id",
    "status": "status",
    "draftedById": "drafted_by_id",
    "decidedById": "decided_by_id",
    "decidedAt": "decided_at",
    "refusal": "refusal",
    "createdAt": "created_at",
}


def adjustment_list(*, by) -> QuerySet:
    """Every correction, with whose wallet it is and who signed."""
    return policies.visible_adjustments(by).annotate(row=RowJSON(**COLUMNS))


def adjustment_page(adjustment_id, *, by) -> Adjustment:
    """One correction. Raises NotFound."""
    return policies.visible_adjustments(by).select_related(*OWNER).find(id=adjustment_id)
