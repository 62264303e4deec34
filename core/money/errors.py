"""What we say when money cannot move."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict, PaymentsConflict, Refusal


class NotEnoughMoney(PaymentsConflict):
    reason = "INSUFFICIENT_FUNDS"
    message = _("There is not enough money in the wallet.")


class AlreadyMoved(Conflict):
    """A movement with this reference exists: the fact already happened."""

    reason = "LEDGER_DUPLICATE"
    message = _("This money has already been moved.")


class InvariantViolation(Refusal):
    """The database refused a movement that the verb thought right: a defect of ours. Nothing moved."""

    code = "INVARIANT_VIOLATION"
    message = _("The movement of money was stopped by a safety check. Nothing moved; we have been told.")
