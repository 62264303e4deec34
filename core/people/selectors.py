"""Reads about people."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import NullIf, Round

from core.base import clock
from core.base.errors import NotFound
from core.base.policy import require
from core.base.prepared import Prepared
from core.base.shapes import RowJSON
from core.people import policies
from core.people.models import BrandProfile, CreatorProfile, PortfolioItem, Session, User, Verification

CARD_LINKS_MAX = 2


def staff_ids(*capabilities: str) -> list[UUID]:
    """The active members of staff with one of these capabilities, superusers included."""
    return list(User.objects.on_duty(*capabilities).values_list("id", flat=True))


def name_of(user: User) -> str:
    """How others know this person: the name of the profile."""
    return user.brand_profile.company_name if user.role == User.Role.BRAND else user.creator_profile.display_name


def session_list(*, by: User) -> QuerySet:
    """The person's living sessions."""
    return Session.objects.filter(user=by, revoked_at=None, expires_at__gt=clock.now())


def own_brand_profile(*, by: User) -> BrandProfile:
    """The brand's own profile. Raises NotFound."""
    return BrandProfile.objects.find(user_id=by.id)


def own_creator_profile(*, by: User) -> tuple[CreatorProfile, bool]:
    """The creator's own profile, and whether there are works in it, in one query. Raises NotFound."""
    found = CREATOR_PROFILE.instances(user_id=by.id)
    if not found:
        raise NotFound
    return found[0], found[0].has_works


def applicant(*, by: User, brand_id: UUID) -> tuple[CreatorProfile, bool, bool]:
    """The creator's own profile, whether there are works in it, and whether the brand and the creator may have to do with each other.

    One query. Raises NotFound.
    """
    found = APPLICANT.instances(user_id=by.id, brand_id=brand_id)
    if not found:
        raise NotFound
    return found[0], found[0].has_works, not found[0].is_kept_away


CREATOR_PROFILE = Prepared(
    lambda user_id: (
        CreatorProfile.objects.filter(user_id=user_id)
        .defer("search")
        .annotate(has_works=Exists(PortfolioItem.objects.filter(creator=OuterRef("pk"))))
    )
)
APPLICANT = Prepared(
    lambda user_id, brand_id: (
        CreatorProfile.objects.filter(user_id=user_id)
        .defer("search")
        .annotate(
            has_works=Exists(PortfolioItem.objects.filter(creator=OuterRef("pk"))),
            is_kept_away=Exists(policies.contact_blocks(brand_id, OuterRef("user_id"))),
        )
    )
)


def own_portfolio(*, by: User) -> list[PortfolioItem]:
    """The creator's works, in their order."""
    return list(PortfolioItem.objects.filter(creator__user=by))


def creator_list() -> QuerySet:
    """The catalogue, as JSON rows: what a card shows, without anything that leads past the marketplace."""
    return policies.listed_creators().annotate(row=_card(isVerified=Value(True)))


def every_creator(*, by: Any) -> QuerySet:
    """The catalogue as moderators may see it: also those who are hidden or not verified. Raises Forbidden."""
    require(policies.staff_can(by, "moderator"))
    is_verified = ExpressionWrapper(Q(verification_status="VERIFIED"), output_field=BooleanField())
    return policies.visible_creators(by).annotate(row=_card(isVerified=is_verified, isListed="is_listed"))


def _card(**known: Any) -> RowJSON:
    return RowJSON(
        id="id",
        userId="user_id",
        displayName="display_name",
        bio="bio",
        country="country",
        city="city",
        languages="languages",
        platforms="platforms",
        niches="niches",
        pricePerVideo="price_per_video",
        currency="currency",
        rating=Round(F("rating_sum") * Value(1.0) / NullIf("rating_count", Value(0)), precision=2),
        ratingCount="rating_count",
        jobsCompleted="jobs_completed",
        portfolio=_first_links(OuterRef("pk")),
        **known,
    )


def verification_list(*, by: User) -> list[Verification]:
    """The creator's own attempts, newest first."""
    return list(Verification.objects.filter(profile__user=by).order_by("-created_at", "-id"))


def verification_queue(*, by: User, status: str) -> QuerySet:
    """Attempts in this state, with all that a moderator compares. For moderators. Raises Forbidden."""
    require(policies.staff_can(by, "moderator"))
    earlier = Verification.objects.filter(profile=OuterRef("profile"), submitted_at__lt=OuterRef("submitted_at"))
    count = earlier.order_by().values("profile").annotate(count=Count("id")).values("count")
    return Verification.objects.filter(status=status, submitted_at__isnull=False).annotate(
        earlier_attempts=Subquery(count, output_field=IntegerField()),
        portfolio=ArraySubquery(_links(OuterRef("profile"))),
    )


def _links(creator: OuterRef) -> QuerySet:
    return PortfolioItem.objects.filter(creator=creator).order_by("position", "id").values("url")


def _first_links(creator: OuterRef) -> ArraySubquery:
    return ArraySubquery(_links(creator)[:CARD_LINKS_MAX])
