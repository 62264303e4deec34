"""Accounts and entries, and the obligations that hold money: escrows, top-ups, payouts. Amounts are minor units."""

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.models import QuerySet, Row, StatefulRow
from core.base.triggers import arrows, frozen, frozen_until_erased, no_delete, no_truncate
from core.base.vocabulary import Currency
from core.money.arithmetic import commission
from core.money.obligations import escrow_agrees, holder_triggers, payout_agrees, top_up_agrees
from core.money.triggers import account_triggers, entry_triggers

# The database's own guards read these too, so they stand before the models.
ESCROW_MOVES = {"UNFUNDED": {"FUNDED", "VOIDED"}, "FUNDED": {"RELEASED", "REFUNDED", "SPLIT"}}
TOP_UP_MOVES = {"PENDING": {"CONFIRMED", "REJECTED", "CANCELED"}}
PAYOUT_MOVES = {
    "PENDING": {"APPROVED", "REJECTED", "CANCELED"},
    "APPROVED": {"SENT", "FAILED"},
    "SENT": {"PAID", "FAILED"},
    "PAID": {"RETURNED"},
}
ESCROW_TERMS = (
    "id", "job_id", "brand_id", "creator_id", "account_id", "amount_cents", "currency", "commission_bps", "commission_rule_id"
)  # fmt: skip
TOP_UP_TERMS = ("id", "brand_id", "amount_cents", "currency", "provider", "needs_second")
PAYOUT_TERMS = ("id", "creator_id", "method_id", "hold_account_id", "amount_cents", "currency", "needs_second")
CENTS_MAX = 10_000_000_000_000  # one movement; the sum of a million of them still fits a bigint


class Account(models.Model):
    """A place where money can be. `balance_cents` is kept by the database; unlimited accounts keep none, theirs is a sum."""

    class Kind(models.TextChoices):
        EXTERNAL = "EXTERNAL", _("The bank")
        BRAND = "BRAND", _("Brand wallet")
        CREATOR = "CREATOR", _("Creator wallet")
        ESCROW = "ESCROW", _("Escrow")
        PAYOUT_HOLD = "PAYOUT_HOLD", _("Payout on hold")
        COMMISSION = "COMMISSION", _("Commission")
        ADJUSTMENT = "ADJUSTMENT", _("Adjustments")

    WALLETS = ("BRAND", "CREATOR")
    UNLIMITED = ("EXTERNAL", "COMMISSION", "ADJUSTMENT")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts")
    currency = models.CharField(max_length=3, choices=Currency)
    balance_cents = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    is_limited = models.GeneratedField(
        expression=ExpressionWrapper(~Q(kind__in=["EXTERNAL", "COMMISSION", "ADJUSTMENT"]), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = QuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(balance_cents__gte=0), name="account_not_negative"),
            models.CheckConstraint(condition=Q(is_limited=True) | Q(balance_cents=0, version=0), name="account_unlimited_keeps_none"),
            models.CheckConstraint(
                condition=Q(kind__in=["BRAND", "CREATOR"], owner__isnull=False) | ~Q(kind__in=["BRAND", "CREATOR"]) & Q(owner=None),
                name="account_wallet_has_owner",
            ),
            models.UniqueConstraint(fields=["owner", "kind", "currency"], condition=Q(owner__isnull=False), name="account_wallet_once"),
            models.UniqueConstraint(
                fields=["kind", "currency"], condition=Q(kind__in=["EXTERNAL", "COMMISSION", "ADJUSTMENT"]), name="account_platform_once"
            ),
            models.UniqueConstraint(fields=["id", "currency"], name="account_id_currency"),
        ]
        triggers = [*account_triggers(), *holder_triggers()]


