"""Whether a decision is whole: a refusal says why, an approval has looked at everything."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.base.errors import Invalid
from core.base.texts import visible
from core.desk.rulings.models import Ruling
from core.rules.reasons.selectors import checklist, codes_in, reasons

REASON_MIN, REASON_MAX = 10, 1_000


def told_reason(reason: str) -> str:
    """The reason, trimmed. Raises Invalid."""
    told = visible(reason)
    if not REASON_MIN <= len(told) <= REASON_MAX:
        message = _("Write between {lowest} and {highest} characters.").format(lowest=REASON_MIN, highest=REASON_MAX)
        raise Invalid({"reason": [message]})
    return told


def judged(queue: str, *, kind: str, reason: str, checks: Sequence[str]) -> dict[str, Any]:
    """What of the decision is kept: the reason and the codes of the catalogue that stand in it, or the checks. Raises Invalid."""
    if kind not in Ruling.Kind.values:
        raise Invalid({"kind": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(Ruling.Kind.values))]})
    if kind == Ruling.Kind.APPROVE:
        asked = [item.code for item in checklist(queue)]
        if set(asked) - set(checks):
            raise Invalid({"checks": [_("Approve only when everything on the list holds.")]})
        return {"checks": asked}
    told = told_reason(reason)
    known = reasons(queue)
    codes = codes_in(told, known)[: Ruling.CODES_MAX]
    for each in known:
        if each.needs_note and told in (each.text_ru, each.text_en):
            raise Invalid({"reason": [_("Add in your own words what is wrong in this case.")]})
    return {"reason": told, "codes": codes}
