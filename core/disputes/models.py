"""A dispute about a deal: who says what, who judges, and what becomes of the money."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base.links import LinkField, link_check
from core.base.models import Row, StatefulRow
from core.base.triggers import append_only, arrows, frozen, no_delete, no_truncate
from core.base.vocabulary import Currency
from core.disputes.triggers import closed, dispute_agrees, job_agrees
from core.jobs.models import Job

DISPUTE_MOVES = {"OPEN": {"UNDER_REVIEW", "RESOLVED", "WITHDRAWN"}, "UNDER_REVIEW": {"RESOLVED", "WITHDRAWN"}}
REQUEST_MOVES = {"OPEN": {"ANSWERED", "ANSWERED_LATE", "OVERDUE", "CLOSED"}, "OVERDUE": {"ANSWERED_LATE", "CLOSED"}}
OPEN_STATUSES = ("OPEN", "UNDER_REVIEW")
TEXT_MAX = 2_000


class Role(models.TextChoices):
    """In which capacity somebody speaks in a dispute."""

    BRAND = "BRAND", _("Brand")
    CREATOR = "CREATOR", _("Creator")
    STAFF = "STAFF", _("Our team")


class Resolution(models.TextChoices):
    REFUND = "REFUND", _("The money goes back to the brand")
    RELEASE = "RELEASE", _("The creator is paid")
    SPLIT = "SPLIT", _("The money is split")
    NO_ACTION = "NO_ACTION", _("The deal goes on")


def person(**said):
    """A column for somebody who took part; accounts are never deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, **said)


def share_agrees(resolution: str = "resolution", share: str = "creator_share_cents") -> Q:
    """A split names the creator's part, before commission; nothing else does."""
    return Q(**{resolution: "SPLIT", f"{share}__isnull": False, f"{share}__gte": 1}) | ~Q(**{resolution: "SPLIT"}) & Q(**{share: None})


