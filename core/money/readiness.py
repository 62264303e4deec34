"""What stands between a creator and a payout. The verb that makes the payout asks the same, so both always agree."""

import dataclasses
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.base.errors import Refusal
from core.base.policy import require
from core.base.vocabulary import Currency
from core.money import checks, policies
from core.money.errors import AccountBlocked, EmailNotVerified, NotEnoughMoney, PayoutMethodMissing, PayoutPending, PayoutTooSmall
from core.rules.limits import PAYOUT_MIN, PAYOUT_SECOND_PERSON, limits

CREATOR, STAFF = "CREATOR", "STAFF"


@dataclasses.dataclass(frozen=True)
class Blocker:
    """One thing in the way: the refusal that a request would meet, what helps, who can clear it, and when it is over at the latest."""

    refusal: Refusal
    what_to_do: str | Promise
    cleared_by: str
    until: datetime | None = None

    @property
    def code(self) -> str:
        """The `details.code` of the refusal."""
        return self.refusal.reason or self.refusal.code

    @property
    def message(self) -> str:
        """What the refusal says, in the reader's language."""
        return self.refusal.text()


@dataclasses.dataclass(frozen=True)
class Readiness:
    """Whether this much can be asked for now, and whether two people would have to approve it.

    Without an amount it is judged for the smallest payout.
    """

    currency: str
    amount_cents: int
    minimum_cents: int
    available_cents: int
    needs_second: bool
    blockers: list[Blocker]

    @property
    def ready(self) -> bool:
        """Whether a request would be taken."""
        return not self.blockers


FACTS = """
    SELECT coalesce((SELECT balance_cents FROM core_account
                     WHERE owner_id = %(user)s AND kind = 'CREATOR' AND currency = %(currency)s), 0),
           EXISTS (SELECT 1 FROM core_payoutmethod WHERE creator_id = %(user)s AND removed_at IS NULL),
           EXISTS (SELECT 1 FROM core_payout WHERE creator_id = %(user)s AND status = 'PENDING'),
           (SELECT due_at FROM core_timer timer JOIN core_payout payout ON payout.id = timer.subject_id
            WHERE payout.creator_id = %(user)s AND payout.status = 'PENDING' AND timer.ended_at IS NULL)
"""


def readiness(*, by: Any, currency: str, amount_cents: int | None = None) -> Readiness:
    """Everything that a request of this creator for this much would meet, the most basic first. Raises Forbidden, Invalid."""
    require(policies.is_creator(by))
    checks.check_choice("currency", currency, Currency.values)
    minimum, by_one = limits(currency, PAYOUT_MIN, PAYOUT_SECOND_PERSON)
    asked = minimum if amount_cents is None else amount_cents
    checks.check_amount(asked, currency)
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"user": by.id, "currency": currency})
        available, has_method, is_waiting, until = cursor.fetchone()
    judged = [
        (
            by.blocked_at is not None or not by.is_active,
            Blocker(AccountBlocked(), _("Write to support: the team can lift the block."), STAFF),
        ),
        (
            by.email_verified_at is None,
            Blocker(EmailNotVerified(), _("Open the link in our letter, or ask for a new letter in your settings."), CREATOR),
        ),
        (not has_method, Blocker(PayoutMethodMissing(), _("Add a card, a phone number for SBP or an account."), CREATOR)),
        (asked < minimum, Blocker(PayoutTooSmall(minimum_cents=minimum), _("Ask for more, or wait until more has been earned."), CREATOR)),
        (is_waiting, Blocker(PayoutPending(), _("Wait for the decision, or cancel that payout and ask again."), STAFF, until)),
        (
            asked > available,
            Blocker(
                NotEnoughMoney(required_cents=asked, available_cents=available),
                _("Ask for no more than there is in the wallet. Money of a deal arrives when the brand accepts the work."),
                CREATOR,
            ),
        ),
    ]
    return Readiness(currency, asked, minimum, available, asked > by_one, [blocker for stands, blocker in judged if stands])
