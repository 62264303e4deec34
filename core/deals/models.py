"""What the creator delivers, version by version, and what the two parties propose when they want to part."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.links import LinkField, link_check
from core.base.models import Row, StatefulRow
from core.base.triggers import arrows, frozen, no_delete

# The database's own guard reads it too, so it stands before the model.
PROPOSAL_MOVES = {"PENDING": {"ACCEPTED", "DECLINED", "WITHDRAWN", "EXPIRED"}}


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


class CancellationProposal(StatefulRow):
    """One party's offer to cancel the deal, and how much of the escrow the creator would get, before commission. One waits at a time.

    What is offered never changes: who wants something else withdraws it and proposes again.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for an answer")
        ACCEPTED = "ACCEPTED", _("Accepted")
        DECLINED = "DECLINED", _("Declined")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        EXPIRED = "EXPIRED", _("Not answered in time")

    MOVES = PROPOSAL_MOVES

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="cancellation_proposals", db_index=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    other_party = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    creator_share_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["job", "-created_at", "-id"], name="cancellation_job")]
        constraints = [
            models.UniqueConstraint(fields=["job"], condition=Q(status="PENDING"), name="cancellation_one_pending"),
            models.CheckConstraint(condition=Q(creator_share_cents__gte=0), name="cancellation_share_not_negative"),
            models.CheckConstraint(condition=~Q(proposed_by=F("other_party")), name="cancellation_between_two"),
            models.CheckConstraint(
                condition=Q(status="PENDING", decided_at=None, decided_by=None)
                | ~Q(status="PENDING") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="cancellation_decided_whole",
            ),
        ]
        triggers = [
            arrows("cancellation", PROPOSAL_MOVES),
            frozen("cancellation", "job_id", "proposed_by_id", "other_party_id", "creator_share_cents", "currency", "reason"),
            no_delete("cancellation"),
        ]
