"""Who is reminded, before a clock of money runs out, and where they can act."""

from core.money import selectors
from core.money.adjustments.models import Adjustment
from core.money.models import Payout
from core.timers.models import Timer
from core.timers.reminders import Reminder


def decide_payout(timer: Timer) -> Reminder:
    """Finance, before a payout is canceled; those who may sign second once the first has."""
    payout = _payout(timer)
    signers = selectors.finance_ids() if payout.approved_by is None else selectors.second_signer_ids(but=payout.approved_by)
    return Reminder(tuple(signers), "backoffice/core/payout/", selectors.creator_name(payout.creator_id))


def send_payout(timer: Timer) -> Reminder:
    """Finance, before an approved payout is called off."""
    return Reminder(tuple(selectors.finance_ids()), "backoffice/core/payout/", selectors.creator_name(_payout(timer).creator_id))


def decide_adjustment(timer: Timer) -> Reminder:
    """Those who may give the second signature, before an adjustment is dropped."""
    adjustment = Adjustment.objects.select_related("drafted_by").get(id=timer.subject_id)
    return Reminder(tuple(selectors.second_signer_ids(but=adjustment.drafted_by)), "backoffice/core/adjustment/", adjustment.owner_name)


def _payout(timer: Timer) -> Payout:
    return Payout.objects.select_related("approved_by").get(id=timer.subject_id)
