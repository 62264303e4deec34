"""What a job looks like on the wire: what a brand sends, and what each viewer is shown."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from api.actions import ActionOut
from api.base import Shape
from api.timers import TimerOut
from core.base.names import camel
from core.base.vocabulary import Currency, Niche, Platform
from core.jobs import selectors
from core.jobs.models import Job
from core.jobs.waiting import BRAND, CREATOR, STAFF
from core.money.models import Escrow

NAMES = {"brand_card": "brand", "creator_card": "activeCreator", "live_at": "publishedAt"}


def shown(job: Mapping[str, Any]) -> dict[str, Any]:
    """The job of a selector under the names of the contract."""
    return {NAMES.get(name) or camel(name): deeper(name, value) for name, value in job.items()}


def deeper(name: str, value: Any) -> Any:
    """The frozen terms and the waiting change have names of their own to spell."""
    if name in {"agreed_terms", "pending_revision"} and value is not None:
        return {camel(below): part for below, part in value.items()}
    return value


class JobIn(Shape):
    """The text of a job. A draft may leave out anything; the verb says what a published one lacks."""

    title = serializers.CharField(required=False, allow_blank=True, max_length=140, help_text="8..140 characters once published.")
    description = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=5_000)
    platform = serializers.ChoiceField(required=False, allow_blank=True, choices=Platform.choices)
    niche = serializers.ChoiceField(required=False, allow_blank=True, choices=Niche.choices)
    deliverablesCount = serializers.IntegerField(required=False, min_value=1, max_value=200)
    videoDurationSec = serializers.IntegerField(required=False, min_value=5, max_value=180)
    contentFormats = serializers.ListField(required=False, max_length=50, child=serializers.ChoiceField(choices=Job.ContentFormat.choices))
    needsPosting = serializers.BooleanField(required=False)
    needsWhitelisting = serializers.BooleanField(required=False)
    rightsPackage = serializers.ChoiceField(required=False, choices=Job.RightsPackage.choices)
    usageTermDays = serializers.IntegerField(required=False, allow_null=True, min_value=7, max_value=3_650)
    revisionRounds = serializers.IntegerField(required=False, min_value=0, max_value=10)
    revisionRoundsIncluded = serializers.IntegerField(required=False, min_value=0, max_value=2)
    languages = serializers.ListField(
        required=False, max_length=50, child=serializers.CharField(max_length=10), help_text="ISO 639-1, such as ru, kk, uz."
    )
    shippingRequired = serializers.BooleanField(required=False)
    deliverablesIncludeRaw = serializers.BooleanField(required=False)
    deliverablesIncludeProjectFile = serializers.BooleanField(required=False)
    subtitlesRequired = serializers.BooleanField(required=False)
    scriptProvided = serializers.BooleanField(required=False)
    musicPolicy = serializers.ChoiceField(required=False, allow_blank=True, allow_null=True, choices=Job.MusicPolicy.choices)
    notes = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=1_500)
    budgetMin = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=Job.BUDGET_MAX, help_text="Whole units, for the whole package."
    )
    budgetMax = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=Job.BUDGET_MAX)
    currency = serializers.ChoiceField(required=False, choices=Currency.choices)
    deadlineType = serializers.ChoiceField(required=False, allow_blank=True, choices=Job.DeadlineType.choices)
    deadlineDate = serializers.DateTimeField(required=False, allow_null=True, help_text="For deadlineType DATE alone.")
    brief = serializers.DictField(required=False, allow_null=True, help_text="Any object of at most 16 KB.")


class NewJobIn(JobIn):
    publish = serializers.BooleanField(default=True)


class BrandCardOut(Shape):
    profileId = serializers.UUIDField()
    companyName = serializers.CharField()


class CreatorCardOut(Shape):
    profileId = serializers.UUIDField()
    displayName = serializers.CharField()


class FeedJobOut(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    description = serializers.CharField()
    platform = serializers.ChoiceField(choices=Platform.choices)
    niche = serializers.ChoiceField(choices=Niche.choices)
    rightsPackage = serializers.ChoiceField(choices=Job.RightsPackage.choices)
    budgetMin = serializers.IntegerField()
    budgetMax = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    deadlineType = serializers.ChoiceField(choices=Job.DeadlineType.choices)
    deadlineDate = serializers.DateTimeField(allow_null=True)
    deliverablesCount = serializers.IntegerField()
    videoDurationSec = serializers.IntegerField()
    contentFormats = serializers.ListField(child=serializers.ChoiceField(choices=Job.ContentFormat.choices))
    languages = serializers.ListField(child=serializers.CharField())
    createdAt = serializers.DateTimeField()
    publishedAt = serializers.DateTimeField()
    brand = BrandCardOut()


class ChangeOut(Shape):
    """One field of a text before and after, as it stands in JSON. `from` is a word of Python, so it joins the fields by name."""

    to = serializers.JSONField(allow_null=True)


ChangeOut._declared_fields["from"] = serializers.JSONField(allow_null=True)


class RevisionOut(Shape):
    version = serializers.IntegerField()
    submittedAt = serializers.DateTimeField()
    changes = serializers.DictField(child=ChangeOut())


class OwnApplicationOut(Shape):
    id = serializers.UUIDField()
    status = serializers.CharField()
    message = serializers.CharField()
    priceQuote = serializers.IntegerField(allow_null=True)
    createdAt = serializers.DateTimeField()


class JobOut(FeedJobOut):
    """A job; a field that this viewer may not see is absent."""

    status = serializers.ChoiceField(choices=Job.Status.choices)
    platform = serializers.CharField()
    niche = serializers.CharField()
    deadlineType = serializers.CharField()
    budgetMin = serializers.IntegerField(allow_null=True)
    budgetMax = serializers.IntegerField(allow_null=True)
    publishedAt = serializers.DateTimeField(allow_null=True)
    needsPosting = serializers.BooleanField()
    needsWhitelisting = serializers.BooleanField()
    usageTermDays = serializers.IntegerField(allow_null=True)
    revisionRounds = serializers.IntegerField()
    revisionRoundsIncluded = serializers.IntegerField()
    shippingRequired = serializers.BooleanField()
    deliverablesIncludeRaw = serializers.BooleanField()
    deliverablesIncludeProjectFile = serializers.BooleanField()
    subtitlesRequired = serializers.BooleanField()
    scriptProvided = serializers.BooleanField()
    musicPolicy = serializers.CharField()
    notes = serializers.CharField()
    brief = serializers.DictField(allow_null=True)
    # The brand, moderators and the chosen creator:
    agreedTerms = serializers.DictField(required=False, allow_null=True, help_text="Text, price and commission of the deal, frozen.")
    startedAt = serializers.DateTimeField(required=False, allow_null=True)
    dueAt = serializers.DateTimeField(required=False, allow_null=True)
    completedAt = serializers.DateTimeField(required=False, allow_null=True)
    canceledAt = serializers.DateTimeField(required=False, allow_null=True)
    cancelReason = serializers.CharField(required=False)
    conversationId = serializers.UUIDField(required=False, allow_null=True)
    priceCents = serializers.IntegerField(required=False, allow_null=True)
    escrowStatus = serializers.ChoiceField(required=False, allow_null=True, choices=Escrow.Status.choices)
    timers = TimerOut(many=True, required=False, help_text="What runs, and what happens otherwise. The next one first.")
    waitingOn = serializers.ChoiceField(
        choices=[(who, who) for who in (BRAND, CREATOR, STAFF)], required=False, allow_null=True, help_text="Who has to act now."
    )
    isOverdue = serializers.BooleanField(required=False, help_text="Whether the creator should have delivered by now.")
    actions = ActionOut(many=True, required=False, help_text="What the reader may do now.")
    # The brand and moderators:
    moderationStatus = serializers.ChoiceField(required=False, choices=Job.Moderation.choices)
    moderationReason = serializers.CharField(required=False)
    moderatedAt = serializers.DateTimeField(required=False, allow_null=True)
    submittedAt = serializers.DateTimeField(required=False, allow_null=True)
    contentVersion = serializers.IntegerField(required=False)
    pendingRevision = RevisionOut(required=False, allow_null=True)
    activeCreator = CreatorCardOut(required=False, allow_null=True)
    applicationCount = serializers.IntegerField(required=False)
    pendingApplicationCount = serializers.IntegerField(required=False)
    updatedAt = serializers.DateTimeField(required=False)
    # A creator who waits for the answer, or was chosen:
    application = OwnApplicationOut(required=False)


class DuplicateOut(Shape):
    id = serializers.UUIDField()


class BrandJobOut(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Job.Status.choices)
    moderationStatus = serializers.ChoiceField(choices=Job.Moderation.choices)
    moderationReason = serializers.CharField()
    hasPendingRevision = serializers.BooleanField()
    platform = serializers.CharField()
    niche = serializers.CharField()
    budgetMin = serializers.IntegerField(allow_null=True)
    budgetMax = serializers.IntegerField(allow_null=True)
    currency = serializers.ChoiceField(choices=Currency.choices)
    deadlineType = serializers.CharField()
    deadlineDate = serializers.DateTimeField(allow_null=True)
    deliverablesCount = serializers.IntegerField()
    applicationCount = serializers.IntegerField()
    pendingApplicationCount = serializers.IntegerField()
    activeCreator = CreatorCardOut(allow_null=True)
    conversationId = serializers.UUIDField(allow_null=True)
    priceCents = serializers.IntegerField(allow_null=True)
    escrowStatus = serializers.ChoiceField(allow_null=True, choices=Escrow.Status.choices)
    dueAt = serializers.DateTimeField(allow_null=True)
    isOverdue = serializers.BooleanField()
    publishedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class DealOut(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Job.Status.choices)
    platform = serializers.ChoiceField(choices=Platform.choices)
    niche = serializers.ChoiceField(choices=Niche.choices)
    currency = serializers.ChoiceField(choices=Currency.choices)
    priceCents = serializers.IntegerField()
    escrowStatus = serializers.ChoiceField(choices=Escrow.Status.choices)
    brand = BrandCardOut()
    conversationId = serializers.UUIDField()
    startedAt = serializers.DateTimeField()
    dueAt = serializers.DateTimeField()
    isOverdue = serializers.BooleanField()
    completedAt = serializers.DateTimeField(allow_null=True)
    canceledAt = serializers.DateTimeField(allow_null=True)


def counts_of(name: str, tabs: Mapping[str, Any]) -> type[Shape]:
    """A number for each tab."""
    return type(name, (Shape,), {tab: serializers.IntegerField() for tab in tabs})


BrandCountsOut = counts_of("BrandCountsOut", selectors.BRAND_TABS)
DealCountsOut = counts_of("DealCountsOut", selectors.DEAL_TABS)
