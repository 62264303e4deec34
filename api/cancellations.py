"""How the two sides of a deal part: a proposal with what the creator would get, and its answer; and the creator who gives up."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.permissions import BrandOrCreator, IsCreator, SignedIn
from api.previews import PreviewOut, dry_run
from api.timers import TimerOut
from core.base.errors import WrongState
from core.base.vocabulary import Currency
from core.deals import errors, selectors, services
from core.deals.models import CancellationProposal
from core.money.errors import DisputeOpen

SIDES = [("BRAND", "BRAND"), ("CREATOR", "CREATOR")]


class ProposalIn(Shape):
    creatorShareCents = serializers.IntegerField(min_value=0, help_text="Of the escrow, before commission; less than all of it.")
    reason = serializers.CharField(max_length=services.REASON_MAX)


class AnswerIn(Shape):
    proposalId = serializers.UUIDField(help_text="The proposal that was read.")


class ResignIn(Shape):
    reason = serializers.CharField(max_length=services.REASON_MAX)


class ProposalOut(Shape):
    id = serializers.UUIDField()
    jobId = serializers.UUIDField()
    status = serializers.ChoiceField(choices=CancellationProposal.Status.choices)
    proposedBy = serializers.ChoiceField(choices=SIDES, source="side")
    creatorShareCents = serializers.IntegerField(help_text="What the creator would get of the escrow, before commission.")
    currency = serializers.ChoiceField(choices=Currency.choices)
    reason = serializers.CharField()
    createdAt = serializers.DateTimeField()
    decidedAt = serializers.DateTimeField(allow_null=True)
    timers = TimerOut(many=True, help_text="While it waits: until when, and what silence means.")


class NewestOut(Shape):
    proposal = ProposalOut(allow_null=True, help_text="The newest one, open or not; null when nobody has proposed anything.")


class PartedOut(Shape):
    refundedCents = serializers.IntegerField(help_text="Back in the brand's wallet.")
    creatorCents = serializers.IntegerField(help_text="In the creator's wallet, after commission.")
    currency = serializers.ChoiceField(choices=Currency.choices)


class CancellationProposalViewset(Viewset):
    permission_classes = {
        "retrieve": [SignedIn],
        "create": [BrandOrCreator],
        "accept": [BrandOrCreator],
        "decline": [BrandOrCreator],
        "withdraw": [BrandOrCreator],
    }
    throttle_scope = {"create": "write", "accept": "money", "decline": "write", "withdraw": "write"}

    @describe("The newest proposal to cancel the deal", response=NewestOut)
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show({"proposal": proposal_of(self, selectors.newest_proposal(pk, by=request.user))})

    @describe(
        "Propose to cancel the deal",
        detail="The other side answers; on silence the proposal expires and the deal goes on. The preview shows what acceptance moves.",
        request=ProposalIn,
        response={"proposal": ProposalOut},
        status=201,
        errors=[WrongState, DisputeOpen, errors.CancellationPending],
        dry_run=True,
        example={"creatorShareCents": 150_000, "reason": "The product is not sold any more; half of the work is done."},
    )
    def create(self, request: Request, pk: UUID) -> HttpResponse:
        asked = self.body()
        if self.dry_run():
            return self.show(services.preview_cancellation(pk, by=request.user, **asked), status=200, serializer=PreviewOut)
        return self.proposal(services.propose_cancellation(pk, by=request.user, **asked))

    @describe(
        "Accept the proposal of the other side",
        detail="The deal is canceled, and the money goes where both agreed.",
        request=AnswerIn,
        response=PartedOut,
        errors=[WrongState, DisputeOpen, errors.CancellationNotPending, errors.OwnProposal],
        dry_run=True,
        example={"proposalId": "0192d5a4-7c31-7e02-9b1f-5a6c0f8e2d41"},
    )
    def accept(self, request: Request, pk: UUID) -> HttpResponse:
        read = self.body()
        return dry_run(self, lambda: services.accept_cancellation(pk, by=request.user, **read), parted)

    @describe(
        "Decline the proposal of the other side",
        detail="The deal goes on.",
        request=AnswerIn,
        response={"proposal": ProposalOut},
        errors=[DisputeOpen, errors.CancellationNotPending, errors.OwnProposal],
        example={"proposalId": "0192d5a4-7c31-7e02-9b1f-5a6c0f8e2d41"},
    )
    def decline(self, request: Request, pk: UUID) -> HttpResponse:
        return self.proposal(services.decline_cancellation(pk, by=request.user, **self.body()))

    @describe(
        "Withdraw one's own proposal",
        detail="The deal goes on.",
        request=AnswerIn,
        response={"proposal": ProposalOut},
        errors=[DisputeOpen, errors.CancellationNotPending],
        example={"proposalId": "0192d5a4-7c31-7e02-9b1f-5a6c0f8e2d41"},
    )
    def withdraw(self, request: Request, pk: UUID) -> HttpResponse:
        return self.proposal(services.withdraw_cancellation(pk, by=request.user, **self.body()))

    def proposal(self, proposal: CancellationProposal) -> HttpResponse:
        """The proposal as it is now."""
        return self.show({"proposal": proposal_of(self, selectors.told_proposal(proposal))})


class ResignationViewset(Viewset):
    permission_classes = [IsCreator]
    throttle_scope = {"resign": "money"}

    @describe(
        "Give the deal up",
        detail="The brand has all its money back. It may publish the same text again as a copy.",
        request=ResignIn,
        response=PartedOut,
        errors=[WrongState, DisputeOpen],
        dry_run=True,
        example={"reason": "I have fallen ill and cannot film this month."},
    )
    def resign(self, request: Request, pk: UUID) -> HttpResponse:
        said = self.body()
        return dry_run(self, lambda: services.resign_deal(pk, by=request.user, **said), parted)


def proposal_of(view: Viewset, proposal: CancellationProposal | None) -> dict[str, Any] | None:
    """The proposal under the names of the contract."""
    return view.shape(proposal, ProposalOut) if proposal else None


def parted(done: services.Cancellation) -> dict[str, Any]:
    """Where the money went."""
    return {"refundedCents": done.refunded_cents, "creatorCents": done.creator_cents, "currency": done.currency}


urls = [
    route("jobs/<uuid:pk>/cancellation", CancellationProposalViewset, get="retrieve", post="create"),
    route("jobs/<uuid:pk>/cancellation/accept", CancellationProposalViewset, post="accept"),
    route("jobs/<uuid:pk>/cancellation/decline", CancellationProposalViewset, post="decline"),
    route("jobs/<uuid:pk>/cancellation/withdraw", CancellationProposalViewset, post="withdraw"),
    route("jobs/<uuid:pk>/resign", ResignationViewset, post="resign"),
]
