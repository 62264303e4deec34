"""The rules change by new rows. A deal keeps the rule of its beginning."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.base.vocabulary import Currency, Niche
from core.rules import events, limits, policies
from core.rules.errors import RuleUnchanged
from core.rules.models import CommissionRule, Limit
from core.rules.selectors import newest_limit, newest_rule
from outbox.post import emit

NOTE_MIN, NOTE_MAX = 2, 500
PRESENT = timedelta(seconds=1)  # how long a moment is "now": it is named to the second, and the check comes after the naming


@transaction.atomic
def add_commission_rule(
    *, by, scope: str, bps: int, note: str, brand_id=None, niche: str = "", valid_from: datetime | None = None
) -> CommissionRule:
    """From `valid_from` on, new deals in this scope pay this commission. Never in the past; deals that began keep theirs.

    Raises Forbidden, Invalid, RuleUnchanged.
    """
    require(policies.can_change_rules(by))
    valid_from = valid_from or clock.now()
    content = {"scope": scope, "brand_id": brand_id, "niche": niche, "bps": bps, "note": note.strip()}
    check_rule(**content, valid_from=valid_from)
    present = newest_rule(scope=scope, brand_id=brand_id, niche=niche, at=valid_from)
    require(present is None or present.bps != bps, RuleUnchanged())

    rule = CommissionRule.objects.create(**content, valid_from=valid_from, created_by=by)
    before = {"bps": present.bps} if present else {}
    record("COMMISSION_RULE_ADDED", rule, by=by, before=before, after=plain(rule), reason=rule.note)
    emit(
        events.CommissionRuleAdded(
            by_id=by.id, commission_rule_id=rule.id, scope=scope, brand_id=rule.brand_id, niche=niche, bps=bps, valid_from=valid_from
        )
    )
    return rule


@transaction.atomic
def set_limit(*, by, key: str, value: int, note: str, currency: str = "") -> Limit:
    """The limit has this value from now on, in one currency or, with an empty one, in all that have none of their own.

    Raises Forbidden, Invalid, RuleUnchanged.
    """
    require(policies.can_change_rules(by))
    check_limit(key=key, value=value, currency=currency, note=note)
    present = newest_limit(key=key, currency=currency)
    require(present != value, RuleUnchanged())

    changed = Limit.objects.create(key=key, currency=currency, value=value, note=note.strip(), created_by=by)
    after = {"key": key, "currency": currency, "value": value}
    record("LIMIT_SET", changed, by=by, before={"value": present}, after=after, reason=changed.note)
    emit(events.LimitSet(by_id=by.id, limit_id=changed.id, key=key, currency=currency, value=value))
    return changed


def plain(rule: CommissionRule) -> dict[str, Any]:
    """The rule as the audit trail keeps it."""
    return {
        "scope": rule.scope,
        "brandId": str(rule.brand_id) if rule.brand_id else None,
        "niche": rule.niche,
        "bps": rule.bps,
        "validFrom": rule.valid_from.isoformat(),
    }


def check_rule(*, scope: str, brand_id, niche: str, bps: int, note: str, valid_from: datetime) -> None:
    """Nothing happens for a rule that can be. Raises Invalid with every fault at once."""
    fields: dict[str, list[str]] = {}
    if scope not in CommissionRule.Scope.values:
        fields["scope"] = [one_of(CommissionRule.Scope.values)]
    if type(bps) is not int or not 0 <= bps <= CommissionRule.BPS_MAX:
        fields["bps"] = [between(0, CommissionRule.BPS_MAX)]
    if (scope == "NICHE") != bool(niche) or (niche and niche not in Niche.values):
        fields["niche"] = [one_of(Niche.values) if scope == "NICHE" else _("Only a rule for a niche names one.")]
    if (scope == "BRAND") != (brand_id is not None):
        fields["brandId"] = [_("A rule for a brand names the brand, and no other does.")]
    elif brand_id is not None and not get_user_model().objects.filter(id=brand_id, role="BRAND").exists():
        fields["brandId"] = [_("There is no such brand.")]
    if valid_from < clock.now() - PRESENT:
        fields["validFrom"] = [_("A rule cannot begin in the past.")]
    raise_if(fields | note_faults(note))


def check_limit(*, key: str, value: int, currency: str, note: str) -> None:
    """Nothing happens for a limit that can be. Raises Invalid with every fault at once."""
    fields: dict[str, list[str]] = {}
    kind = limits.KINDS.get(key)
    if kind is None:
        fields["key"] = [one_of(limits.KINDS)]
    elif type(value) is not int or not kind.lowest <= value <= kind.highest:
        fields["value"] = [between(kind.lowest, kind.highest)]
    if currency and currency not in Currency.values:
        fields["currency"] = [one_of(Currency.values)]
    elif currency and kind is not None and not kind.is_money:
        fields["currency"] = [_("This is the same for every currency.")]
    raise_if(fields | note_faults(note))


def note_faults(note: str) -> dict[str, list[str]]:
    """Every change says why."""
    if NOTE_MIN <= len(note.strip()) <= NOTE_MAX:
        return {}
    return {"note": [_("Say why in {low} to {high} characters.").format(low=NOTE_MIN, high=NOTE_MAX)]}


def raise_if(fields: dict[str, list[str]]) -> None:
    """Raises Invalid when there is a fault."""
    if fields:
        raise Invalid(fields)


def one_of(allowed) -> str:
    """The message that names what would have been right."""
    return _("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(allowed))


def between(low: int, high: int) -> str:
    """The message that names the range."""
    return _("Give a number from {low} to {high}.").format(low=low, high=high)
