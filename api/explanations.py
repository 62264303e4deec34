"""Explained money: every number with the movements that add up to it, in words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.permissions import BrandOrCreator, SignedIn
from core.base.vocabulary import Currency
from core.money.explain.deal import deal_money
from core.money.explain.wallet import wallet_money
from core.money.models import Escrow, LedgerEntry
from core.rules.models import CommissionRule

SENTENCE = "In the reader's language."
DEAL_NUMBERS = ("FUNDED", "HELD", "RELEASED", "COMMISSION", "REFUNDED", "ADJUSTED", "WALLET")
WALLET_NUMBERS = ("BALANCE", "HELD", "ESCROW")


class ExplainedEntryOut(Shape):
    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=LedgerEntry.Type.choices)
    reference = serializers.CharField()
    cents = serializers.IntegerField(help_text="With the sign that it has in the number.")
    at = serializers.DateTimeField()
    sentence = serializers.CharField(help_text=SENTENCE)

    def to_representation(self, entry: Mapping[str, Any]) -> Any:
        """The entry as it is: the database has written it."""
        return entry


class DealNumberOut(Shape):
    name = serializers.ChoiceField(
        choices=DEAL_NUMBERS,
        help_text="HELD waits in the escrow; ADJUSTED was corrected by hand; WALLET is what the deal did to one's own wallet.",
    )
    cents = serializers.IntegerField(help_text="The sum of the entries.")
    sentence = serializers.CharField(help_text=SENTENCE)
    entries = ExplainedEntryOut(many=True)


class RuleOut(Shape):
    scope = serializers.ChoiceField(choices=CommissionRule.Scope.choices)
    niche = serializers.CharField(help_text="Of a rule for a niche.")
    bps = serializers.IntegerField()
    since = serializers.DateTimeField(source="valid_from")


class TermsOut(Shape):
    priceCents = serializers.IntegerField(source="amount_cents")
    creatorShareCents = serializers.IntegerField(allow_null=True, help_text="Of a SPLIT: the creator's part before commission.")
    commissionCents = serializers.IntegerField()
    creatorNetCents = serializers.IntegerField()
    rule = RuleOut(source="commission_rule")


class DealMoneyOut(Shape):
    jobId = serializers.UUIDField(source="escrow.job_id")
    currency = serializers.ChoiceField(choices=Currency.choices, source="escrow.currency")
    escrowStatus = serializers.ChoiceField(choices=Escrow.Status.choices, source="escrow.status")
    terms = TermsOut(source="escrow")
    sentence = serializers.CharField(help_text="What the price comes to, and which rule says so.")
    numbers = DealNumberOut(many=True)


class PartOut(Shape):
    type = serializers.ChoiceField(choices=LedgerEntry.Type.choices)
    cents = serializers.IntegerField(help_text="With its sign: all movements of this type in one direction.")
    count = serializers.IntegerField()
    firstAt = serializers.DateTimeField()
    lastAt = serializers.DateTimeField()
    sentence = serializers.CharField(help_text=SENTENCE)


class WalletNumberOut(Shape):
    name = serializers.ChoiceField(choices=WALLET_NUMBERS)
    cents = serializers.IntegerField(help_text="The sum of the parts.")
    sentence = serializers.CharField(help_text=SENTENCE)
    parts = PartOut(many=True)
    listedAt = serializers.CharField(help_text="Where the rows behind it are listed one by one.")


class WalletMoneyOut(Shape):
    currency = serializers.ChoiceField(choices=Currency.choices)
    asOf = serializers.DateTimeField(allow_null=True)
    numbers = WalletNumberOut(many=True)


class WalletMoneyIn(Shape):
    currency = serializers.ChoiceField(choices=Currency.choices)
    asOf = serializers.DateTimeField(required=False, help_text="As it was at that moment.")


class ExplanationViewset(Viewset):
    permission_classes = {"deal": [SignedIn], "wallet": [BrandOrCreator]}

    @describe(
        "The money of a deal, explained",
        detail="Each number is the sum of the entries listed under it. The parties see their own side, finance sees all.",
        response=DealMoneyOut,
    )
    def deal(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(deal_money(pk, by=request.user))

    @describe(
        "My wallet in one currency, explained",
        detail="Each number is the sum of its parts, by type of movement; `listedAt` lists the rows one by one.",
        response=WalletMoneyOut,
        query=WalletMoneyIn,
    )
    def wallet(self, request: Request) -> HttpResponse:
        return self.show(wallet_money(by=request.user, **self.query()))


urls = [
    route("jobs/<uuid:pk>/money", ExplanationViewset, get="deal"),
    route("wallet/explain", ExplanationViewset, get="wallet"),
]
