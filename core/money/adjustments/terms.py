"""What a correction is about, as its drafter wants it."""

import dataclasses
from uuid import UUID

from core.base.policy import require
from core.money import checks
from core.money.adjustments.models import Adjustment
from core.money.errors import WrongDirection


@dataclasses.dataclass(frozen=True, kw_only=True)
class Terms:
    """How much goes into the wallet (CREDIT) or out of it (DEBIT), and why. `amount_cents` is always positive."""

    currency: str
    amount_cents: int
    direction: str
    category: str
    reason: str
    job_id: UUID | None = None
    dispute_id: UUID | None = None


def clean_terms(terms: Terms) -> Terms:
    """The terms with the reason trimmed. Raises Invalid, WrongDirection."""
    checks.check_amount(terms.amount_cents, terms.currency)
    checks.check_choice("category", terms.category, Adjustment.Category.values)
    checks.check_choice("direction", terms.direction, Adjustment.Direction.values)
    require(Adjustment.ONE_WAY.get(terms.category, terms.direction) == terms.direction, WrongDirection())
    return dataclasses.replace(terms, reason=checks.clean_reason(terms.reason))
