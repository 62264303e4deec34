"""The limits that staff may change, each with its unit, range and default. A row in `Limit` overrides the default."""

import dataclasses
from collections.abc import Mapping

from core.base import clock
from core.base.vocabulary import Currency
from core.rules.models import Limit


@dataclasses.dataclass(frozen=True)
class LimitKind:
    """One limit: what it is, in which unit, what it is by default in each currency, and what it may be."""

    key: str
    unit: str
    defaults: Mapping[str, int]
    lowest: int
    highest: int
    meaning: str

    def default(self, currency: str) -> int:
        """The value while nobody has set another; of the rouble where no currency is named."""
        return self.defaults[currency or Currency.RUB]


HIGHEST = 10_000_000_000
PAYOUT_MIN = LimitKind(
    "PAYOUT_MIN",
    "minor units",
    {"RUB": 1_000, "KZT": 5_000, "UAH": 500, "BYN": 50, "USD": 10, "EUR": 10},
    1,
    HIGHEST,
    "the smallest payout that can be requested",
)
PAYOUT_SECOND_PERSON = LimitKind(
    "PAYOUT_SECOND_PERSON",
    "minor units",
    {"RUB": 5_000_000, "KZT": 25_000_000, "UAH": 2_500_000, "BYN": 200_000, "USD": 50_000, "EUR": 50_000},
    0,
    HIGHEST,
    "a payout above this needs a second approver",
)
TOPUP_SECOND_PERSON = LimitKind(
    "TOPUP_SECOND_PERSON",
    "minor units",
    {"RUB": 50_000_000, "KZT": 250_000_000, "UAH": 25_000_000, "BYN": 2_000_000, "USD": 500_000, "EUR": 500_000},
    0,
    HIGHEST,
    "a top-up above this is confirmed by two people",
)
KINDS = {kind.key: kind for kind in (PAYOUT_MIN, PAYOUT_SECOND_PERSON, TOPUP_SECOND_PERSON)}


def limit(kind: LimitKind, currency: str) -> int:
    """The value in force now: the newest row for this currency, else the newest for all, else the default."""
    rows = Limit.objects.filter(key=kind.key, currency__in=("", currency), valid_from__lte=clock.now())
    newest = rows.order_by("-currency", "-valid_from", "-id").values_list("value", flat=True).first()
    return kind.default(currency) if newest is None else newest
