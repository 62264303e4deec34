"""Which rule is in force."""

from django.db.models import Case, IntegerField, Q, Value, When

from core.base import clock
from core.rules.models import CommissionRule


def commission_rule(*, brand_id, niche: str) -> CommissionRule:
    """The rule in force for a deal that begins now: the brand's own, else the niche's, else the default; the newest of each."""
    fitting = Q(scope="DEFAULT") | Q(scope="BRAND", brand_id=brand_id) | Q(scope="NICHE", niche=niche)
    rank = Case(When(scope="BRAND", then=Value(0)), When(scope="NICHE", then=Value(1)), default=Value(2), output_field=IntegerField())
    rules = CommissionRule.objects.filter(fitting, valid_from__lte=clock.now())
    return rules.order_by(rank, "-valid_from", "-id")[0]
