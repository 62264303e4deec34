"""How a dispute ends: by an agreement of the parties, by a decision of one or two people, and what is thought of it afterwards."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.models import StatefulRow
from core.base.triggers import arrows, frozen, no_delete
from core.disputes.models import TEXT_MAX, Dispute, Resolution, Role, person, share_agrees
from core.disputes.triggers import appeal_of_decision, closed
from core.people.models import SYSTEM_USER_ID

SETTLEMENT_MOVES = {"PENDING": {"ACCEPTED", "DECLINED", "WITHDRAWN", "EXPIRED"}}
DECISION_MOVES = {"PROPOSED": {"CONFIRMED", "SENT_BACK", "DROPPED"}}
APPEAL_MOVES = {"OPEN": {"UPHELD", "OVERTURNED"}}


class SettlementProposal(StatefulRow):
    """What the creator would get, before commission, if both sides agreed: then it is carried out at once."""

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Waiting for an answer")
        ACCEPTED = "ACCEPTED", _("Accepted")
        DECLINED = "DECLINED", _("Declined")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        EXPIRED = "EXPIRED", _("Expired")

    MOVES = SETTLEMENT_MOVES

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="settlements")
    proposed_by = person()
    proposer_role = models.CharField(max_length=8, choices=Role)
    creator_share_cents = models.BigIntegerField()
    note = models.CharField(max_length=TEXT_MAX, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    brand_accepted_at = models.DateTimeField(null=True, blank=True)
    creator_accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "proposer_role"], condition=Q(status="PENDING"), name="settlement_one_waits"),
            models.CheckConstraint(condition=Q(creator_share_cents__gte=0), name="settlement_share_not_negative"),
            models.CheckConstraint(
                condition=Q(status="ACCEPTED", brand_accepted_at__isnull=False, creator_accepted_at__isnull=False)
                | ~Q(status="ACCEPTED") & (Q(brand_accepted_at=None) | Q(creator_accepted_at=None)),
                name="settlement_by_both",
            ),
            models.CheckConstraint(
                condition=Q(status="PENDING", closed_at=None) | ~Q(status="PENDING") & Q(closed_at__isnull=False),
                name="settlement_closed_when",
            ),
        ]
        triggers = [
            arrows("settlement", SETTLEMENT_MOVES),
            closed("settlement", "PENDING"),
            frozen(
                "settlement",
                *("id", "dispute_id", "proposed_by_id", "proposer_role", "creator_share_cents", "note"),
                once=("brand_accepted_at", "creator_accepted_at"),
            ),
            no_delete("settlement"),
        ]


class DisputeDecision(StatefulRow):
    """A decision about more than one person may decide: it waits for somebody else, who confirms these terms or sends them back."""

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", _("Waiting for the second person")
        CONFIRMED = "CONFIRMED", _("Confirmed")
        SENT_BACK = "SENT_BACK", _("Sent back")
        DROPPED = "DROPPED", _("No longer needed")

    MOVES = DECISION_MOVES

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="decisions")
    resolution = models.CharField(max_length=10, choices=Resolution)
    creator_share_cents = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=TEXT_MAX)
    decided_by = person()
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    judged_by = person(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=TEXT_MAX, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute"], condition=Q(status="PROPOSED"), name="decision_one_waits"),
            models.CheckConstraint(condition=share_agrees(), name="decision_split_has_share"),
            models.CheckConstraint(condition=~Q(note=""), name="decision_explained"),
            models.CheckConstraint(condition=Q(judged_by=None) | ~Q(judged_by=F("decided_by")), name="decision_two_people"),
            models.CheckConstraint(
                condition=Q(status__in=["CONFIRMED", "SENT_BACK"], judged_by__isnull=False, judged_at__isnull=False)
                | ~Q(status__in=["CONFIRMED", "SENT_BACK"]) & Q(judged_by=None),
                name="decision_judged_by",
            ),
        ]
        triggers = [
            arrows("decision", DECISION_MOVES),
            closed("decision", "PROPOSED"),
            frozen("decision", "id", "dispute_id", "resolution", "creator_share_cents", "note", "decided_by_id"),
            no_delete("decision"),
        ]


class Appeal(StatefulRow):
    """A party asks that somebody else looks at a decision of staff. One per dispute.

    `decided_by` and `confirmed_by` are copied from the dispute by the database; neither of them may be the judge.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Waiting for a judge")
        UPHELD = "UPHELD", _("The decision stands")
        OVERTURNED = "OVERTURNED", _("The decision was changed")

    MOVES = APPEAL_MOVES

    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="appeal")
    appealed_by = person()
    appellant_role = models.CharField(max_length=8, choices=Role)
    text = models.CharField(max_length=TEXT_MAX)
    decided_by = person(null=True, blank=True)
    confirmed_by = person(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    judged_by = person(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=TEXT_MAX, blank=True, default="")
    creator_share_cents = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at", "id"], condition=Q(status="OPEN"), name="appeal_queue")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="appeal_explained"),
            models.CheckConstraint(
                # The clock may have decided, and lets a decision stand that nobody judged in time: also its own.
                condition=Q(judged_by=None)
                | Q(judged_by=SYSTEM_USER_ID, status="UPHELD")
                | ~Q(judged_by=F("decided_by")) & (Q(confirmed_by=None) | ~Q(judged_by=F("confirmed_by"))) & ~Q(judged_by=F("appealed_by")),
                name="appeal_judged_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", judged_by=None, judged_at=None)
                | ~Q(status="OPEN") & Q(judged_by__isnull=False, judged_at__isnull=False),
                name="appeal_judged_when",
            ),
            models.CheckConstraint(
                condition=Q(status="OVERTURNED", creator_share_cents__isnull=False, creator_share_cents__gte=0) & ~Q(note="")
                | ~Q(status="OVERTURNED") & Q(creator_share_cents=None),
                name="appeal_overturned_with_share",
            ),
        ]
        triggers = [
            appeal_of_decision(),
            arrows("appeal", APPEAL_MOVES),
            closed("appeal", "OPEN"),
            frozen("appeal", "id", "dispute_id", "appealed_by_id", "appellant_role", "text", "decided_by_id", "confirmed_by_id"),
            no_delete("appeal"),
        ]
