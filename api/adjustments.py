"""Corrections of wallets by hand: one member of finance drafts, another one posts."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice, Identifier
from api.money_shapes import ReasonIn
from api.permissions import staff
from api.previews import PreviewOut, dry_run
from core.base.vocabulary import Currency
from core.money import errors, services
from core.money.adjustments.models import Adjustment
from core.money.adjustments.selectors import adjustment_list, adjustment_page
from core.money.adjustments.terms import Terms
from core.money.models import CENTS_MAX, Account
from core.money.policies import FINANCE

EXAMPLE_ID = "0199f0c0-0000-7000-8000-000000000001"
Category, Direction = Adjustment.Category, Adjustment.Direction


class AdjustmentIn(ReasonIn):
    userId = serializers.UUIDField(source="person_id", help_text="The brand or the creator whose wallet it is.")
    amountCents = serializers.IntegerField(min_value=-CENTS_MAX, max_value=CENTS_MAX, help_text="Below zero it is taken away.")
    currency = serializers.ChoiceField(choices=Currency.choices)
    category = serializers.ChoiceField(choices=Category.choices, default=Category.OTHER)
    jobId = serializers.UUIDField(required=False, help_text="The deal that it is about.")
    openWallet = serializers.BooleanField(
        default=False, source="opens_wallet", help_text="A first wallet in this currency is opened when it is posted."
    )

    def validate_amountCents(self, cents: int) -> int:  # noqa: N802 - the framework finds it by the name of the field
        if cents == 0:
            raise serializers.ValidationError(_("Give an amount other than zero."))
        return cents


class AdjustmentOut(Shape):
    id = serializers.UUIDField()
    userId = serializers.UUIDField(source="person_id")
    userName = serializers.CharField(source="owner_name")
    walletKind = serializers.ChoiceField(choices=Account.Kind.choices)
    amountCents = serializers.IntegerField(source="signed_cents", help_text="Below zero it is taken away.")
    currency = serializers.ChoiceField(choices=Currency.choices)
    direction = serializers.ChoiceField(choices=Direction.choices)
    category = serializers.ChoiceField(choices=Category.choices)
    reason = serializers.CharField()
    jobId = serializers.UUIDField(allow_null=True)
    disputeId = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=Adjustment.Status.choices)
    draftedById = serializers.UUIDField()
    decidedById = serializers.UUIDField(allow_null=True)
    decidedAt = serializers.DateTimeField(allow_null=True)
    refusal = serializers.CharField(help_text="Why it was rejected.")
    createdAt = serializers.DateTimeField()


class AdjustmentFilters(Filters):
    status = Choice(choices=Adjustment.Status.choices)
    category = Choice(choices=Category.choices)
    currency = Choice(choices=Currency.choices)
    userId = Identifier(field_name="person_id")
    draftedById = Identifier(field_name="drafted_by_id")


def read(asked: dict[str, Any]) -> dict[str, Any]:
    """The body as the verb takes it: an amount with a sign is an amount and a direction."""
    cents = asked["amount_cents"]
    terms = Terms(
        currency=asked["currency"],
        amount_cents=abs(cents),
        direction=Direction.CREDIT if cents > 0 else Direction.DEBIT,
        category=asked["category"],
        reason=asked["reason"],
        job_id=asked.get("job_id"),
    )
    return {"person_id": asked["person_id"], "terms": terms, "opens_wallet": asked["opens_wallet"]}


class AdjustmentViewset(Viewset):
    permission_classes = {
        "list": [staff(*FINANCE)],
        "retrieve": [staff(*FINANCE)],
        "create": [staff("finance")],
        "approve": [staff(*FINANCE)],
        "reject": [staff(*FINANCE)],
        "cancel": [staff("finance")],
    }
    throttle_scope = dict.fromkeys(("create", "approve", "reject", "cancel"), "money")

    @describe(
        "Draft an adjustment of a wallet",
        detail="Nothing moves until somebody else approves it. With `dryRun` the answer tells what would move then.",
        request=AdjustmentIn,
        response={"adjustment": AdjustmentOut},
        status=201,
        errors=[
            errors.WrongDirection,
            errors.WalletMissing,
            errors.NotEnoughMoney,
            errors.AdjustmentLimitReached,
        ],
        dry_run=True,
        example={
            "userId": EXAMPLE_ID,
            "amountCents": -50000,
            "currency": "RUB",
            "category": "CLAWBACK",
            "reason": "The bank charged the transfer back.",
        },
    )
    def create(self, request: Request) -> HttpResponse:
        asked = read(self.body())
        if self.dry_run():
            return self.show(services.preview_adjustment(by=request.user, **asked), status=200, serializer=PreviewOut)
        return self.show(services.draft_adjustment(by=request.user, **asked))

    @describe("Adjustments, newest first", response=AdjustmentOut, page=True, filters=AdjustmentFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(adjustment_list(by=request.user), order=("-created_at", "-id"))

    @describe("One adjustment", response={"adjustment": AdjustmentOut})
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(adjustment_page(pk, by=request.user))

    @describe(
        "Post an adjustment",
        detail="By somebody else than who drafted it. The money moves at once.",
        response={"adjustment": AdjustmentOut},
        errors=[
            errors.AdjustmentWrongState,
            errors.SecondPersonRequired,
            errors.AdjustmentLimitReached,
            errors.NotEnoughMoney,
        ],
        dry_run=True,
    )
    def approve(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return dry_run(self, lambda: services.approve_adjustment(pk, by=request.user), lambda adjustment: adjustment)

    @describe(
        "Reject an adjustment",
        request=ReasonIn,
        response={"adjustment": AdjustmentOut},
        errors=[errors.AdjustmentWrongState, errors.SecondPersonRequired],
        example={"reason": "The deal was another one."},
    )
    def reject(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.reject_adjustment(pk, by=request.user, **self.body()))

    @describe("Take back an adjustment of one's own", response={"adjustment": AdjustmentOut}, errors=[errors.AdjustmentWrongState])
    def cancel(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.cancel_adjustment(pk, by=request.user))


urls = [
    route("admin/finance/adjust", AdjustmentViewset, post="create"),
    route("admin/adjustments", AdjustmentViewset, get="list"),
    route("admin/adjustments/<uuid:pk>", AdjustmentViewset, get="retrieve"),
    route("admin/adjustments/<uuid:pk>/approve", AdjustmentViewset, post="approve"),
    route("admin/adjustments/<uuid:pk>/reject", AdjustmentViewset, post="reject"),
    route("admin/adjustments/<uuid:pk>/cancel", AdjustmentViewset, post="cancel"),
]
