"""What people report to moderators."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.models import StatefulRow
from core.base.triggers import arrows, frozen, no_delete

# The database's own guard reads it too, so it stands before the model.
REPORT_MOVES = {"OPEN": {"UPHELD", "DISMISSED"}}


class Report(StatefulRow):
    """One person asks moderators to look at something that another said or did. Only moderators know of it."""

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Waiting for a decision")
        UPHELD = "UPHELD", _("Upheld")
        DISMISSED = "DISMISSED", _("Dismissed")

    class Subject(models.TextChoices):
        PERSON = "PERSON", _("Person")
        JOB = "JOB", _("Job")
        MESSAGE = "MESSAGE", _("Message")
        REVIEW = "REVIEW", _("Review of a person")

    class Reason(models.TextChoices):
        SPAM = "SPAM", _("Spam")
        FRAUD = "FRAUD", _("Fraud")
        ABUSE = "ABUSE", _("Insults or threats")
        UNTRUE = "UNTRUE", _("Not true")
        FORBIDDEN_CONTENT = "FORBIDDEN_CONTENT", _("Forbidden content")
        OFF_PLATFORM = "OFF_PLATFORM", _("A deal past the marketplace")
        OTHER = "OTHER", _("Something else")

    # Set by open_report, for the one who called it.
    is_new: bool

    MOVES = REPORT_MOVES
    TEXT_MAX = 1_000

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=8, choices=Subject)
    subject_id = models.UUIDField()
    reported = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=20, choices=Reason)
    text = models.CharField(max_length=TEXT_MAX, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=TEXT_MAX, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], condition=Q(status="OPEN"), name="report_queue"),
            models.Index(fields=["created_at", "id"], name="report_all"),
            models.Index(fields=["reported", "-created_at"], name="report_reported"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reporter", "subject_type", "subject_id"], condition=Q(status="OPEN"), name="report_one_open"),
            models.CheckConstraint(condition=~Q(reporter=F("reported")), name="report_of_another"),
            models.CheckConstraint(
                condition=Q(status="OPEN", decided_at=None, decided_by=None, note="")
                | ~Q(status="OPEN") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="report_decided_whole",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("reporter")), name="report_decided_by_another"),
        ]
        triggers = [
            arrows("report", REPORT_MOVES),
            frozen("report", "reporter_id", "subject_type", "subject_id", "reported_id", "reason", "text", once=("decided_at",)),
            no_delete("report"),
        ]