class LedgerEntry(models.Model):
    """Money that moved from one account to another. Inserting the row is the movement; the row never changes.

    The currency equals that of both accounts (composite foreign keys, in migration 0002).
    """

    class Type(models.TextChoices):
        BRAND_TOPUP = "BRAND_TOPUP", _("Wallet top-up")
        ESCROW_FUNDED = "ESCROW_FUNDED", _("Escrow funded")
        ESCROW_RELEASED = "ESCROW_RELEASED", _("Paid to the creator")
        COMMISSION_TAKEN = "COMMISSION_TAKEN", _("Commission")
        ESCROW_REFUNDED = "ESCROW_REFUNDED", _("Returned to the brand")
        PAYOUT_HELD = "PAYOUT_HELD", _("Payout requested")
        PAYOUT_PAID = "PAYOUT_PAID", _("Payout paid")
        PAYOUT_RELEASED = "PAYOUT_RELEASED", _("Payout not carried out")
        PAYOUT_RETURNED = "PAYOUT_RETURNED", _("Payout returned by the bank")
        ADJUSTMENT = "ADJUSTMENT", _("Manual adjustment")
        REVERSAL = "REVERSAL", _("Reversal")

    id = models.BigAutoField(primary_key=True)
    type = models.CharField(max_length=20, choices=Type)
    reference = models.CharField(max_length=80, unique=True)
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries_out", db_index=False)
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries_in", db_index=False)
    currency = models.CharField(max_length=3, choices=Currency)
    amount_cents = models.BigIntegerField()
    from_balance_after = models.BigIntegerField(null=True, editable=False)
    from_version = models.BigIntegerField(null=True, editable=False)
    to_balance_after = models.BigIntegerField(null=True, editable=False)
    to_version = models.BigIntegerField(null=True, editable=False)
    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    payout = models.ForeignKey("core.Payout", on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = QuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["from_account", "-id"], name="entry_from"),
            models.Index(fields=["to_account", "-id"], name="entry_to"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gte=1, amount_cents__lte=CENTS_MAX), name="entry_amount_positive"),
            models.CheckConstraint(condition=~Q(from_account=F("to_account")), name="entry_two_ends"),
            models.CheckConstraint(
                condition=~Q(type__in=["ADJUSTMENT", "REVERSAL"])
                | Q(approved_by__isnull=False) & ~Q(approved_by=F("actor")) & ~Q(reason=""),
                name="entry_adjustment_by_two",
            ),
            models.CheckConstraint(
                condition=Q(type="REVERSAL", reverses__isnull=False) | ~Q(type="REVERSAL") & Q(reverses=None),
                name="entry_reversal_names_entry",
            ),
        ]
        triggers = entry_triggers()


class Escrow(StatefulRow):
    """The money of one deal, held until the work is accepted. The creator and the commission never change."""

    class Status(models.TextChoices):
        UNFUNDED = "UNFUNDED", _("Not funded")
        FUNDED = "FUNDED", _("Funded")
        RELEASED = "RELEASED", _("Paid to the creator")
        REFUNDED = "REFUNDED", _("Returned to the brand")
        SPLIT = "SPLIT", _("Split")
        VOIDED = "VOIDED", _("Voided")

    MOVES = ESCROW_MOVES

    # Set on the row that `fund_escrow` returns when there was nothing left to do: the answer says so, the table does not.
    was_funded_before = False

    job = models.OneToOneField("core.Job", on_delete=models.PROTECT, related_name="escrow")
    brand = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="escrow")
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=Currency)
    commission_bps = models.PositiveIntegerField()
    commission_rule = models.ForeignKey("core.CommissionRule", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.UNFUNDED)
    funded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Of a split: the creator's part before commission. The rest went back to the brand.
    creator_share_cents = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="escrow_created"),
            models.Index(fields=["funded_at", "id"], condition=Q(status="FUNDED"), name="escrow_funded"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gte=1, amount_cents__lte=CENTS_MAX), name="escrow_amount_positive"),
            models.CheckConstraint(condition=Q(commission_bps__lte=10_000), name="escrow_commission_range"),
            models.CheckConstraint(condition=~Q(brand=F("creator")), name="escrow_two_parties"),
            models.CheckConstraint(
                condition=Q(status="UNFUNDED", funded_at=None, closed_at=None)
                | Q(status="VOIDED", funded_at=None, closed_at__isnull=False)
                | Q(status="FUNDED", funded_at__isnull=False, closed_at=None)
                | Q(status__in=["RELEASED", "REFUNDED", "SPLIT"], funded_at__isnull=False, closed_at__isnull=False),
                name="escrow_times_agree_with_state",
            ),
            models.CheckConstraint(
                condition=Q(status="SPLIT", creator_share_cents__isnull=False, creator_share_cents__gte=1)
                & Q(creator_share_cents__lt=F("amount_cents"))
                | ~Q(status="SPLIT") & Q(creator_share_cents=None),
                name="escrow_split_has_share",
            ),
        ]
        triggers = [
            escrow_agrees(),
            arrows("escrow", ESCROW_MOVES),
            frozen("escrow", *ESCROW_TERMS, once=("creator_share_cents",)),
            no_delete("escrow"),
            no_truncate("escrow"),
        ]

    @property
    def gross_cents(self) -> int:
        """What the work is worth before commission: the creator's share of a split, otherwise the whole."""
        return self.amount_cents if self.creator_share_cents is None else self.creator_share_cents

    @property
    def commission_cents(self) -> int:
        """What the platform takes of it when the work is accepted, or has taken of a split."""
        return commission(self.gross_cents, self.commission_bps)

    @property
    def creator_net_cents(self) -> int:
        """What the creator gets of it."""
        return self.gross_cents - self.commission_cents


