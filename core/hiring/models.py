"""Who wants to do a job."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.base.models import StatefulRow
from core.base.triggers import no_delete


class Application(StatefulRow):
    """A creator's offer to do a job. One per creator and job; after a withdrawal the same row is offered again."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for the brand")
        ACCEPTED = "ACCEPTED", _("Accepted")
        REJECTED = "REJECTED", _("Rejected")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    MOVES = {"PENDING": {"ACCEPTED", "REJECTED", "WITHDRAWN"}, "WITHDRAWN": {"PENDING"}}
    QUOTE_MAX = 100_000_000  # whole units

    # Set by accept_application, for the one who called it.
    conversation_id: UUID
    escrow_id: UUID

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="applications")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    message = models.CharField(max_length=2_000, blank=True, default="")
    price_quote = models.BigIntegerField(null=True, blank=True)
    reject_reason = models.CharField(max_length=500, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["job", "-created_at", "-id"], name="application_job"),
            models.Index(fields=["creator", "-created_at", "-id"], name="application_creator"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "creator"], name="application_once"),
            models.UniqueConstraint(fields=["job"], condition=Q(status="ACCEPTED"), name="application_one_accepted"),
            models.CheckConstraint(
                condition=Q(price_quote=None) | Q(price_quote__gte=1, price_quote__lte=100_000_000), name="application_quote_range"
            ),
            models.CheckConstraint(condition=~Q(message="") | Q(price_quote__isnull=False), name="application_says_something"),
        ]
        triggers = [no_delete("application")]
