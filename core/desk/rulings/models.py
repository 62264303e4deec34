"""What a moderator decided: held for a minute, in which it can be taken back, and then carried out."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.models import StatefulRow
from core.base.triggers import arrows, frozen, no_delete
from core.base.vocabulary import Queue

# The database's own guard reads it too, so it stands before the model.
RULING_MOVES = {"HELD": {"CARRIED_OUT", "UNDONE", "LAPSED"}}


class Ruling(StatefulRow):
    """One decision about one case. While it is held nothing has happened: nobody was told, and nothing is public."""

    class Status(models.TextChoices):
        HELD = "HELD", _("Can still be undone")
        CARRIED_OUT = "CARRIED_OUT", _("Carried out")
        UNDONE = "UNDONE", _("Undone")
        LAPSED = "LAPSED", _("Lapsed")

    class Kind(models.TextChoices):
        APPROVE = "APPROVE", _("Approved")
        REJECT = "REJECT", _("Rejected")
        REQUEST_CHANGES = "REQUEST_CHANGES", _("Changes requested")

    MOVES = RULING_MOVES
    CODES_MAX = 10

    queue = models.CharField(max_length=10, choices=Queue)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=Kind)
    version = models.PositiveIntegerField()  # of the text that was read
    reason = models.CharField(max_length=1_000, blank=True, default="")
    codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # of the reasons chosen
    checks = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # of the checklist, those that hold
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=11, choices=Status, default=Status.HELD)
    ended_at = models.DateTimeField(null=True, blank=True)
    lapse_code = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="HELD"), name="ruling_due"),
            models.Index(fields=["decided_by", "-created_at", "-id"], name="ruling_of_person"),
            models.Index(fields=["queue", "subject_id", "-created_at"], name="ruling_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["queue", "subject_id"], condition=Q(status="HELD"), name="ruling_one_held"),
            models.CheckConstraint(condition=Q(kind="APPROVE", reason="") | ~Q(kind="APPROVE") & ~Q(reason=""), name="ruling_says_why"),
            models.CheckConstraint(
                condition=Q(status="HELD", ended_at=None) | ~Q(status="HELD") & Q(ended_at__isnull=False), name="ruling_ended_whole"
            ),
            models.CheckConstraint(
                condition=Q(status="LAPSED") & ~Q(lapse_code="") | ~Q(status="LAPSED") & Q(lapse_code=""), name="ruling_lapse_says_why"
            ),
            models.CheckConstraint(condition=~Q(status="UNDONE") | Q(ended_at__lt=F("due_at")), name="ruling_undone_in_time"),
            models.CheckConstraint(condition=~Q(status="CARRIED_OUT") | Q(ended_at__gte=F("due_at")), name="ruling_carried_out_when_due"),
        ]
        triggers = [
            arrows("ruling", RULING_MOVES),
            frozen(
                "ruling",
                *("queue", "subject_id", "kind", "version", "reason", "codes", "checks", "decided_by_id", "due_at"),
                once=("ended_at",),
            ),
            no_delete("ruling"),
        ]
