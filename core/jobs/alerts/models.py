"""What a creator waits for, which jobs came, and how far each fan-out has got."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.models import Row
from core.base.triggers import append_only, frozen, no_delete
from core.base.vocabulary import Currency, Language, Niche, Platform
from core.jobs.models import Job

# What is not asked for is empty, and fits every job.
NO_CRITERIA = Q(platform="", niche="", language="", currency="", content_formats=[], min_budget_cents=None, max_budget_cents=None)


class JobAlert(Row):
    """A saved search of a creator: every criterion that is given has to fit. A deleted one stays, for the sake of its hits."""

    NAME_LENGTH_MIN = 2
    BUDGET_CENTS_MAX = Job.BUDGET_MAX * 100
    BUDGET = (MinValueValidator(0), MaxValueValidator(BUDGET_CENTS_MAX))

    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="job_alerts")
    name = models.CharField(max_length=80, validators=[MinLengthValidator(NAME_LENGTH_MIN)])
    platform = models.CharField(max_length=20, choices=Platform, blank=True, default="")
    niche = models.CharField(max_length=20, choices=Niche, blank=True, default="")
    language = models.CharField(max_length=2, choices=Language, blank=True, default="")
    content_formats = ArrayField(models.CharField(max_length=20, choices=Job.ContentFormat), default=list, blank=True)
    min_budget_cents = models.BigIntegerField(null=True, blank=True, validators=BUDGET)
    max_budget_cents = models.BigIntegerField(null=True, blank=True, validators=BUDGET)
    currency = models.CharField(max_length=3, choices=Currency, blank=True, default="")
    is_active = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job alert")
        verbose_name_plural = _("job alerts")
        indexes = [
            models.Index(fields=["creator", "-created_at", "-id"], condition=Q(deleted_at=None), name="alert_creator"),
            # A fan-out walks four ranges of it, in the order of the ids: (its niche or any) x (its platform or any).
            models.Index(fields=["niche", "platform", "id"], condition=Q(is_active=True, deleted_at=None), name="alert_match"),
        ]
        constraints = [
            models.UniqueConstraint(F("creator"), Lower("name"), condition=Q(deleted_at=None), name="alert_name_once"),
            models.CheckConstraint(condition=~NO_CRITERIA, name="alert_asks_for_something"),
            models.CheckConstraint(
                condition=Q(min_budget_cents=None, max_budget_cents=None) | ~Q(currency=""), name="alert_budget_has_currency"
            ),
            models.CheckConstraint(
                condition=Q(min_budget_cents=None) | Q(max_budget_cents=None) | Q(max_budget_cents__gte=F("min_budget_cents")),
                name="alert_budget_order",
            ),
            models.CheckConstraint(
                condition=(Q(min_budget_cents=None) | Q(min_budget_cents__gte=0, min_budget_cents__lte=10_000_000_000))
                & (Q(max_budget_cents=None) | Q(max_budget_cents__gte=0, max_budget_cents__lte=10_000_000_000)),
                name="alert_budget_range",
            ),
        ]
        triggers = [frozen("alert", "id", "creator_id", "created_at", once=("deleted_at",)), no_delete("alert")]

    def __str__(self) -> str:
        return self.name


class AlertHit(models.Model):
    """An alert has found a job, once for ever. Of all hits of a creator for one job one at most is `told`: it brought the notice."""

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(JobAlert, on_delete=models.PROTECT, related_name="hits", db_index=False)
    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="alert_hits", db_index=False)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alert_hits", db_index=False)
    matched_because = models.JSONField()  # the criteria that were met, with what the job offered then
    told = models.BooleanField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("found job")
        verbose_name_plural = _("found jobs")
        indexes = [
            models.Index(fields=["alert", "-id"], name="alert_hit_newest"),
            models.Index(fields=["creator", "-created_at"], condition=Q(told=True), name="alert_hit_told"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "alert"], name="alert_hit_once"),
            models.UniqueConstraint(fields=["job", "creator"], condition=Q(told=True), name="alert_told_once"),
        ]
        triggers = append_only("alert_hit")


class AlertRun(Row):
    """One fan-out: a job became live, and its alerts are found chunk by chunk. `place` is the last alert that was looked at."""

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="alert_runs", db_index=False)
    place = models.UUIDField(null=True, blank=True)
    hit_count = models.PositiveIntegerField(default=0)
    notice_count = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)  # chunks that broke off, one after the other
    due_at = models.DateTimeField(db_default=Now())  # by the clock of the database: how long a broken one rests is no business matter
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(finished_at=None), name="alert_run_due"),
            models.Index(fields=["job", "id"], name="alert_run_job"),
        ]
        triggers = [frozen("alert_run", "id", "job_id", "created_at", once=("finished_at",)), no_delete("alert_run")]
