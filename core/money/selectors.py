"""Reads about money."""

from uuid import UUID

from core.people.models import BrandProfile, CreatorProfile
from core.people.selectors import staff_ids


def finance_ids() -> list[UUID]:
    """Those who may give the first signature."""
    return staff_ids("finance")


def second_signer_ids(*, but) -> list[UUID]:
    """Those who may give the second signature after this person."""
    return sorted({*staff_ids("finance"), *staff_ids("finance_approver")} - {but.id})


def brand_name(brand_id: UUID) -> str:
    """What finance staff read instead of an id."""
    return BrandProfile.objects.filter(user_id=brand_id).values_list("company_name", flat=True).first() or ""


def creator_name(creator_id: UUID) -> str:
    """What finance staff read instead of an id."""
    return CreatorProfile.objects.filter(user_id=creator_id).values_list("display_name", flat=True).first() or ""
