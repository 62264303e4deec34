"""Which rule is in force, and which ones were."""

from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from core.base import clock
from core.base.shapes import RowJSON
from core.rules.limits import KINDS
from core.rules.models import CommissionRule, Limit
from core.rules.policies import visible_commission_rules, visible_limits


def commission_rule(*, brand_id, niche: str) -> CommissionRule:
    """The rule in force for a deal that begins now: the brand's own, else the niche's, else the default; the newest of each."""
    fitting = Q(scope="DEFAULT") | Q(scope="BRAND", brand_id=brand_id) | Q(scope="NICHE", niche=niche)
    rank = Case(When(scope="BRAND", then=Value(0)), When(scope="NICHE", then=Value(1)), default=Value(2), output_field=IntegerField())
    rules = CommissionRule.objects.filter(fitting, valid_from__lte=clock.now())
    return rules.order_by(rank, "-valid_from", "-id")[0]


def newest_rule(*, scope: str, brand_id, niche: str, at: datetime) -> CommissionRule | None:
    """The rule of exactly this scope that will be in force at that moment."""
    return (
        CommissionRule.objects.filter(scope=scope, brand_id=brand_id, niche=niche, valid_from__lte=at)
        .order_by("-valid_from", "-id")
        .first()
    )


def newest_limit(*, key: str, currency: str) -> int:
    """The value that was set last for exactly this currency, or for all; the default when there is none."""
    rows = Limit.objects.filter(key=key, currency=currency, valid_from__lte=clock.now())
    newest = rows.order_by("-valid_from", "-id").values_list("value", flat=True).first()
    return KINDS[key].default(currency) if newest is None else newest


def commission_rule_list(*, by) -> QuerySet:
    """The history of the commission, newest first."""
    return visible_commission_rules(by).annotate(
        row=RowJSON(
            id="id",
            scope="scope",
            brandId="brand_id",
            niche="niche",
            bps="bps",
            validFrom="valid_from",
            note="note",
            createdById="created_by_id",
            createdAt="created_at",
        )
    )


def limit_list(*, by) -> QuerySet:
    """The history of the limits, newest first."""
    return visible_limits(by).annotate(
        row=RowJSON(
            id="id",
            key="key",
            currency="currency",
            value="value",
            validFrom="valid_from",
            note="note",
            createdById="created_by_id",
            createdAt="created_at",
        )
    )
