"""Reads of whom a person keeps away."""

from uuid import UUID

from django.db.models.functions import Coalesce

from core.base.models import QuerySet
from core.base.shapes import ObjectJSON, RowJSON
from core.people import policies
from core.people.models import User

_ROW = RowJSON(
    id="id",
    person=ObjectJSON(
        id="blocked_id",
        profileId=Coalesce("blocked__brand_profile__id", "blocked__creator_profile__id"),
        name=Coalesce("blocked__brand_profile__company_name", "blocked__creator_profile__display_name"),
        role="blocked__role",
    ),
    createdAt="created_at",
)


def contact_block_list(*, by: User) -> QuerySet:
    """Whom this person keeps away, each a row of JSON."""
    return policies.own_contact_blocks(by).annotate(row=_ROW)


def contact_block_page(block_id: UUID, *, by: User) -> str:
    """One of them as JSON. Raises NotFound."""
    return contact_block_list(by=by).only("id").find(id=block_id).row
