"""Who wants to do a job, and who is asked to."""

from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.guards import Guard
from core.base.models import StatefulRow
from core.base.triggers import arrows, frozen, no_delete

# The database's own guard reads it too, so it stands before the model.
INVITATION_MOVES = {
    "SENT": {"ACCEPTED", "DECLINED", "CANCELED", "EXPIRED"},
    "CANCELED": {"SENT"},
    "EXPIRED": {"SENT"},
}


def brand_of_job(prefix: str) -> Guard:
    """The row names the brand of its job, whatever it was told: nobody else's list can show it."""
    return Guard(
        name=f"{prefix}_brand",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF TG_OP = 'INSERT' OR (NEW.job_id, NEW.brand_id) IS DISTINCT FROM (OLD.job_id, OLD.brand_id) THEN
                SELECT brand_id INTO NEW.brand_id FROM public.core_job WHERE id = NEW.job_id;
            END IF;
            RETURN NEW;
        """,
    )


class Application(StatefulRow):
    """A creator's offer to do a job. One per creator and job; after a withdrawal the same row is offered again."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for the brand")
        ACCEPTED = "ACCEPTED", _("Accepted")
        REJECTED = "REJECTED", _("Rejected")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    class Source(models.TextChoices):
        DIRECT = "DIRECT", _("The creator applied")
        INVITATION = "INVITATION", _("The creator accepted an invitation")

    MOVES = {"PENDING": {"ACCEPTED", "REJECTED", "WITHDRAWN"}, "WITHDRAWN": {"PENDING"}}
    QUOTE_MAX = 100_000_000  # whole units

    # Set by accept_application, for the one who called it.
    conversation_id: UUID
    escrow_id: UUID

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="applications")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications")
    # The brand of the job, written by the database: a brand's list of all that waits for it is read in one index.
    brand = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    source = models.CharField(max_length=10, choices=Source, default=Source.DIRECT)
    message = models.CharField(max_length=2_000, blank=True, default="")
    price_quote = models.BigIntegerField(null=True, blank=True)
    reject_reason = models.CharField(max_length=500, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["job", "-created_at", "-id"], name="application_job"),
            models.Index(fields=["creator", "-created_at", "-id"], name="application_creator"),
            models.Index(fields=["brand", "-created_at", "-id"], condition=Q(status="PENDING"), name="application_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "creator"], name="application_once"),
            models.UniqueConstraint(fields=["job"], condition=Q(status="ACCEPTED"), name="application_one_accepted"),
            models.CheckConstraint(
                condition=Q(price_quote=None) | Q(price_quote__gte=1, price_quote__lte=100_000_000), name="application_quote_range"
            ),
            models.CheckConstraint(
                condition=~Q(message="") | Q(price_quote__isnull=False) | Q(source="INVITATION"), name="application_says_something"
            ),
        ]
        triggers = [brand_of_job("application"), no_delete("application")]


class Invitation(StatefulRow):
    """A brand asks a creator to do a job. One per creator and job: sent again, the same row is open again.

    `responded_at` is when the creator answered; a withdrawn or expired one has no answer. From `again_at` on it may be sent again.
    """

    class Status(models.TextChoices):
        SENT = "SENT", _("Waiting for the creator")
        ACCEPTED = "ACCEPTED", _("Accepted")
        DECLINED = "DECLINED", _("Declined")
        CANCELED = "CANCELED", _("Withdrawn by the brand")
        EXPIRED = "EXPIRED", _("Expired")

    MOVES = INVITATION_MOVES
    MESSAGE_MAX = 1_000

    # Set by accept_invitation, for the one who called it.
    application_id: UUID
    conversation_id: UUID

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="invitations", db_index=False)
    brand = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations", db_index=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.SENT)
    message = models.CharField(max_length=MESSAGE_MAX, blank=True, default="")
    sent_at = models.DateTimeField(default=clock.now)
    again_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    responded_at = models.DateTimeField(null=True, blank=True)
    resent_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["brand", "-sent_at", "-id"], name="invitation_brand"),
            models.Index(fields=["creator", "-sent_at", "-id"], name="invitation_creator"),
            models.Index(fields=["job"], condition=Q(status="SENT"), name="invitation_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "creator"], name="invitation_once"),
            models.CheckConstraint(condition=~Q(creator=F("brand")), name="invitation_to_another"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at"), again_at__gte=F("sent_at")), name="invitation_ends_after_sent"),
            models.CheckConstraint(
                condition=Q(status__in=["ACCEPTED", "DECLINED"], responded_at__isnull=False)
                | Q(status__in=["SENT", "CANCELED", "EXPIRED"], responded_at=None),
                name="invitation_answered_when",
            ),
        ]
        triggers = [
            arrows("invitation", INVITATION_MOVES),
            frozen("invitation", "job_id", "brand_id", "creator_id", "created_at"),
            no_delete("invitation"),
        ]