class Dispute(StatefulRow):
    """One case about one deal. While it is open the job's `disputed_at` is set, and money and work stand still.

    `amount_cents` is the price of the deal, `frozen_cents` how much of it was in the escrow. `on_silence` is what will be decided
    unless the respondent answers: it is stated when the case opens, and holds.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        UNDER_REVIEW = "UNDER_REVIEW", _("Under review")
        RESOLVED = "RESOLVED", _("Decided")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    class Reason(models.TextChoices):
        QUALITY = "QUALITY", _("Quality of the work")
        DEADLINE = "DEADLINE", _("Deadline")
        COMMUNICATION = "COMMUNICATION", _("Communication")
        OTHER = "OTHER", _("Other reason")

    class Through(models.TextChoices):
        """What brought the decision about."""

        STAFF = "STAFF", _("Decided by our team")
        SETTLEMENT = "SETTLEMENT", _("The parties agreed")
        SILENCE = "SILENCE", _("The other side did not answer in time")
        LAPSE = "LAPSE", _("Nobody decided in time")

    MOVES = DISPUTE_MOVES
    EXTENSION_HOURS_MAX = 720  # all extensions of one dispute together

    # Set on the row that a repeated command returns: the answer says so, the table does not.
    was_open_before = False
    was_resolved_before = False

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="disputes")
    opened_by = person()
    opener_role = models.CharField(max_length=8, choices=Role)
    respondent = person()
    reason = models.CharField(max_length=16, choices=Reason)
    statement = models.CharField(max_length=TEXT_MAX, blank=True, default="")
    amount_cents = models.BigIntegerField()
    frozen_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, choices=Currency)
    on_silence = models.CharField(max_length=10, choices=Resolution)
    status = models.CharField(max_length=14, choices=Status, default=Status.OPEN)
    assignee = person(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    extended_hours = models.PositiveSmallIntegerField(default=0)
    resolved_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=10, choices=Resolution, blank=True, default="")
    creator_share_cents = models.BigIntegerField(null=True, blank=True)
    resolved_through = models.CharField(max_length=10, choices=Through, blank=True, default="")
    note = models.CharField(max_length=TEXT_MAX, blank=True, default="")
    decided_by = person(null=True, blank=True)
    confirmed_by = person(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["opened_by", "-created_at", "-id"], name="dispute_opener"),
            models.Index(fields=["respondent", "-created_at", "-id"], name="dispute_respondent"),
            models.Index(fields=["assignee", "-created_at", "-id"], condition=Q(assignee__isnull=False), name="dispute_assignee"),
            models.Index(fields=["created_at", "id"], condition=Q(status__in=["OPEN", "UNDER_REVIEW"]), name="dispute_queue"),
            models.Index(fields=["-created_at", "-id"], name="dispute_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job"], condition=Q(status__in=["OPEN", "UNDER_REVIEW"]), name="dispute_one_open"),
            models.CheckConstraint(condition=~Q(opened_by=F("respondent")), name="dispute_two_parties"),
            models.CheckConstraint(condition=Q(opener_role__in=["BRAND", "CREATOR"]), name="dispute_opened_by_party"),
            models.CheckConstraint(
                condition=Q(amount_cents__gte=1) & (Q(frozen_cents=0) | Q(frozen_cents=F("amount_cents"))), name="dispute_amounts"
            ),
            models.CheckConstraint(condition=~Q(on_silence="SPLIT"), name="dispute_silence_splits_nothing"),
            models.CheckConstraint(
                condition=Q(status="RESOLVED", resolved_at__isnull=False, decided_by__isnull=False)
                & ~Q(resolution="")
                & ~Q(resolved_through="")
                | ~Q(status="RESOLVED") & Q(resolved_at=None, decided_by=None, confirmed_by=None, resolution="", resolved_through=""),
                name="dispute_resolved_whole",
            ),
            models.CheckConstraint(
                condition=Q(status="WITHDRAWN", withdrawn_at__isnull=False) | ~Q(status="WITHDRAWN") & Q(withdrawn_at=None),
                name="dispute_withdrawn_when",
            ),
            models.CheckConstraint(condition=~Q(status="UNDER_REVIEW") | Q(assignee__isnull=False), name="dispute_review_by_somebody"),
            models.CheckConstraint(
                condition=share_agrees() & (Q(creator_share_cents=None) | Q(creator_share_cents__lt=F("amount_cents"))),
                name="dispute_split_has_share",
            ),
            models.CheckConstraint(condition=~Q(resolved_through="STAFF") | ~Q(note=""), name="dispute_decision_explained"),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(resolved_through="SETTLEMENT")
                | ~Q(decided_by=F("opened_by")) & ~Q(decided_by=F("respondent")),
                name="dispute_not_ones_own",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None)
                | ~Q(confirmed_by=F("decided_by")) & ~Q(confirmed_by=F("opened_by")) & ~Q(confirmed_by=F("respondent")),
                name="dispute_two_people",
            ),
            models.CheckConstraint(
                condition=Q(frozen_cents__gt=0) | ~Q(resolution__in=["RELEASE", "SPLIT"]), name="dispute_pays_what_is_there"
            ),
            models.CheckConstraint(condition=Q(extended_hours__lte=720), name="dispute_extension_bounded"),
        ]
        triggers = [
            *dispute_agrees(),
            arrows("dispute", DISPUTE_MOVES),
            closed("dispute", *OPEN_STATUSES),
            frozen(
                "dispute",
                *("id", "job_id", "opened_by_id", "opener_role", "respondent_id", "reason", "statement"),
                *("amount_cents", "frozen_cents", "currency", "on_silence", "created_at"),
                once=("answered_at",),
            ),
            no_delete("dispute"),
            no_truncate("dispute"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the deal still stands still because of it."""
        return self.status in OPEN_STATUSES

    @property
    def brand_id(self):
        """The brand's side."""
        return self.opened_by_id if self.opener_role == Role.BRAND else self.respondent_id

    @property
    def creator_id(self):
        """The creator's side."""
        return self.opened_by_id if self.opener_role == Role.CREATOR else self.respondent_id

    @property
    def respondent_role(self) -> str:
        """The side that has to answer."""
        return Role.CREATOR if self.opener_role == Role.BRAND else Role.BRAND


