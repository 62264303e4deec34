"""What lies across the rooms: search, deals tab by tab, and the numbers of the first page."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice
from api.job_shapes import BrandCardOut, CreatorCardOut
from api.permissions import Anyone, BrandOrCreator, SignedIn
from core.base.errors import Invalid
from core.base.models import QuerySet
from core.base.vocabulary import Currency
from core.jobs.models import Job
from core.money.models import Escrow
from core.overview import deals, home, search
from core.people.models import User

EVERY_TAB = list(dict.fromkeys(tab for tabs in deals.TABS.values() for tab in tabs))


class SearchIn(Shape):
    q = serializers.CharField(
        trim_whitespace=False, allow_blank=True, max_length=1_000, help_text="2..100 characters. Words in any form, or their beginnings."
    )


class ResultOut(Shape):
    type = serializers.ChoiceField(choices=[("creator", "creator"), ("job", "job")])
    id = serializers.UUIDField(help_text="Of a creator, that of the profile.")
    label = serializers.CharField()
    href = serializers.CharField()


class SearchOut(Shape):
    results = ResultOut(many=True)


class DealJobOut(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Job.Status.choices)
    platform = serializers.CharField()
    niche = serializers.CharField()
    budgetMin = serializers.IntegerField(allow_null=True)
    budgetMax = serializers.IntegerField(allow_null=True)
    currency = serializers.ChoiceField(choices=Currency.choices)


class DealRowOut(Shape):
    """A job, or an application or invitation on the way to one. To a creator with the brand, to a brand with the creator."""

    type = serializers.ChoiceField(choices=[("JOB", "JOB"), ("APPLICATION", "APPLICATION"), ("INVITATION", "INVITATION")])
    id = serializers.UUIDField(help_text="Of the job, the application or the invitation.")
    status = serializers.CharField(help_text="Of the same.")
    at = serializers.DateTimeField(help_text="What the tab is ordered by: submitted, applied, invited, begun, completed, canceled.")
    job = DealJobOut()
    brand = BrandCardOut(required=False)
    creator = CreatorCardOut(required=False, allow_null=True)
    conversationId = serializers.UUIDField(allow_null=True)
    priceCents = serializers.IntegerField(allow_null=True, help_text="Agreed on, or asked for by the applicant.")
    escrowStatus = serializers.ChoiceField(allow_null=True, choices=Escrow.Status.choices)
    dueAt = serializers.DateTimeField(allow_null=True, help_text="When the work is due, or the invitation expires.")
    isDisputed = serializers.BooleanField()


class DealFilters(Filters):
    tab = Choice(choices=[(tab, tab) for tab in EVERY_TAB], method="stand", help_text="Brands have no invitations, creators no moderation.")

    def stand(self, rows: QuerySet, name: str, tab: str) -> QuerySet:
        """The list itself was chosen by it."""
        return rows


DealCountersOut = type("DealCountersOut", (Shape,), {tab: serializers.IntegerField(required=False) for tab in EVERY_TAB})


class TileOut(Shape):
    key = serializers.ChoiceField(choices=[(key, key) for key in dict.fromkeys(key for tiles in home.TILES.values() for key in tiles)])
    count = serializers.IntegerField()
    href = serializers.CharField()


class HomeOut(Shape):
    role = serializers.ChoiceField(choices=User.Role.choices)
    tiles = TileOut(many=True)


class SearchViewset(Viewset):
    permission_classes = [Anyone]
    throttle_scope = "search"

    @describe(
        "Search while typing",
        detail="Up to five creators of the catalogue, best rated first, then up to five live jobs, newest first.",
        query=SearchIn,
        response=SearchOut,
    )
    def found(self, request: Request) -> HttpResponse:
        return self.show({"results": search.found(self.query()["q"])})


class DealsViewset(Viewset):
    permission_classes = [BrandOrCreator]

    @describe(
        "My deals, tab by tab, newest first",
        detail=f"Without `tab` the tab {deals.TAB_DEFAULT}. Every tab has cursors of its own.",
        response=DealRowOut,
        page=True,
        filters=DealFilters,
    )
    def list(self, request: Request) -> HttpResponse:
        person: Any = request.user
        tabs = deals.TABS[person.role]
        asked = request.query_params.get("tab") or deals.TAB_DEFAULT
        if asked not in tabs:
            raise Invalid({"tab": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(tabs))]})
        return self.page(deals.deal_list(asked, by=person), order=tabs[asked].order)

    @describe("How many stand in each tab of my deals", response={"counters": DealCountersOut})
    def counters(self, request: Request) -> HttpResponse:
        return self.show({"counters": deals.deal_counters(request.user)})


class HomeViewset(Viewset):
    permission_classes = [SignedIn]

    @describe("The numbers of my first page: what waits for me, and where it is", response=HomeOut)
    def home(self, request: Request) -> HttpResponse:
        user: Any = request.user
        return self.show({"role": user.role, "tiles": home.home(user)})


urls = [
    route("search", SearchViewset, get="found"),
    route("deals", DealsViewset, get="list"),
    route("deals/counters", DealsViewset, get="counters"),
    route("home", HomeViewset, get="home"),
]
