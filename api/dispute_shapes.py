"""How disputes look from outside: to their parties, and to staff."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.actions import ActionOut
from api.base import Filters, Shape
from api.filters import Choice, Identifier
from api.timers import TimerOut
from core.base.vocabulary import Currency
from core.disputes import selectors
from core.disputes.models import Dispute, DisputeMessage, InformationRequest, Resolution, Role
from core.disputes.policies import reads_all
from core.disputes.verdicts.models import Appeal, SettlementProposal

ROLES = [(role.value, role.label) for role in Role]
SIDES = [(role.value, role.label) for role in (Role.BRAND, Role.CREATOR)]
WAITING_ON = [(who, who) for who in ("BRAND", "CREATOR", "BOTH", "STAFF")]

# What lists show, by column: the same as the shapes below.
DISPUTE_COLUMNS = {
    "id": "id",
    "jobId": "job_id",
    "jobTitle": "job__title",
    "openerRole": "opener_role",
    "reason": "reason",
    "status": "status",
    "amountCents": "amount_cents",
    "frozenCents": "frozen_now",
    "currency": "currency",
    "waitingOn": "waiting_on",
    "resolution": "decided",
    "creatorShareCents": "creator_share_cents",
    "answeredAt": "answered_at",
    "resolvedAt": "resolved_at",
    "withdrawnAt": "withdrawn_at",
    "createdAt": "created_at",
}
DESK_COLUMNS = DISPUTE_COLUMNS | {
    "openedById": "opened_by_id",
    "respondentId": "respondent_id",
    "assigneeId": "assignee_id",
    "nextDueAt": "next_due_at",
    "evidenceCount": "evidence_count",
    "settlementCount": "settlement_count",
    "appealStatus": "appeal_status",
}
MESSAGE_COLUMNS = {
    "id": "id",
    "kind": "kind",
    "authorRole": "author_role",
    "text": "text",
    "links": "files",
    "answersRequestId": "answers_id",
    "isLate": "is_late",
    "createdAt": "created_at",
}
SETTLEMENT_COLUMNS = {
    "id": "id",
    "proposerRole": "proposer_role",
    "creatorShareCents": "creator_share_cents",
    "note": "note",
    "status": "status",
    "brandAcceptedAt": "brand_accepted_at",
    "creatorAcceptedAt": "creator_accepted_at",
    "closedAt": "closed_at",
    "createdAt": "created_at",
}


class RequestOut(Shape):
    """A question of our team to one side."""

    id = serializers.UUIDField()
    party = serializers.ChoiceField(choices=SIDES, source="party_role")
    wants = serializers.ChoiceField(choices=InformationRequest.Wants.choices)
    question = serializers.CharField()
    status = serializers.ChoiceField(choices=InformationRequest.Status.choices)
    dueAt = serializers.DateTimeField()
    answeredAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class AppealOut(Shape):
    id = serializers.UUIDField()
    appellantRole = serializers.ChoiceField(choices=SIDES)
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=Appeal.Status.choices)
    note = serializers.CharField(help_text="What the judge says.")
    creatorShareCents = serializers.IntegerField(allow_null=True, help_text="The new share of the creator, before commission.")
    judgedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class ProposedOut(Shape):
    """A decision that waits for its second person."""

    resolution = serializers.ChoiceField(choices=Resolution.choices)
    creatorShareCents = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    decidedById = serializers.UUIDField()
    createdAt = serializers.DateTimeField()


class DisputeRowOut(Shape):
    """A dispute in a list."""

    id = serializers.UUIDField()
    jobId = serializers.UUIDField()
    jobTitle = serializers.CharField(source="job.title")
    openerRole = serializers.ChoiceField(choices=SIDES)
    reason = serializers.ChoiceField(choices=Dispute.Reason.choices)
    status = serializers.ChoiceField(choices=Dispute.Status.choices)
    amountCents = serializers.IntegerField(help_text="The price of the deal.")
    frozenCents = serializers.IntegerField(source="frozen_now", help_text="How much of it stands still in the escrow now.")
    currency = serializers.ChoiceField(choices=Currency.choices)
    waitingOn = serializers.ChoiceField(choices=WAITING_ON, allow_null=True, help_text="Who has to act; null when it is over.")
    resolution = serializers.ChoiceField(choices=Resolution.choices, source="decided", allow_null=True)
    creatorShareCents = serializers.IntegerField(allow_null=True, help_text="Of a SPLIT, before commission.")
    answeredAt = serializers.DateTimeField(allow_null=True)
    resolvedAt = serializers.DateTimeField(allow_null=True)
    withdrawnAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class DeskRowOut(DisputeRowOut):
    """The same for staff."""

    openedById = serializers.UUIDField()
    respondentId = serializers.UUIDField()
    assigneeId = serializers.UUIDField(allow_null=True)
    nextDueAt = serializers.DateTimeField(allow_null=True, help_text="When something happens next unless somebody acts.")
    evidenceCount = serializers.IntegerField()
    settlementCount = serializers.IntegerField(help_text="Proposals of any state.")
    appealStatus = serializers.ChoiceField(choices=Appeal.Status.choices, allow_null=True)


class DisputeOut(DisputeRowOut):
    """One dispute with everything around it."""

    openedById = serializers.UUIDField()
    respondentId = serializers.UUIDField()
    statement = serializers.CharField(help_text="What the opener said.")
    onSilence = serializers.ChoiceField(choices=Resolution.choices, help_text="What is decided unless the other side answers in time.")
    extendedHours = serializers.IntegerField(help_text="How much more time than usual both sides have.")
    resolvedThrough = serializers.CharField(help_text="STAFF, SETTLEMENT, SILENCE or LAPSE; empty while it is open.")
    note = serializers.CharField(help_text="Why it was decided like that.")
    timers = TimerOut(many=True)
    requests = RequestOut(many=True, source="asked")
    appeal = AppealOut(source="appealed", allow_null=True)
    actions = ActionOut(many=True)


class DeskDisputeOut(DisputeOut):
    """The same for staff."""

    assigneeId = serializers.UUIDField(allow_null=True)
    decidedById = serializers.UUIDField(allow_null=True)
    confirmedById = serializers.UUIDField(allow_null=True)
    proposed = ProposedOut(allow_null=True, help_text="The decision that waits for a second person.")


class LinkOut(Shape):
    url = serializers.CharField()
    host = serializers.CharField()


class MessageOut(Shape):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DisputeMessage.Kind.choices)
    authorRole = serializers.ChoiceField(choices=ROLES)
    text = serializers.CharField()
    links = LinkOut(many=True, help_text='Open them with rel="noopener noreferrer nofollow".')
    answersRequestId = serializers.UUIDField(allow_null=True)
    isLate = serializers.BooleanField(help_text="It answers a question whose time had run out.")
    createdAt = serializers.DateTimeField()


class SettlementOut(Shape):
    id = serializers.UUIDField()
    proposerRole = serializers.ChoiceField(choices=ROLES)
    creatorShareCents = serializers.IntegerField(help_text="Before commission.")
    note = serializers.CharField()
    status = serializers.ChoiceField(choices=SettlementProposal.Status.choices)
    brandAcceptedAt = serializers.DateTimeField(allow_null=True)
    creatorAcceptedAt = serializers.DateTimeField(allow_null=True)
    closedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class DisputeFilters(Filters):
    status = Choice(choices=Dispute.Status.choices)
    reason = Choice(choices=Dispute.Reason.choices)
    currency = Choice(choices=Currency.choices)
    jobId = Identifier(field_name="job_id")
    waitingOn = Choice(choices=WAITING_ON, method="waiting_for")
    assigneeId = Identifier(method="assigned_to")

    def waiting_for(self, rows: QuerySet, name: str, who: str) -> QuerySet:
        """Those in which it is this side's turn."""
        return selectors.waiting_for(rows, who) if who else rows

    def assigned_to(self, rows: QuerySet, name: str, person_id: Any) -> QuerySet:
        """Those that this moderator works on. Who that is, is not for the parties to find out."""
        return rows.filter(assignee_id=person_id) if self.request is not None and reads_all(self.request.user) else rows.none()
