"""What the creator delivers, version by version."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.base.links import LinkField, link_check
from core.base.models import Row, StatefulRow
from core.base.triggers import no_delete


class Submission(StatefulRow):
    """One version of the work. At most one version waits for the brand."""

    class Status(models.TextChoices):
        SUBMITTED = "SUBMITTED", _("Waiting for review")
        CHANGES_REQUESTED = "CHANGES_REQUESTED", _("Changes requested")
        APPROVED = "APPROVED", _("Approved")
        SUPERSEDED = "SUPERSEDED", _("Replaced by a newer version")

    MOVES = {"SUBMITTED": {"CHANGES_REQUESTED", "APPROVED", "SUPERSEDED"}}
    ITEMS_MAX = 20

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="submissions")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status, default=Status.SUBMITTED)
    note = models.CharField(max_length=1_000, blank=True, default="")
    review_comment = models.CharField(max_length=1_000, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "version"], name="submission_version_once"),
            models.UniqueConstraint(fields=["job"], condition=Q(status="SUBMITTED"), name="submission_one_waiting"),
            models.UniqueConstraint(fields=["job"], condition=Q(status="APPROVED"), name="submission_one_approved"),
        ]
        triggers = [no_delete("submission")]


class SubmissionItem(Row):
    """One delivered file, by link."""

    class Type(models.TextChoices):
        FINAL_VIDEO = "FINAL_VIDEO", _("Final video")
        RAW_FILES = "RAW_FILES", _("Raw footage")
        PROJECT_FILE = "PROJECT_FILE", _("Project file")
        OTHER = "OTHER", _("Other file")

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="items")
    type = models.CharField(max_length=12, choices=Type)
    url = LinkField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="submission_item_position"),
            link_check("url", name="submission_item_link"),
        ]
        triggers = [no_delete("submission_item")]
