"""What a profile still lacks before it can be used for deals. The rules are those of the public contract."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.people.errors import PROFILE_URL, BrandProfileIncomplete, CreatorNotVerified, ProfileIncomplete
from core.people.models import NAME_LENGTH_MIN, BrandProfile, CreatorProfile

Missing = list[dict[str, str]]

BIO_LENGTH_MIN = 20
BRAND_CHECKS = 3
CREATOR_CHECKS = 5


def brand_missing(profile: BrandProfile) -> Missing:
    """What the brand still has to say: a name and a description; a website need not be, but must be a link."""
    missing = []
    if len(profile.company_name.strip()) < NAME_LENGTH_MIN:
        missing.append(_entry("companyName", _("Name of the company"), "brand-company"))
    if not profile.description.strip():
        missing.append(_entry("description", _("Description of the company"), "brand-description"))
    if profile.website and not profile.website.lower().startswith(("http://", "https://")):
        missing.append(_entry("website", _("Website"), "brand-website"))
    return missing


def creator_missing(profile: CreatorProfile, *, has_portfolio: bool | None = None) -> Missing:
    """What the creator still has to say. `has_portfolio` saves the query to those who know."""
    if has_portfolio is None:
        has_portfolio = profile.portfolio.exists()
    missing = []
    if len(profile.display_name.strip()) < NAME_LENGTH_MIN:
        missing.append(_entry("displayName", _("Name"), "creator-display-name"))
    if len(profile.bio.strip()) < BIO_LENGTH_MIN:
        missing.append(_entry("bio", _("About yourself, 20 characters at least"), "creator-bio"))
    if not profile.platforms:
        missing.append(_entry("platforms", _("Platforms"), "creator-platforms"))
    if not has_portfolio:
        missing.append(_entry("portfolio", _("One work in the portfolio"), "creator-portfolio"))
    if not profile.price_per_video:
        missing.append(_entry("price", _("Price per video"), "creator-price"))
    return missing


def percent(missing: Missing, checks: int) -> int:
    """How much of the profile is there, 0..100."""
    return round((checks - len(missing)) / checks * 100)


def require_brand_ready(profile: BrandProfile) -> None:
    """Nothing happens when the brand's profile is complete. Raises BrandProfileIncomplete."""
    if missing := brand_missing(profile):
        raise BrandProfileIncomplete(missing)


def require_creator_ready(profile: CreatorProfile, *, has_portfolio: bool | None = None) -> None:
    """Nothing happens when the creator's profile is complete. Raises ProfileIncomplete."""
    if missing := creator_missing(profile, has_portfolio=has_portfolio):
        raise ProfileIncomplete(missing)


def require_creator_verified(profile: CreatorProfile) -> None:
    """Nothing happens when we have checked the creator's account. Raises CreatorNotVerified."""
    if profile.verification_status != CreatorProfile.VerificationStatus.VERIFIED:
        raise CreatorNotVerified


def _entry(key: str, label: Promise, anchor: str) -> dict[str, str]:
    return {"key": key, "label": str(label), "ctaHref": f"{PROFILE_URL}#{anchor}"}
