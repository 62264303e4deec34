"""A person's money: what there is, what moved, and how a brand's money comes in."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice
from api.money_shapes import AmountIn, Period, ReasonIn, SecondBankReferenceIn
from api.permissions import BrandOrCreator, IsBrand, staff
from core.base.vocabulary import Currency
from core.money import errors, selectors, services
from core.money.explain.wallet import wallets_as_of
from core.money.models import Account, LedgerEntry, TopUp
from core.money.policies import FINANCE


class WalletOut(Shape):
    currency = serializers.ChoiceField(choices=Currency.choices)
    balanceCents = serializers.IntegerField(help_text="What can be spent.")
    heldCents = serializers.IntegerField(help_text="On its way out: payouts that are not settled.")
    escrowCents = serializers.IntegerField(help_text="In the funded escrows of one's deals, before commission.")


class WalletsOut(Shape):
    items = WalletOut(many=True)


class AsOfIn(Shape):
    asOf = serializers.DateTimeField(required=False, help_text="As it was at that moment; left out: now.")


class StatementOut(Shape):
    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=LedgerEntry.Type.choices)
    currency = serializers.ChoiceField(choices=Currency.choices)
    amountCents = serializers.IntegerField(help_text="With its sign: what left the wallet is negative.")
    balanceAfterCents = serializers.IntegerField()
    counterKind = serializers.ChoiceField(choices=Account.Kind.choices, help_text="Where it came from, or went.")
    jobId = serializers.UUIDField(allow_null=True)
    jobTitle = serializers.CharField(allow_null=True)
    payoutId = serializers.UUIDField(allow_null=True)
    createdAt = serializers.DateTimeField()


class StatementFilters(Period):
    currency = Choice(choices=Currency.choices)
    type = Choice(choices=LedgerEntry.Type.choices)


class TopUpOut(Shape):
    id = serializers.UUIDField()
    number = serializers.IntegerField(allow_null=True, help_text="What to write on the bank transfer.")
    brandId = serializers.UUIDField()
    amountCents = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    provider = serializers.CharField()
    status = serializers.ChoiceField(choices=TopUp.Status.choices)
    reason = serializers.CharField()
    closedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class AdminTopUpOut(TopUpOut):
    brandName = serializers.CharField(source="brand.brand_profile.company_name")
    needsSecond = serializers.BooleanField()
    confirmedById = serializers.UUIDField(allow_null=True)
    secondConfirmedById = serializers.UUIDField(allow_null=True)
    bankReference = serializers.CharField()


class TopUpFilters(Filters):
    status = Choice(choices=TopUp.Status.choices)
    currency = Choice(choices=Currency.choices)


class WalletViewset(Viewset):
    permission_classes = [BrandOrCreator]

    @describe("My wallets, one per currency", detail="With `asOf` as they were at that moment.", response=WalletsOut, query=AsOfIn)
    def wallets(self, request: Request) -> HttpResponse:
        as_of = self.query().get("as_of")
        rows = wallets_as_of(as_of, by=request.user) if as_of else selectors.wallet_list(by=request.user)
        return self.show({"items": WalletOut(rows, many=True).data})

    @describe("The statement of my wallets, newest first", response=StatementOut, page=True, filters=StatementFilters)
    def entries(self, request: Request) -> HttpResponse:
        return self.page(selectors.statement(by=request.user), order=("-place",))


class TopUpViewset(Viewset):
    permission_classes = [IsBrand]
    throttle_scope = {"create": "money", "cancel": "money"}

    @describe("My top-ups, newest first", response=TopUpOut, page=True, filters=TopUpFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.top_up_list(by=request.user), order=("-created_at", "-id"))

    @describe(
        "Ask to top up the wallet",
        detail="The answer names the number to write on the bank transfer. A provider that does not wait has put the money in already.",
        request=AmountIn,
        response={"topUp": TopUpOut},
        status=201,
        example={"amountCents": 500000, "currency": "RUB"},
    )
    def create(self, request: Request) -> HttpResponse:
        return self.show(services.request_top_up(by=request.user, **self.body()))

    @describe("Call off a top-up", response={"topUp": TopUpOut}, errors=[errors.TopUpWrongState, errors.TopUpBeingConfirmed])
    def cancel(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.cancel_top_up(pk, by=request.user))


class AdminTopUpViewset(Viewset):
    permission_classes = {"list": [staff(*FINANCE)], "confirm": [staff(*FINANCE)], "reject": [staff("finance")]}
    throttle_scope = {"confirm": "money", "reject": "money"}

    @describe("Top-ups, those that wait longest first", response=AdminTopUpOut, page=True, filters=TopUpFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.top_up_list(by=request.user), order=("created_at", "id"))

    @describe(
        "The transfer has arrived",
        detail="Above the limit two different people confirm; until the second one has, the top-up stays PENDING.",
        request=SecondBankReferenceIn,
        response={"topUp": AdminTopUpOut},
        errors=[errors.TopUpWrongState, errors.SecondPersonRequired, errors.BankReferenceUsed, errors.BankReferenceDiffers],
        example={"bankReference": "PP-2031"},
    )
    def confirm(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.confirm_top_up(pk, by=request.user, **self.body()))

    @describe(
        "The transfer did not come",
        request=ReasonIn,
        response={"topUp": AdminTopUpOut},
        errors=[errors.TopUpWrongState],
        example={"reason": "No transfer within ten days."},
    )
    def reject(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.reject_top_up(pk, by=request.user, **self.body()))


urls = [
    route("wallet", WalletViewset, get="wallets"),
    route("wallet/entries", WalletViewset, get="entries"),
    route("wallet/topups", TopUpViewset, get="list", post="create"),
    route("wallet/topups/<uuid:pk>/cancel", TopUpViewset, post="cancel"),
    route("admin/topups", AdminTopUpViewset, get="list"),
    route("admin/topups/<uuid:pk>/confirm", AdminTopUpViewset, post="confirm"),
    route("admin/topups/<uuid:pk>/reject", AdminTopUpViewset, post="reject"),
]
