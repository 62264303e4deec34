"""What brands and creators say about themselves. What is not named stays as it is."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base.policy import require
from core.base.texts import visible
from core.people import content, errors, events
from core.people.models import BrandProfile, CreatorProfile, User
from core.people.portfolio.steps import set_links
from core.people.verification.steps import tell_of_change
from outbox.post import emit

BRAND_FIELDS = ("company_name", "website", "description", "niche", "country", "city")
CREATOR_FIELDS = (
    "display_name",
    "bio",
    "country",
    "city",
    "languages",
    "niches",
    "platforms",
    "price_per_video",
    "currency",
    "is_public",
)
# What a moderator compared with the account.
WHO_IT_IS = frozenset({"display_name", "platforms", "portfolio_links"})


@transaction.atomic
def update_brand_profile(*, by: User, changes: dict[str, Any]) -> BrandProfile:
    """The brand's profile says what the changes say. Once given, the name of the company cannot be taken away.

    Raises Forbidden, Invalid.
    """
    require(by.role == User.Role.BRAND)
    profile = BrandProfile.objects.lock(user_id=by.id)
    if not visible(changes.get("company_name", "-")):
        raise errors.fault("companyName", _("Give the name of the company."))

    before = content.put(profile, changes, allowed=BRAND_FIELDS)
    if before:
        profile.store(*before)
        record("BRAND_PROFILE_UPDATED", profile, by=by, before=before, after={name: getattr(profile, name) for name in before})
        emit(events.BrandProfileUpdated(by_id=by.id, user_id=by.id, brand_profile_id=profile.id))
    return profile


@transaction.atomic
def update_creator_profile(*, by: User, changes: dict[str, Any]) -> CreatorProfile:
    """The creator's profile says what the changes say. A verified creator stays verified; when the change concerns who it is,
    moderators are told, who can revoke that.

    `portfolio_links` names the links of the whole portfolio: works that stay keep their titles. Raises Forbidden, Invalid, PortfolioFull.
    """
    require(by.role == User.Role.CREATOR)
    profile = CreatorProfile.objects.lock(user_id=by.id)

    before = content.put(profile, {name: value for name, value in changes.items() if name != "portfolio_links"}, allowed=CREATOR_FIELDS)
    after = {name: getattr(profile, name) for name in before}
    if before:
        profile.store(*before)
    if "portfolio_links" in changes:
        links_before, links_after = set_links(profile, changes["portfolio_links"])
        if links_before != links_after:
            before["portfolio_links"], after["portfolio_links"] = links_before, links_after
    if before:
        record("CREATOR_PROFILE_UPDATED", profile, by=by, before=before, after=after)
        if not WHO_IT_IS.isdisjoint(before):
            tell_of_change(profile)
        emit(events.CreatorProfileUpdated(by_id=by.id, user_id=by.id, creator_profile_id=profile.id))
    return profile
