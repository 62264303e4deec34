"""The limits that staff may change, each with its unit, range and default. A row in `Limit` overrides the default."""

import dataclasses

from core.base import clock
from core.rules.models import Limit


@dataclasses.dataclass(frozen=True)
class LimitKind:
    """One limit: what it is, in which unit, and what it may be."""

    key: str
    unit: str
    default: int
    lowest: int
    highest: int
    meaning: str


PAYOUT_MIN = LimitKind("PAYOUT_MIN", "minor units", 1_000, 1, 10_000_000_000, "the smallest payout that can be requested")
PAYOUT_SECOND_PERSON = LimitKind(
    "PAYOUT_SECOND_PERSON", "minor units", 5_000_000, 0, 10_000_000_000, "a payout above this needs a second approver"
)
TOPUP_SECOND_PERSON = LimitKind(
    "TOPUP_SECOND_PERSON", "minor units", 50_000_000, 0, 10_000_000_000, "a top-up above this is confirmed by two people"
)
KINDS = {kind.key: kind for kind in (PAYOUT_MIN, PAYOUT_SECOND_PERSON, TOPUP_SECOND_PERSON)}


def limit(kind: LimitKind, currency: str) -> int:
    """The value in force now: the newest row for this currency, else the newest for all, else the default."""
    rows = Limit.objects.filter(key=kind.key, currency__in=("", currency), valid_from__lte=clock.now())
    newest = rows.order_by("-currency", "-valid_from", "-id").values_list("value", flat=True).first()
    return kind.default if newest is None else newest
