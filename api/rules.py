"""What staff may change: commission and limits. A change is a new row, so that history stands."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, Viewset, describe, route
from api.filters import Choice, Identifier
from api.permissions import staff
from core.base.vocabulary import Currency, Niche
from core.money.policies import FINANCE
from core.rules import errors, selectors, services
from core.rules.limits import KINDS
from core.rules.models import CommissionRule

LIMITS = [(kind.key, f"{kind.meaning} ({kind.unit})") for kind in KINDS.values()]


class CommissionRuleIn(Shape):
    scope = serializers.ChoiceField(choices=CommissionRule.Scope.choices)
    brandId = serializers.UUIDField(required=False, help_text="Only with the scope BRAND.")
    niche = serializers.ChoiceField(choices=Niche.choices, required=False, help_text="Only with the scope NICHE.")
    bps = serializers.IntegerField(min_value=0, max_value=CommissionRule.BPS_MAX, help_text="Basis points: 1500 is 15 %.")
    validFrom = serializers.DateTimeField(required=False, help_text="Now, when left out. Never in the past.")
    note = serializers.CharField(min_length=services.NOTE_MIN, max_length=services.NOTE_MAX, help_text="Why.")


class CommissionRuleOut(Shape):
    id = serializers.UUIDField()
    scope = serializers.ChoiceField(choices=CommissionRule.Scope.choices)
    brandId = serializers.UUIDField(allow_null=True)
    niche = serializers.CharField()
    bps = serializers.IntegerField()
    validFrom = serializers.DateTimeField()
    note = serializers.CharField()
    createdById = serializers.UUIDField()
    createdAt = serializers.DateTimeField()


class CommissionRuleFilters(Filters):
    scope = Choice(choices=CommissionRule.Scope.choices)
    brandId = Identifier(field_name="brand_id")
    niche = Choice(choices=Niche.choices)


class LimitIn(Shape):
    key = serializers.ChoiceField(choices=LIMITS)
    currency = serializers.ChoiceField(
        choices=Currency.choices, required=False, help_text="All currencies without one of their own, when left out."
    )
    value = serializers.IntegerField(min_value=0)
    note = serializers.CharField(min_length=services.NOTE_MIN, max_length=services.NOTE_MAX, help_text="Why.")


class LimitOut(Shape):
    id = serializers.UUIDField()
    key = serializers.ChoiceField(choices=LIMITS)
    currency = serializers.CharField(help_text="Empty: all that have none of their own.")
    value = serializers.IntegerField()
    validFrom = serializers.DateTimeField()
    note = serializers.CharField()
    createdById = serializers.UUIDField()
    createdAt = serializers.DateTimeField()


class LimitFilters(Filters):
    key = Choice(choices=LIMITS)


class CommissionRuleViewset(Viewset):
    permission_classes = {"list": [staff(*FINANCE)], "create": [staff("finance_approver")]}
    throttle_scope = {"create": "money"}

    @describe("The history of the commission, newest first", response=CommissionRuleOut, page=True, filters=CommissionRuleFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.commission_rule_list(by=request.user), order=("-valid_from", "-id"))

    @describe(
        "Change the commission of new deals",
        detail="The most specific rule in force wins: the brand's own, else the niche's, else the default. Deals that began keep theirs.",
        request=CommissionRuleIn,
        response={"rule": CommissionRuleOut},
        status=201,
        errors=[errors.RuleUnchanged],
        example={"scope": "NICHE", "niche": "FOOD", "bps": 1200, "note": "Spring campaign."},
    )
    def create(self, request: Request) -> HttpResponse:
        return self.show(services.add_commission_rule(by=request.user, **self.body()))


class LimitViewset(Viewset):
    permission_classes = {"list": [staff(*FINANCE)], "create": [staff("finance_approver")]}
    throttle_scope = {"create": "money"}

    @describe("The history of the limits, newest first", response=LimitOut, page=True, filters=LimitFilters)
    def list(self, request: Request) -> HttpResponse:
        return self.page(selectors.limit_list(by=request.user), order=("-valid_from", "-id"))

    @describe(
        "Set a limit",
        request=LimitIn,
        response={"limit": LimitOut},
        status=201,
        errors=[errors.RuleUnchanged],
        example={"key": "PAYOUT_MIN", "currency": "RUB", "value": 50000, "note": "The bank's fee has risen."},
    )
    def create(self, request: Request) -> HttpResponse:
        asked: dict[str, Any] = self.body()
        return self.show(services.set_limit(by=request.user, **asked))


urls = [
    route("admin/commission-rules", CommissionRuleViewset, get="list", post="create"),
    route("admin/limits", LimitViewset, get="list", post="create"),
]
