"""Disputes, for their parties; staff read and speak here too. What only staff do is in `dispute_desk.py`."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.dispute_shapes import (
    DISPUTE_COLUMNS,
    MESSAGE_COLUMNS,
    SETTLEMENT_COLUMNS,
    AppealOut,
    DeskDisputeOut,
    DisputeFilters,
    DisputeOut,
    DisputeRowOut,
    MessageOut,
    SettlementOut,
)
from api.permissions import BrandOrCreator, SignedIn
from api.previews import PreviewOut
from core.base.links import LINK_LENGTH_MAX
from core.base.shapes import RowJSON
from core.disputes import errors, selectors, services
from core.disputes.evidence import LINKS_MAX
from core.disputes.models import TEXT_MAX, Dispute, DisputeMessage
from core.disputes.policies import reads_all
from core.money.errors import DisputeOpen, EscrowUnfunded

LINK = "https://disk.yandex.ru/i/video-1"


class OpenIn(Shape):
    reason = serializers.ChoiceField(choices=Dispute.Reason.choices)
    message = serializers.CharField(source="statement", required=False, allow_blank=True, max_length=TEXT_MAX)


class OpenedOut(Shape):
    disputeId = serializers.UUIDField()
    alreadyOpen = serializers.BooleanField(required=False, help_text="Only when you had opened it before.")


class StatusOut(Shape):
    status = serializers.ChoiceField(choices=Dispute.Status.choices)


class MessageIn(Shape):
    kind = serializers.ChoiceField(choices=DisputeMessage.Kind.choices)
    text = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_MAX)
    links = serializers.ListField(child=serializers.CharField(max_length=LINK_LENGTH_MAX), required=False, max_length=LINKS_MAX)


class AddedOut(Shape):
    messageId = serializers.UUIDField()


class SettlementIn(Shape):
    creatorShareCents = serializers.IntegerField(min_value=0, help_text="Before commission: 0 is a refund, the whole price a release.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=TEXT_MAX)


class AppealIn(Shape):
    text = serializers.CharField(max_length=TEXT_MAX)


class OpeningViewset(Viewset):
    permission_classes = [BrandOrCreator]
    throttle_scope = {"open": "money"}

    @describe(
        "Open a dispute about a deal",
        detail="Money and work stand still, and the clocks of the deal pause. Repeating it answers 200 with the same dispute.",
        request=OpenIn,
        response=OpenedOut,
        status=201,
        errors=[errors.JobAlreadyFinished, errors.NoActiveCreator, DisputeOpen],
        example={"reason": "QUALITY", "message": "The video has no sound."},
    )
    def open(self, request: Request, pk: UUID) -> HttpResponse:
        dispute = services.open_dispute(pk, by=request.user, **self.body())
        if dispute.was_open_before:
            return self.show({"disputeId": dispute.id, "alreadyOpen": True}, status=200)
        return self.show({"disputeId": dispute.id})


class DisputeViewset(Viewset):
    permission_classes = {
        "list": [SignedIn],
        "retrieve": [SignedIn],
        "messages": [SignedIn],
        "add_message": [SignedIn],
        "withdraw": [BrandOrCreator],
        "appeal": [BrandOrCreator],
    }
    throttle_scope = {"add_message": "dispute_message", "withdraw": "money", "appeal": "money"}

    @describe("My disputes, newest first; staff see all", response=DisputeRowOut, page=True, filters=DisputeFilters)
    def list(self, request: Request) -> HttpResponse:
        disputes = selectors.dispute_list(by=request.user).annotate(row=RowJSON(**DISPUTE_COLUMNS))
        return self.page(disputes, order=("-created_at", "-id"))

    @describe(
        "One dispute",
        detail="With its clocks, what our team asked, the appeal, and what you may do now. Staff see also who works on it.",
        response={"dispute": DisputeOut},
    )
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        dispute = selectors.dispute_page(pk, by=request.user)
        shape = DeskDisputeOut if reads_all(request.user) else DisputeOut
        return self.show({"dispute": shape.of(dispute)})

    @describe("What was said, oldest first", response=MessageOut, page=True)
    def messages(self, request: Request, pk: UUID) -> HttpResponse:
        said = selectors.message_list(pk, by=request.user).annotate(row=RowJSON(**MESSAGE_COLUMNS))
        return self.page(said, order=("created_at", "id"))

    @describe(
        "Say something, or show evidence",
        detail="MESSAGE takes `text`, EVIDENCE_LINK takes `links` at known hosts. ADMIN_NOTE (to both sides) and INTERNAL_NOTE are for "
        "staff. The first word of the other side is its answer to the dispute.",
        request=MessageIn,
        response=AddedOut,
        status=201,
        errors=[errors.DisputeClosed],
        example={"kind": "EVIDENCE_LINK", "links": [LINK]},
    )
    def add_message(self, request: Request, pk: UUID) -> HttpResponse:
        message = services.add_message(pk, by=request.user, **self.body())
        return self.show({"messageId": message.id})

    @describe(
        "Take my dispute back", detail="The deal goes on with as much time as it had.", response=StatusOut, errors=[errors.DisputeClosed]
    )
    def withdraw(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show({"status": services.withdraw_dispute(pk, by=request.user).status})

    @describe(
        "Appeal against a decision",
        detail="Once, within the time that the dispute shows. Somebody who had no part in the decision judges.",
        request=AppealIn,
        response={"appeal": AppealOut},
        status=201,
        errors=[errors.NotAppealable, errors.AppealExists, errors.AppealTooLate],
        example={"text": "The brief asked for subtitles, and the video has none."},
    )
    def appeal(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.appeal_decision(pk, by=request.user, **self.body()))


class SettlementViewset(Viewset):
    permission_classes = {
        "list": [SignedIn],
        "create": [SignedIn],
        "accept": [BrandOrCreator],
        "decline": [BrandOrCreator],
        "withdraw": [SignedIn],
    }
    throttle_scope = {"create": "money", "accept": "money", "decline": "money", "withdraw": "money"}

    @describe("The proposals of a dispute, newest first", response=SettlementOut, page=True)
    def list(self, request: Request, pk: UUID) -> HttpResponse:
        proposals = selectors.settlement_list(pk, by=request.user).annotate(row=RowJSON(**SETTLEMENT_COLUMNS))
        return self.page(proposals, order=("-created_at", "-id"))

    @describe(
        "Propose a settlement",
        detail="It needs the yes of the other side; one of our team needs both. It is carried out as soon as it has it.",
        request=SettlementIn,
        response={"settlement": SettlementOut},
        status=201,
        errors=[errors.DisputeClosed, errors.SettlementWaiting, EscrowUnfunded],
        example={"creatorShareCents": 225000, "note": "Half, and we part as friends."},
    )
    def create(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.propose_settlement(pk, by=request.user, **self.body()))

    @describe(
        "Agree to a settlement",
        detail="With the yes of both sides the money moves at once, and the dispute is decided. Repeating it changes nothing.",
        response={"settlement": SettlementOut},
        errors=[errors.DisputeClosed, errors.SettlementClosed],
        dry_run=True,
    )
    def accept(self, request: Request, pk: UUID, settlement_id: UUID) -> HttpResponse:
        self.no_body()
        if self.dry_run():
            return self.show(services.preview_acceptance(pk, settlement_id, by=request.user), serializer=PreviewOut)
        return self.show(services.accept_settlement(pk, settlement_id, by=request.user))

    @describe("Decline a settlement", response={"settlement": SettlementOut}, errors=[errors.DisputeClosed, errors.SettlementClosed])
    def decline(self, request: Request, pk: UUID, settlement_id: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.decline_settlement(pk, settlement_id, by=request.user))

    @describe("Take my proposal back", response={"settlement": SettlementOut}, errors=[errors.DisputeClosed, errors.SettlementClosed])
    def withdraw(self, request: Request, pk: UUID, settlement_id: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.withdraw_settlement(pk, settlement_id, by=request.user))


def settlement(action: str, **methods: Any) -> Any:
    """The route of one proposal."""
    return route(f"disputes/<uuid:pk>/settlements/<uuid:settlement_id>/{action}", SettlementViewset, **methods)


urls = [
    route("jobs/<uuid:pk>/dispute/open", OpeningViewset, post="open"),
    route("disputes", DisputeViewset, get="list"),
    route("disputes/<uuid:pk>", DisputeViewset, get="retrieve"),
    route("disputes/<uuid:pk>/messages", DisputeViewset, get="messages", post="add_message"),
    route("disputes/<uuid:pk>/withdraw", DisputeViewset, post="withdraw"),
    route("disputes/<uuid:pk>/appeal", DisputeViewset, post="appeal"),
    route("disputes/<uuid:pk>/settlements", SettlementViewset, get="list", post="create"),
    settlement("accept", post="accept"),
    settlement("decline", post="decline"),
    settlement("withdraw", post="withdraw"),
]
