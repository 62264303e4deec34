"""Jobs: the feed, one job as its viewer may see it, and what a brand does with its own. Moderation stands in api/moderation.py."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api.base import Filters, PublicList, Viewset, describe, route
from api.filters import FLAGS, Choice, Choices, Flag, Whole, Words, require_currency
from api.job_shapes import (
    BrandCountsOut,
    BrandJobOut,
    DealCountsOut,
    DealOut,
    DuplicateOut,
    FeedJobOut,
    JobIn,
    JobOut,
    NewJobIn,
    shown,
)
from api.permissions import Anyone, IsBrand, IsCreator, SignedIn
from core.base.models import QuerySet
from core.base.vocabulary import Currency, Language, Niche, Platform
from core.jobs import errors, selectors, services
from core.jobs.alerts.policies import is_creator
from core.jobs.models import Job
from core.jobs.policies import is_brand, is_moderator
from core.overview import standing
from core.people.errors import BrandProfileIncomplete

EDITS = [errors.HasCreator, errors.JobClosed]
EXAMPLE = {
    "title": "Review of our green tea",
    "description": "Brew it, taste it, tell what you think.",
    "platform": "TIKTOK",
    "niche": "FOOD",
    "deliverablesCount": 2,
    "usageTermDays": 90,
    "languages": ["ru"],
    "budgetMin": 3000,
    "budgetMax": 5000,
    "currency": "RUB",
    "deadlineType": "DAYS_3_5",
    "publish": True,
}


FEED = PublicList(selectors.job_feed)


class FeedFilters(Filters):
    """Budgets are whole units and overlap: a job fits when some price of its range is in the range asked for."""

    q = Words(help_text="Words of the title or the description, in any form; -word leaves out.")
    platform = Choice(choices=Platform.choices)
    niche = Choice(choices=Niche.choices)
    currency = Choice(choices=Currency.choices)
    rightsPackage = Choice(field_name="rights_package", choices=Job.RightsPackage.choices)
    minBudget = Whole(field_name="budget_max", lookup_expr="gte", help_text="budgetMax is this or more.")
    maxBudget = Whole(field_name="budget_min", lookup_expr="lte", help_text="budgetMin is this or less.")
    minDeliverables = Whole(field_name="deliverables_count", lookup_expr="gte", max_value=32_767)
    maxDeliverables = Whole(field_name="deliverables_count", lookup_expr="lte", max_value=32_767)
    minDurationSec = Whole(field_name="video_duration_sec", lookup_expr="gte", max_value=32_767)
    maxDurationSec = Whole(field_name="video_duration_sec", lookup_expr="lte", max_value=32_767)
    formats = Choices(field_name="content_formats", lookup_expr="overlap", choices=Job.ContentFormat.choices, help_text="Any of these.")
    needsPosting = Flag(field_name="needs_posting")
    needsWhitelisting = Flag(field_name="needs_whitelisting")
    shippingRequired = Flag(field_name="shipping_required")
    lang = Choice(choices=Language.choices, method="speak")

    hideApplied = Flag(method="leave", help_text="true, for creators: without the jobs that I have applied to.")

    def leave(self, jobs: QuerySet, name: str, is_wanted: bool) -> QuerySet:
        """The list itself was chosen by it."""
        return jobs

    def speak(self, jobs: QuerySet, name: str, language: str) -> QuerySet:
        """Those that are wanted in this language, among others."""
        return jobs.filter(languages__contains=[language])


class BrandJobFilters(Filters):
    tab = Choice(choices=[(tab, tab) for tab in selectors.BRAND_TABS], method="stand")

    def stand(self, jobs: QuerySet, name: str, tab: str) -> QuerySet:
        return jobs.filter(selectors.BRAND_TABS[tab])


class DealFilters(Filters):
    tab = Choice(choices=[(tab, tab) for tab in selectors.DEAL_TABS], method="stand")

    def stand(self, jobs: QuerySet, name: str, tab: str) -> QuerySet:
        return jobs.filter(selectors.DEAL_TABS[tab])


class BrandOrModerator(SignedIn):
    who = "brand, staff: moderator"

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        return is_brand(request.user) or is_moderator(request.user)


WRITES = ("create", "update", "partial_update", "publish", "pause", "unpause", "duplicate")


class JobViewset(Viewset):
    permission_classes = {"list": [Anyone], "retrieve": [Anyone], "resubmit": [BrandOrModerator]} | {action: [IsBrand] for action in WRITES}
    throttle_scope = dict.fromkeys((*WRITES, "resubmit"), "write")

    @describe(
        "The feed: every live job",
        detail="`sort=budget` puts the largest budget first. It needs `currency`, as `minBudget` and `maxBudget` do: amounts of two "
        "currencies cannot be compared.",
        response=FeedJobOut,
        page=True,
        filters=FeedFilters,
        sorts=("new", "budget"),
    )
    def list(self, request: Request) -> HttpResponse:
        require_currency(request.query_params, bounds=("minBudget", "maxBudget"), sorts=("budget",))
        hides = FLAGS.get(request.query_params.get("hideApplied", "")) and is_creator(request.user)
        rows = selectors.feed_without_applied(request.user) if hides else FEED
        return self.page(rows, order={"new": ("-live_at", "-id"), "budget": ("-budget_max", "-live_at", "-id")})

    @describe(
        "One job",
        detail="Everybody sees a live job. Its brand and moderators see it in every state, with moderation and the change that waits; "
        "the chosen creator sees the deal. Applications have a list of their own.",
        response={"job": JobOut},
    )
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.job(pk)

    @describe(
        "A new job",
        detail="Published at once and read by a moderator, or with `publish: false` kept as a draft, which may be incomplete.",
        request=NewJobIn,
        response={"job": JobOut},
        status=201,
        errors=[BrandProfileIncomplete],
        example=EXAMPLE,
    )
    def create(self, request: Request) -> HttpResponse:
        content = self.body()
        publish = content.pop("publish")
        return self.job(services.create_job(by=request.user, content=content, publish=publish).id)

    @describe(
        "Rewrite the job",
        detail="What is not named gets its default, except the brief. A change of an approved job waits for a moderator while the approved "
        "text stays public.",
        request=JobIn,
        response={"job": JobOut},
        errors=EDITS,
    )
    def update(self, request: Request, pk: UUID) -> HttpResponse:
        return self.job(services.rewrite_job(pk, by=request.user, content=self.body()).id)

    @describe(
        "Change the job",
        detail="What is not named stays. A change of an approved job waits for a moderator while the approved text stays public.",
        request=JobIn,
        response={"job": JobOut},
        errors=EDITS,
    )
    def partial_update(self, request: Request, pk: UUID) -> HttpResponse:
        return self.job(services.edit_job(pk, by=request.user, content=self.body()).id)

    @describe("Publish the draft", response={"job": JobOut}, errors=[errors.OnlyDraft, BrandProfileIncomplete])
    def publish(self, request: Request, pk: UUID) -> HttpResponse:
        return self.command(services.publish_job, pk)

    @describe("Put the job on hold", response={"job": JobOut}, errors=[errors.HasCreator, errors.OnlyPublished])
    def pause(self, request: Request, pk: UUID) -> HttpResponse:
        return self.command(services.pause_job, pk)

    @describe(
        "Resume the job",
        response={"job": JobOut},
        errors=[errors.HasCreator, errors.OnlyPaused, errors.DeadlinePassed, BrandProfileIncomplete],
    )
    def unpause(self, request: Request, pk: UUID) -> HttpResponse:
        return self.command(services.unpause_job, pk)

    @describe("A new draft with the same text", response=DuplicateOut, status=201)
    def duplicate(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show({"id": services.duplicate_job(pk, by=request.user).id})

    @describe(
        "Ask a moderator to read a rejected job again",
        detail="A job that already waits is left as it is.",
        response={"job": JobOut},
        errors=[errors.JobClosed, errors.NotSubmitted, errors.AlreadyApproved, errors.DeadlinePassed],
    )
    def resubmit(self, request: Request, pk: UUID) -> HttpResponse:
        return self.command(services.resubmit_job, pk)

    def command(self, verb: Any, pk: UUID) -> HttpResponse:
        """The answer to a command that takes no body: the job as it is now."""
        self.no_body()
        return self.job(verb(pk, by=self.request.user).id)

    def job(self, pk: UUID) -> HttpResponse:
        """The job as the caller may see it."""
        return self.show({"job": shown(standing.job_page(pk, by=self.request.user))})


class BrandJobViewset(Viewset):
    permission_classes = [IsBrand]

    @describe(
        "My jobs, newest first",
        detail="Without `tab` all of them. `counts` says how many stand in each tab.",
        response=BrandJobOut,
        page=True,
        filters=BrandJobFilters,
        beside={"counts": BrandCountsOut},
    )
    def list(self, request: Request) -> HttpResponse:
        jobs = selectors.brand_jobs(request.user)
        return self.page(jobs, order=("-created_at", "-id"), beside={"counts": selectors.brand_counts(request.user)})


class DealViewset(Viewset):
    permission_classes = [IsCreator]

    @describe(
        "The jobs I was chosen for, newest deal first",
        detail="Without `tab` all of them. `counts` says how many stand in each tab.",
        response=DealOut,
        page=True,
        filters=DealFilters,
        beside={"counts": DealCountsOut},
    )
    def list(self, request: Request) -> HttpResponse:
        deals = selectors.creator_deals(request.user)
        return self.page(deals, order=("-started_at", "-id"), beside={"counts": selectors.deal_counts(request.user)})


urls = [
    route("jobs", JobViewset, get="list", post="create"),
    route("jobs/<uuid:pk>", JobViewset, get="retrieve", put="update", patch="partial_update"),
    route("jobs/<uuid:pk>/publish", JobViewset, post="publish"),
    route("jobs/<uuid:pk>/pause", JobViewset, post="pause"),
    route("jobs/<uuid:pk>/unpause", JobViewset, post="unpause"),
    route("jobs/<uuid:pk>/duplicate", JobViewset, post="duplicate"),
    route("jobs/<uuid:pk>/resubmit", JobViewset, post="resubmit"),
    route("brand/jobs", BrandJobViewset, get="list"),
    route("creator/jobs", DealViewset, get="list"),
]