class InformationRequest(StatefulRow):
    """A question of staff to one party, with a date. A late answer is marked, and counts."""

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Waiting for the answer")
        ANSWERED = "ANSWERED", _("Answered")
        OVERDUE = "OVERDUE", _("Not answered in time")
        ANSWERED_LATE = "ANSWERED_LATE", _("Answered late")
        CLOSED = "CLOSED", _("Closed with the dispute")

    class Wants(models.TextChoices):
        """What counts as an answer."""

        EXPLANATION = "EXPLANATION", _("An explanation")
        EVIDENCE = "EVIDENCE", _("Links to evidence")

    MOVES = REQUEST_MOVES

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="requests")
    asked_by = person()
    party = person()
    party_role = models.CharField(max_length=8, choices=Role)
    wants = models.CharField(max_length=12, choices=Wants)
    question = models.CharField(max_length=TEXT_MAX)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=14, choices=Status, default=Status.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "party"], condition=Q(status="OPEN"), name="information_one_waits"),
            models.CheckConstraint(
                condition=Q(status__in=["ANSWERED", "ANSWERED_LATE"], answered_at__isnull=False)
                | ~Q(status__in=["ANSWERED", "ANSWERED_LATE"]) & Q(answered_at=None),
                name="information_answered_when",
            ),
            models.CheckConstraint(condition=Q(party_role__in=["BRAND", "CREATOR"]), name="information_from_party"),
        ]
        triggers = [
            arrows("information", REQUEST_MOVES),
            closed("information", "OPEN", "OVERDUE"),
            frozen("information", "id", "dispute_id", "asked_by_id", "party_id", "party_role", "wants", "question"),
            no_delete("information"),
        ]


class DisputeMessage(Row):
    """Something said in a dispute, for good. `is_late`: it answers a question whose time had run out."""

    class Kind(models.TextChoices):
        MESSAGE = "MESSAGE", _("Message")
        EVIDENCE_LINK = "EVIDENCE_LINK", _("Evidence")
        ADMIN_NOTE = "ADMIN_NOTE", _("Comment of our team")
        INTERNAL_NOTE = "INTERNAL_NOTE", _("Internal note")

    LINKS_MAX = 10
    STAFF_KINDS = ("ADMIN_NOTE", "INTERNAL_NOTE")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="messages", db_index=False)
    author = person()
    author_role = models.CharField(max_length=8, choices=Role)
    kind = models.CharField(max_length=14, choices=Kind)
    text = models.CharField(max_length=TEXT_MAX, blank=True, default="")
    answers = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="answers")
    is_late = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["dispute", "created_at", "id"], name="dispute_message_thread")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="EVIDENCE_LINK", text="") | ~Q(kind="EVIDENCE_LINK") & ~Q(text=""), name="dispute_message_of_its_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["ADMIN_NOTE", "INTERNAL_NOTE"]) | Q(author_role="STAFF"), name="dispute_notes_by_staff"
            ),
            models.CheckConstraint(condition=Q(is_late=False) | Q(answers__isnull=False), name="dispute_late_answer_answers"),
        ]
        triggers = append_only("dispute_message")


class EvidenceLink(Row):
    """One link of a piece of evidence, and the listed host that it leads to."""

    message = models.ForeignKey(DisputeMessage, on_delete=models.PROTECT, related_name="links", db_index=False)
    position = models.PositiveSmallIntegerField()
    url = LinkField()
    host = models.CharField(max_length=253)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="evidence_position"),
            models.CheckConstraint(condition=Q(position__lt=10), name="evidence_at_most_ten"),
            models.CheckConstraint(condition=~Q(host=""), name="evidence_host_known"),
            link_check("url", name="evidence_link"),
        ]
        triggers = append_only("evidence")


pgtrigger.register(*job_agrees())(Job)