class TopUp(StatefulRow):
    """A brand's money on its way into the wallet."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for the transfer")
        CONFIRMED = "CONFIRMED", _("Received")
        REJECTED = "REJECTED", _("Rejected")
        CANCELED = "CANCELED", _("Canceled")

    MOVES = TOP_UP_MOVES

    number = models.BigIntegerField(unique=True, null=True, blank=True)
    brand = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="top_ups")
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=Currency)
    provider = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    needs_second = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bank_reference = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand", "-created_at", "-id"], name="topup_brand"),
            models.Index(fields=["created_at", "id"], condition=Q(status="PENDING"), name="topup_queue"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gte=1, amount_cents__lte=CENTS_MAX), name="topup_amount_positive"),
            models.CheckConstraint(
                condition=Q(second_confirmed_by=None) | Q(confirmed_by__isnull=False) & ~Q(second_confirmed_by=F("confirmed_by")),
                name="topup_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(status="CONFIRMED")
                | Q(confirmed_by__isnull=False) & (Q(needs_second=False) | Q(second_confirmed_by__isnull=False)),
                name="topup_confirmed_by",
            ),
            models.UniqueConstraint(
                fields=["provider", "bank_reference"], condition=~Q(bank_reference=""), name="topup_bank_reference_once"
            ),
        ]
        triggers = [
            top_up_agrees(),
            arrows("topup", TOP_UP_MOVES),
            frozen("topup", *TOP_UP_TERMS, once=("confirmed_by_id", "second_confirmed_by_id")),
            no_delete("topup"),
            no_truncate("topup"),
        ]


class PayoutMethod(Row):
    """Where a creator's money goes. The details are encrypted; `masked` is all that anybody is shown."""

    class Kind(models.TextChoices):
        CARD = "CARD", _("Bank card")
        SBP = "SBP", _("Fast payments (SBP)")
        IBAN = "IBAN", _("IBAN")
        OTHER = "OTHER", _("Other")

    METHODS_MAX = 5

    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payout_methods")
    kind = models.CharField(max_length=10, choices=Kind)
    sealed_details = models.TextField()
    masked = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["fingerprint"], name="method_fingerprint")]
        constraints = [
            models.UniqueConstraint(fields=["creator", "fingerprint"], condition=Q(removed_at=None), name="method_once"),
        ]
        triggers = [
            frozen("method", "id", "creator_id", "kind"),
            frozen_until_erased("method", "creator_id", "masked", "fingerprint"),
            no_delete("method"),
            no_truncate("method"),
        ]

    def __str__(self) -> str:
        return self.masked


class Payout(StatefulRow):
    """A creator's money on its way out. It leaves the wallet at the request and waits on an account of its own."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for finance")
        APPROVED = "APPROVED", _("Approved")
        SENT = "SENT", _("Sent to the bank")
        PAID = "PAID", _("Paid")
        FAILED = "FAILED", _("Refused by the bank")
        REJECTED = "REJECTED", _("Rejected")
        CANCELED = "CANCELED", _("Canceled by the creator")
        RETURNED = "RETURNED", _("Returned by the bank")

    MOVES = PAYOUT_MOVES
    HOLDING = ("PENDING", "APPROVED", "SENT")

    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payouts")
    method = models.ForeignKey(PayoutMethod, on_delete=models.PROTECT, related_name="payouts")
    hold_account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="payout")
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=Currency)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    needs_second = models.BooleanField(default=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    second_approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_approved_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    bank_reference = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["creator", "-created_at", "-id"], name="payout_creator"),
            models.Index(fields=["created_at", "id"], condition=Q(status="PENDING"), name="payout_queue"),
            models.Index(fields=["status", "-created_at", "-id"], name="payout_status"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["creator"], condition=Q(status="PENDING"), name="payout_one_pending"),
            models.CheckConstraint(condition=Q(amount_cents__gte=1, amount_cents__lte=CENTS_MAX), name="payout_amount_positive"),
            models.CheckConstraint(
                condition=Q(second_approved_by=None) | Q(approved_by__isnull=False) & ~Q(second_approved_by=F("approved_by")),
                name="payout_two_people",
            ),
            models.CheckConstraint(
                condition=(Q(approved_by=None) | ~Q(approved_by=F("creator")))
                & (Q(second_approved_by=None) | ~Q(second_approved_by=F("creator"))),
                name="payout_not_ones_own",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "SENT", "PAID", "FAILED", "RETURNED"])
                | Q(approved_by__isnull=False) & (Q(needs_second=False) | Q(second_approved_by__isnull=False)),
                name="payout_approved_by",
            ),
        ]
        triggers = [
            payout_agrees(),
            arrows("payout", PAYOUT_MOVES),
            frozen("payout", *PAYOUT_TERMS, once=("approved_by_id", "second_approved_by_id")),
            no_delete("payout"),
            no_truncate("payout"),
        ]
