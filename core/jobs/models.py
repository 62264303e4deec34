"""A job: what a brand wants made, and, once a creator is chosen, the deal itself."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q
from django.db.models.functions import MD5, Upper
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.models import StatefulRow
from core.base.triggers import arrows, no_delete
from core.base.vocabulary import Currency, Language, Niche, Platform

# The database's own guard reads it too, so it stands before the model.
JOB_MOVES = {
    "DRAFT": {"PUBLISHED", "CANCELED"},
    "PUBLISHED": {"PAUSED", "IN_PROGRESS", "CANCELED"},
    "PAUSED": {"PUBLISHED", "CANCELED"},
    "IN_PROGRESS": {"IN_REVIEW", "COMPLETED", "CANCELED"},
    "IN_REVIEW": {"IN_PROGRESS", "COMPLETED", "CANCELED"},
}


class Job(StatefulRow):
    """One job of a brand. Content may be incomplete in a draft; from publication on it is whole and was read by a moderator."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        PUBLISHED = "PUBLISHED", _("Published")
        PAUSED = "PAUSED", _("On hold")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        IN_REVIEW = "IN_REVIEW", _("In review")
        COMPLETED = "COMPLETED", _("Completed")
        CANCELED = "CANCELED", _("Canceled")

    class Moderation(models.TextChoices):
        NONE = "NONE", _("Not submitted")
        PENDING = "PENDING", _("Waiting for a moderator")
        APPROVED = "APPROVED", _("Approved")
        REJECTED = "REJECTED", _("Rejected")

    class ContentFormat(models.TextChoices):
        REVIEW = "REVIEW", _("Review")
        UNBOXING = "UNBOXING", _("Unboxing")
        HOW_TO = "HOW_TO", _("How-to")
        BEFORE_AFTER = "BEFORE_AFTER", _("Before and after")
        TESTIMONIAL = "TESTIMONIAL", _("Testimonial")
        SKETCH = "SKETCH", _("Sketch")
        SCREEN_RECORDING = "SCREEN_RECORDING", _("Screen recording")
        VOICE_OVER = "VOICE_OVER", _("Voice-over")
        TALKING_HEAD = "TALKING_HEAD", _("Talking head")
        NO_FACE = "NO_FACE", _("Without a face")
        OTHER = "OTHER", _("Other format")

    class RightsPackage(models.TextChoices):
        BASIC = "BASIC", _("Organic use")
        ADS = "ADS", _("Use in advertising")
        SPARK_PARTNERSHIP = "SPARK_PARTNERSHIP", _("Posted from the creator's account")
        BUYOUT = "BUYOUT", _("Full buyout")

    class DeadlineType(models.TextChoices):
        URGENT_48H = "URGENT_48H", _("Urgent: 48 hours")
        DAYS_3_5 = "DAYS_3_5", _("3 to 5 days")
        WEEK_PLUS = "WEEK_PLUS", _("A week or more")
        DATE = "DATE", _("By a date")

    class MusicPolicy(models.TextChoices):
        BRAND_SAFE = "BRAND_SAFE", _("Licensed music only")
        TREND_OK = "TREND_OK", _("Trending music is fine")
        NO_MUSIC = "NO_MUSIC", _("No music")

    MOVES = JOB_MOVES
    BUDGET_MAX = 100_000_000  # whole units; in minor units still far below a bigint
    BRIEF_BYTES_MAX = 16_384
    # Everything that a moderator reads and a deal freezes. `JobRevision.content` has the same keys.
    CONTENT_FIELDS = (
        "title",
        "description",
        "platform",
        "niche",
        "deliverables_count",
        "video_duration_sec",
        "content_formats",
        "needs_posting",
        "needs_whitelisting",
        "rights_package",
        "usage_term_days",
        "revision_rounds",
        "revision_rounds_included",
        "languages",
        "shipping_required",
        "deliverables_include_raw",
        "deliverables_include_project_file",
        "subtitles_required",
        "script_provided",
        "music_policy",
        "notes",
        "budget_min",
        "budget_max",
        "currency",
        "deadline_type",
        "deadline_date",
        "brief",
    )

    brand = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs", db_index=False)
    active_creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="deals")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    moderation_status = models.CharField(max_length=10, choices=Moderation, default=Moderation.NONE)

    title = models.CharField(max_length=140, blank=True, default="")
    description = models.CharField(max_length=5_000, blank=True, default="")
    platform = models.CharField(max_length=20, choices=Platform, blank=True, default="")
    niche = models.CharField(max_length=20, choices=Niche, blank=True, default="")
    deliverables_count = models.PositiveSmallIntegerField(default=1)
    video_duration_sec = models.PositiveSmallIntegerField(default=15)
    content_formats = ArrayField(models.CharField(max_length=20, choices=ContentFormat), default=list, blank=True)
    needs_posting = models.BooleanField(default=False)
    needs_whitelisting = models.BooleanField(default=False)
    rights_package = models.CharField(max_length=20, choices=RightsPackage, default=RightsPackage.BASIC)
    usage_term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    revision_rounds = models.PositiveSmallIntegerField(default=1)
    revision_rounds_included = models.PositiveSmallIntegerField(default=1)
    languages = ArrayField(models.CharField(max_length=2, choices=Language), default=list, blank=True)
    shipping_required = models.BooleanField(default=False)
    deliverables_include_raw = models.BooleanField(default=False)
    deliverables_include_project_file = models.BooleanField(default=False)
    subtitles_required = models.BooleanField(default=False)
    script_provided = models.BooleanField(default=False)
    music_policy = models.CharField(max_length=12, choices=MusicPolicy, blank=True, default="")
    notes = models.CharField(max_length=1_500, blank=True, default="")
    budget_min = models.BigIntegerField(null=True, blank=True)
    budget_max = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, choices=Currency, default=Currency.RUB)
    deadline_type = models.CharField(max_length=12, choices=DeadlineType, blank=True, default="")
    deadline_date = models.DateTimeField(null=True, blank=True)
    brief = models.JSONField(null=True, blank=True)

    content_version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(null=True, blank=True)
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    moderation_reason = models.TextField(blank=True, default="")
    moderation_attempt = models.PositiveSmallIntegerField(default=1, db_default=1)  # how often the job itself was sent in
    has_pending_revision = models.BooleanField(default=False)
    live_at = models.DateTimeField(null=True, blank=True)

    agreed_terms = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)  # while a dispute is open; lower rooms judge by it
    completed_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    canceled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cancel_reason = models.CharField(max_length=500, blank=True, default="")

    # The feed's condition as one stored column: a partial index needs it as a literal, whatever the plan.
    is_live = models.GeneratedField(
        expression=ExpressionWrapper(Q(status="PUBLISHED", moderation_status="APPROVED"), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # The moderators' queue, the same way: the job itself, or a change of an approved one; `submitted_at` is its place in line.
    awaits_moderation = models.GeneratedField(
        expression=ExpressionWrapper(
            Q(status="PUBLISHED", moderation_status="PENDING") | Q(has_pending_revision=True), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    search = models.GeneratedField(
        expression=Func(
            F("title"),
            F("description"),
            template="to_tsvector('russian'::regconfig, %(expressions)s)",
            arg_joiner=" || ' ' || ",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["-live_at", "-id"], condition=Q(is_live=True), name="job_feed_new"),
            models.Index(fields=["currency", "-budget_max", "-live_at", "-id"], condition=Q(is_live=True), name="job_feed_budget"),
            models.Index(fields=["niche", "platform", "-live_at", "-id"], condition=Q(is_live=True), name="job_feed_niche"),
            models.Index(fields=["niche", "-live_at", "-id"], condition=Q(is_live=True), name="job_feed_one_niche"),
            models.Index(fields=["platform", "-live_at", "-id"], condition=Q(is_live=True), name="job_feed_platform"),
            # Without a pending list, which every search would have to read through and the planner shies away from.
            GinIndex(fields=["search"], condition=Q(is_live=True), fastupdate=False, name="job_search"),
            GinIndex(fields=["content_formats", "languages"], condition=Q(is_live=True), fastupdate=False, name="job_arrays"),
            models.Index(OpClass(Upper("title"), name="text_pattern_ops"), name="job_title_begins"),
            models.Index(fields=["brand", "-created_at", "-id"], name="job_brand"),
            models.Index(fields=["brand", "status", "moderation_status"], name="job_brand_state"),
            models.Index(fields=["active_creator", "-started_at", "-id"], condition=Q(active_creator__isnull=False), name="job_creator"),
            models.Index(fields=["submitted_at", "id"], condition=Q(awaits_moderation=True), name="job_moderation_queue"),
            models.Index(fields=["moderation_status", "-moderated_at", "-id"], name="job_moderated"),
            models.Index(MD5("description"), "id", condition=~Q(description=""), name="job_same_text"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_min=None)
                | Q(budget_max=None)
                | Q(budget_min__gte=1, budget_max__gte=F("budget_min"), budget_max__lte=100_000_000),
                name="job_budget_order",
            ),
            models.CheckConstraint(
                condition=Q(budget_min=None) | Q(budget_min__gte=1, budget_min__lte=100_000_000), name="job_budget_min_range"
            ),
            models.CheckConstraint(
                condition=Q(budget_max=None) | Q(budget_max__gte=1, budget_max__lte=100_000_000), name="job_budget_max_range"
            ),
            models.CheckConstraint(condition=Q(deliverables_count__gte=1, deliverables_count__lte=200), name="job_deliverables_range"),
            models.CheckConstraint(condition=Q(video_duration_sec__gte=5, video_duration_sec__lte=180), name="job_duration_range"),
            models.CheckConstraint(
                condition=Q(usage_term_days=None) | Q(usage_term_days__gte=7, usage_term_days__lte=3650), name="job_usage_term_range"
            ),
            models.CheckConstraint(
                condition=Q(revision_rounds__lte=10, revision_rounds_included__lte=F("revision_rounds")), name="job_revision_rounds"
            ),
            models.CheckConstraint(condition=Q(deadline_type="DATE") | Q(deadline_date=None), name="job_deadline_date_only_for_date"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "CANCELED"])
                | ~Q(title="")
                & ~Q(platform="")
                & ~Q(niche="")
                & ~Q(deadline_type="")
                & Q(budget_min__isnull=False, budget_max__isnull=False, usage_term_days__isnull=False)
                & (~Q(deadline_type="DATE") | Q(deadline_date__isnull=False)),
                name="job_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(status="CANCELED")
                | Q(status__in=["IN_PROGRESS", "IN_REVIEW", "COMPLETED"], active_creator__isnull=False, agreed_terms__isnull=False)
                | Q(status__in=["DRAFT", "PUBLISHED", "PAUSED"], active_creator=None),
                name="job_creator_while_in_work",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["IN_PROGRESS", "IN_REVIEW", "COMPLETED"]) | Q(moderation_status="APPROVED"),
                name="job_work_was_moderated",
            ),
            models.CheckConstraint(
                condition=~Q(status="PUBLISHED", moderation_status="APPROVED") | Q(live_at__isnull=False), name="job_live_since"
            ),
            models.CheckConstraint(
                condition=Q(has_pending_revision=False) | Q(moderation_status="APPROVED", submitted_at__isnull=False),
                name="job_revision_of_approved",
            ),
            models.CheckConstraint(condition=Q(disputed_at=None) | Q(status__in=["IN_PROGRESS", "IN_REVIEW"]), name="job_disputed_in_work"),
        ]
        triggers = [arrows("job", JOB_MOVES), no_delete("job")]

    def __str__(self) -> str:
        return self.title


class JobRevision(StatefulRow):
    """Changed content of a job that is already approved. The approved text stays public until a moderator decides."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for a moderator")
        APPROVED = "APPROVED", _("Approved")
        REJECTED = "REJECTED", _("Rejected")
        SUPERSEDED = "SUPERSEDED", _("Replaced by a newer edit")

    MOVES = {"PENDING": {"APPROVED", "REJECTED", "SUPERSEDED"}}

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    submitted_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["submitted_at", "id"], condition=Q(status="PENDING"), name="revision_queue")]
        constraints = [
            models.UniqueConstraint(fields=["job", "version"], name="revision_version_once"),
            models.UniqueConstraint(fields=["job"], condition=Q(status="PENDING"), name="revision_one_pending"),
        ]
        triggers = [no_delete("revision")]
