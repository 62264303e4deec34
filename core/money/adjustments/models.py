"""Corrections of a wallet by hand, as documents that two people sign."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.models import StatefulRow
from core.base.triggers import arrows, frozen, no_delete, no_truncate
from core.base.vocabulary import Currency
from core.money.models import CENTS_MAX, Account
from core.money.obligations import adjustment_agrees

ADJUSTMENT_MOVES = {"PENDING": {"POSTED", "REJECTED", "CANCELED"}}
ADJUSTMENT_TERMS = (
    "id", "person_id", "wallet_kind", "currency", "amount_cents", "direction", "category", "reason", "job_id", "dispute_id",
    "drafted_by_id",
)  # fmt: skip


class Adjustment(StatefulRow):
    """Money that staff give to a wallet or take from it. One person drafts it, another one posts it; the terms never change."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for the second signature")
        POSTED = "POSTED", _("Posted")
        REJECTED = "REJECTED", _("Rejected")
        CANCELED = "CANCELED", _("Canceled")

    class Direction(models.TextChoices):
        CREDIT = "CREDIT", _("Into the wallet")
        DEBIT = "DEBIT", _("Out of the wallet")

    class Category(models.TextChoices):
        CORRECTION = "CORRECTION", _("Correction of a mistake")
        GOODWILL = "GOODWILL", _("Goodwill")
        CLAWBACK = "CLAWBACK", _("Clawback")
        DISPUTE_APPEAL = "DISPUTE_APPEAL", _("Decision on an appeal")
        FEE_WAIVER = "FEE_WAIVER", _("Commission given back")
        OTHER = "OTHER", _("Other")

    MOVES = ADJUSTMENT_MOVES
    # The one direction that these categories can have.
    ONE_WAY = {"GOODWILL": "CREDIT", "FEE_WAIVER": "CREDIT", "CLAWBACK": "DEBIT"}

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adjustments")
    wallet_kind = models.CharField(max_length=12, choices=Account.Kind)
    currency = models.CharField(max_length=3, choices=Currency)
    amount_cents = models.BigIntegerField()
    direction = models.CharField(max_length=6, choices=Direction)
    category = models.CharField(max_length=16, choices=Category)
    reason = models.CharField(max_length=500)
    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dispute = models.ForeignKey("core.Dispute", on_delete=models.PROTECT, null=True, blank=True, related_name="adjustments")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="adjustment_newest"),
            models.Index(fields=["created_at", "id"], condition=Q(status="PENDING"), name="adjustment_queue"),
            models.Index(fields=["drafted_by", "currency", "created_at"], name="adjustment_drafter_day"),
            models.Index(fields=["decided_by", "currency", "decided_at"], condition=Q(status="POSTED"), name="adjustment_poster_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gte=1, amount_cents__lte=CENTS_MAX), name="adjustment_amount_positive"),
            models.CheckConstraint(condition=Q(wallet_kind__in=Account.WALLETS), name="adjustment_of_a_wallet"),
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_has_reason"),
            models.CheckConstraint(
                condition=~Q(category__in=["GOODWILL", "FEE_WAIVER"], direction="DEBIT") & ~Q(category="CLAWBACK", direction="CREDIT"),
                name="adjustment_goes_its_way",
            ),
            models.CheckConstraint(
                condition=Q(status="PENDING", decided_by=None, decided_at=None)
                | ~Q(status="PENDING") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="adjustment_decided_by",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PENDING", "CANCELED"]) | ~Q(decided_by=F("drafted_by")), name="adjustment_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(drafted_by=F("person")) & (Q(decided_by=None) | ~Q(decided_by=F("person"))), name="adjustment_not_ones_own"
            ),
        ]
        triggers = [
            adjustment_agrees(),
            arrows("adjustment", ADJUSTMENT_MOVES),
            frozen("adjustment", *ADJUSTMENT_TERMS, once=("decided_by_id", "decided_at")),
            no_delete("adjustment"),
            no_truncate("adjustment"),
        ]

    @property
    def signed_cents(self) -> int:
        """What the owner of the wallet gets: less than nothing when it is taken away."""
        return self.amount_cents if self.direction == self.Direction.CREDIT else -self.amount_cents

    @property
    def owner_name(self) -> str:
        """Whose wallet it is, as finance staff read it."""
        brand = self.wallet_kind == Account.Kind.BRAND
        profile = getattr(self.person, "brand_profile" if brand else "creator_profile", None)
        return str(profile) if profile else ""
