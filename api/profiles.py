"""Profiles: one's own, the works of a creator, and what everybody may see of a brand or a creator."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import FLAGS, Choice, Choices, Flag, Whole, Words, require_currency
from api.people import CompletenessOut, completeness_of
from api.permissions import Anyone, IsBrand, IsCreator
from api.reviews import ReadyReviewOut
from core.base.errors import Forbidden
from core.base.links import LINK_LENGTH_MAX
from core.base.models import QuerySet
from core.base.vocabulary import Country, Currency, Language, Niche, Platform
from core.deals.reviews import selectors as reviews
from core.people import selectors, services
from core.people.completeness import BRAND_CHECKS, CREATOR_CHECKS, brand_missing, creator_missing
from core.people.errors import PortfolioFull, PortfolioLinkExists
from core.people.models import BrandProfile, CreatorProfile
from core.people.policies import staff_can


def choice_list(choices: Any) -> serializers.ListField:
    """Some of the choices."""
    return serializers.ListField(child=serializers.ChoiceField(choices=choices), required=False, max_length=len(choices))


def text(longest: int) -> serializers.CharField:
    """A text that may be left out, and may be emptied."""
    return serializers.CharField(required=False, allow_blank=True, max_length=longest)


def choice(choices: Any) -> serializers.ChoiceField:
    """One of the choices, or the empty text for none."""
    return serializers.ChoiceField(choices=choices, required=False, allow_blank=True)


# ── Shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class PortfolioItemOut(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    platform = serializers.CharField()
    url = serializers.CharField()
    thumbnailUrl = serializers.CharField()
    position = serializers.IntegerField()
    createdAt = serializers.DateTimeField()


class PortfolioItemIn(Shape):
    url = serializers.CharField(max_length=LINK_LENGTH_MAX)
    title = text(120)
    platform = choice(Platform.choices)
    thumbnailUrl = text(LINK_LENGTH_MAX)
    position = serializers.IntegerField(required=False, min_value=0, max_value=CreatorProfile.PORTFOLIO_MAX - 1)


class BrandOut(Shape):
    id = serializers.UUIDField()
    userId = serializers.UUIDField()
    companyName = serializers.CharField()
    website = serializers.CharField()
    description = serializers.CharField()
    niche = serializers.CharField()
    country = serializers.CharField()
    city = serializers.CharField()
    rating = serializers.FloatField(allow_null=True)
    ratingCount = serializers.IntegerField()
    jobsCompleted = serializers.IntegerField()
    createdAt = serializers.DateTimeField()


class BrandPageOut(BrandOut):
    reviews = ReadyReviewOut(many=True, source="newest_reviews", help_text=f"The newest {reviews.NEWEST_OF_BRAND}.")


class OwnBrandOut(Shape):
    profile = BrandOut()
    completeness = CompletenessOut()


class BrandIn(Shape):
    companyName = serializers.CharField(required=False, min_length=2, max_length=120)
    website = text(500)
    description = text(1_000)
    niche = choice(Niche.choices)
    country = choice(Country.choices)
    city = text(80)


class CreatorOut(Shape):
    id = serializers.UUIDField()
    userId = serializers.UUIDField()
    displayName = serializers.CharField()
    bio = serializers.CharField()
    country = serializers.CharField()
    city = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    platforms = serializers.ListField(child=serializers.CharField())
    niches = serializers.ListField(child=serializers.CharField())
    pricePerVideo = serializers.IntegerField(allow_null=True, help_text="Whole units of the currency.")
    currency = serializers.CharField()
    isVerified = serializers.BooleanField()
    rating = serializers.FloatField(allow_null=True)
    ratingCount = serializers.IntegerField()
    jobsCompleted = serializers.IntegerField()


class CreatorCardOut(CreatorOut):
    isListed = serializers.BooleanField(required=False, help_text="To moderators who ask for all: whether everybody sees the card.")
    portfolio = serializers.ListField(child=serializers.CharField(), help_text="The first two links.")


class CreatorWithWorksOut(CreatorOut):
    portfolio = PortfolioItemOut(many=True, source="portfolio.all")
    createdAt = serializers.DateTimeField()


class CreatorPageOut(CreatorWithWorksOut):
    reviews = ReadyReviewOut(many=True, source="newest_reviews", help_text=f"The newest {reviews.NEWEST_OF_CREATOR}.")


class CreatorProfileOut(CreatorWithWorksOut):
    isPublic = serializers.BooleanField()
    isListed = serializers.BooleanField(help_text="Whether the catalogue shows the profile: public and verified.")
    verificationStatus = serializers.ChoiceField(choices=CreatorProfile.VerificationStatus.choices)
    verifiedAt = serializers.DateTimeField(allow_null=True)


class OwnCreatorOut(Shape):
    profile = CreatorProfileOut()
    completeness = CompletenessOut()


class CreatorIn(Shape):
    displayName = text(80)
    bio = text(600)
    country = choice(Country.choices)
    city = text(80)
    languages = choice_list(Language.choices)
    niches = choice_list(Niche.choices)
    platforms = choice_list(Platform.choices)
    pricePerVideo = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=CreatorProfile.PRICE_MAX)
    currency = serializers.ChoiceField(choices=Currency.choices, required=False)
    isPublic = serializers.BooleanField(required=False)
    portfolioLinks = serializers.ListField(
        child=serializers.CharField(max_length=LINK_LENGTH_MAX),
        required=False,
        max_length=CreatorProfile.PORTFOLIO_MAX,
        help_text="All links of the portfolio at once, in their order; works that stay keep what they say.",
    )


class CreatorFilters(Filters):
    q = Words()
    platform = Choices(field_name="platforms", lookup_expr="overlap", choices=Platform.choices)
    niche = Choices(field_name="niches", lookup_expr="overlap", choices=Niche.choices)
    lang = Choices(field_name="languages", lookup_expr="overlap", choices=Language.choices)
    country = Choices(choices=Country.choices)
    currency = Choice(choices=Currency.choices)
    minPrice = Whole(field_name="price_per_video", lookup_expr="gte")
    maxPrice = Whole(field_name="price_per_video", lookup_expr="lte")
    verifiedOnly = Flag(method="whole", help_text="false, for moderators alone: also those who are hidden or not verified.")

    def whole(self, creators: QuerySet, name: str, is_wanted: bool) -> QuerySet:
        """The list itself was chosen by it."""
        return creators


ORDERS = {
    "recent": ("-created_at", "-id"),
    "price_asc": ("price_per_video", "id"),
    "price_desc": ("-price_per_video", "-id"),
    "rating_desc": ("-rating_rank", "-id"),
}


# ── Views ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class BrandViewset(Viewset):
    permission_classes = {"own": [IsBrand], "update": [IsBrand], "page_of": [Anyone]}
    throttle_scope = {"update": "write"}

    @describe("My profile as a brand, and what it lacks", response=OwnBrandOut)
    def own(self, request: Any) -> HttpResponse:
        return self.shown(selectors.own_brand_profile(by=request.user))

    @describe(
        "Change my profile as a brand",
        detail="What is not named stays as it is, also with POST.",
        request=BrandIn,
        response=OwnBrandOut,
        example={"companyName": "Tea House", "description": "We sell tea.", "website": "https://tea.example.com"},
    )
    def update(self, request: Any) -> HttpResponse:
        return self.shown(services.update_brand_profile(by=request.user, changes=self.body()))

    @describe("A brand, as everybody sees it", response={"brand": BrandPageOut})
    def page_of(self, request: Any, pk: UUID) -> HttpResponse:
        return self.show(reviews.brand_page(pk, by=request.user))

    def shown(self, profile: BrandProfile) -> HttpResponse:
        """The profile beside what it lacks."""
        completeness = completeness_of(brand_missing(profile), BRAND_CHECKS)
        return self.show({"profile": BrandOut(profile).data, "completeness": completeness})


class CreatorViewset(Viewset):
    permission_classes = {"own": [IsCreator], "update": [IsCreator], "list": [Anyone], "page_of": [Anyone]}
    throttle_scope = {"update": "write", "list": "search"}

    @describe("My profile as a creator, and what it lacks", response=OwnCreatorOut)
    def own(self, request: Any) -> HttpResponse:
        profile, _has_portfolio = selectors.own_creator_profile(by=request.user)
        return self.shown(profile)

    @describe(
        "Change my profile as a creator",
        detail="What is not named stays as it is, also with POST. A verified creator stays verified; staff can revoke that.",
        request=CreatorIn,
        response=OwnCreatorOut,
        errors=[PortfolioFull],
        example={"displayName": "Anna", "bio": "I film honest reviews.", "platforms": ["TIKTOK"], "pricePerVideo": 5000, "isPublic": True},
    )
    def update(self, request: Any) -> HttpResponse:
        return self.shown(services.update_creator_profile(by=request.user, changes=self.body()))

    @describe(
        "The catalogue of verified creators",
        detail="Sorted by price, creators without a price are left out. `minPrice`, `maxPrice` and both sorts by price need `currency`: "
        "prices of two currencies cannot be compared. `verifiedOnly=false` is for moderators alone.",
        response=CreatorCardOut,
        page=True,
        filters=CreatorFilters,
        errors=[Forbidden],
        sorts=ORDERS,
    )
    def list(self, request: Any) -> HttpResponse:
        is_whole = FLAGS.get(request.query_params.get("verifiedOnly", "")) is False
        if is_whole and not staff_can(request.user, "moderator"):
            self.permission_denied(request)
        rows = selectors.every_creator(by=request.user) if is_whole else selectors.creator_list()
        by_price = ("price_asc", "price_desc")
        require_currency(request.query_params, bounds=("minPrice", "maxPrice"), sorts=by_price)
        if request.query_params.get("sort") in by_price:
            rows = rows.exclude(price_per_video=None)
        return self.page(rows, order=ORDERS)

    @describe(
        "A creator, as everybody sees them",
        detail="One's own profile, and for moderators every one, also unlisted.",
        response={"creator": CreatorPageOut},
    )
    def page_of(self, request: Any, pk: UUID) -> HttpResponse:
        return self.show(reviews.creator_page(pk, by=request.user))

    def shown(self, profile: CreatorProfile) -> HttpResponse:
        """The profile beside what it lacks."""
        shown = CreatorProfileOut(profile).data
        completeness = completeness_of(creator_missing(profile, has_portfolio=bool(shown["portfolio"])), CREATOR_CHECKS)
        return self.show({"profile": shown, "completeness": completeness})


class PortfolioViewset(Viewset):
    permission_classes = [IsCreator]
    throttle_scope = {"create": "write", "update": "write", "remove": "write"}

    @describe(
        "My works, in their order",
        detail="At most ten, so that they come as one list.",
        response={"items": PortfolioItemOut(many=True)},
    )
    def list(self, request: Any) -> HttpResponse:
        return self.show({"items": PortfolioItemOut(selectors.own_portfolio(by=request.user), many=True).data})

    @describe(
        "Add a work",
        request=PortfolioItemIn,
        response={"item": PortfolioItemOut},
        status=201,
        errors=[PortfolioFull, PortfolioLinkExists],
        example={"url": "https://example.com/video", "title": "Tea in the morning", "platform": "TIKTOK"},
    )
    def create(self, request: Any) -> HttpResponse:
        return self.show(services.add_portfolio_item(by=request.user, content=self.body()))

    @describe(
        "Change a work, or its place",
        request=PortfolioItemIn,
        response={"item": PortfolioItemOut},
        errors=[PortfolioLinkExists],
        example={"position": 0},
    )
    def update(self, request: Any, pk: UUID) -> HttpResponse:
        return self.show(services.update_portfolio_item(pk, by=request.user, changes=self.body()))

    @describe("Remove a work", response={"item": PortfolioItemOut})
    def remove(self, request: Any, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.remove_portfolio_item(pk, by=request.user))


urls = [
    route("brand/profile", BrandViewset, get="own", patch="update", post="update"),
    route("creator/profile", CreatorViewset, get="own", patch="update", post="update"),
    route("creator/portfolio", PortfolioViewset, get="list", post="create"),
    route("creator/portfolio/<uuid:pk>", PortfolioViewset, patch="update", delete="remove"),
    route("creators", CreatorViewset, get="list"),
    route("creators/<uuid:pk>", CreatorViewset, get="page_of"),
    route("brands/<uuid:pk>", BrandViewset, get="page_of"),
]
