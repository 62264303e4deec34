"""Corrections of wallets."""

from core.money import services as money
from core.money.adjustments.models import Adjustment
from core.money.adjustments.terms import Terms
from core.people.models import User
from tests.world.deals import DealsWorld

CATEGORY = {"CREDIT": "GOODWILL", "DEBIT": "CLAWBACK"}


class AdjustmentsWorld(DealsWorld):
    """Money that staff give or take by hand."""

    def terms(self, cents: int = 5_000, *, currency: str = "RUB", category: str = "", reason: str = "A present for the trouble.") -> Terms:
        """So much into the wallet; below zero out of it."""
        direction = "CREDIT" if cents > 0 else "DEBIT"
        return Terms(
            currency=currency, amount_cents=abs(cents), direction=direction, category=category or CATEGORY[direction], reason=reason
        )

    def adjustment(self, person: User, cents: int = 5_000, *, currency: str = "RUB", by: User | None = None) -> Adjustment:
        """A correction that waits for the second signature, and opens a wallet where there was none."""
        terms = self.terms(cents, currency=currency)
        return money.draft_adjustment(person.id, terms=terms, by=by or self.finance, opens_wallet=True)

    def posted_adjustment(self, person: User, cents: int = 5_000, *, currency: str = "RUB") -> Adjustment:
        """A correction that has changed the wallet."""
        return money.approve_adjustment(self.adjustment(person, cents, currency=currency).id, by=self.approver)
