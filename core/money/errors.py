"""What we say when money cannot move."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict, Forbidden, PaymentsConflict, Refusal


class NotEnoughMoney(PaymentsConflict):
    """`required_cents` and `available_cents` say how much is missing, where the verb knows."""

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


def stopped_by_guard(error: BaseException) -> bool:
    """Whether a guard of the database refused, also one that waits for the commit: its SQLSTATE is one of ours."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is not None and state.startswith("LG")


# Escrow


class EscrowMissing(PaymentsConflict):
    """No creator has been chosen for the job, so there is nothing to fund."""

    reason = "ESCROW_MISSING"
    message = _("There is no escrow yet: choose a creator first.")


class EscrowReleased(PaymentsConflict):
    reason = "ESCROW_ALREADY_RELEASED"
    message = _("The escrow has already been paid to the creator.")


class EscrowRefunded(PaymentsConflict):
    reason = "ESCROW_REFUNDED"
    message = _("The escrow has already been returned to the brand.")


class EscrowVoided(PaymentsConflict):
    reason = "ESCROW_VOIDED"
    message = _("The deal was canceled before the escrow was funded.")


class EscrowUnfunded(PaymentsConflict):
    reason = "ESCROW_UNFUNDED"
    message = _("The escrow is not funded yet.")


class DealNotInWork(PaymentsConflict):
    """`status` is the present state of the job."""

    reason = "JOB_NOT_IN_PROGRESS"
    message = _("An escrow is funded while the job is in progress.")


# Top-ups


class TopUpWrongState(PaymentsConflict):
    """`status` is the present state of the top-up."""

    reason = "TOPUP_WRONG_STATE"
    message = _("This top-up has already been decided.")


class TopUpBeingConfirmed(PaymentsConflict):
    """The first of two people has already seen the money: it can be rejected by finance, not called off."""

    reason = "TOPUP_BEING_CONFIRMED"
    message = _("The transfer has arrived and is being confirmed, so the request cannot be canceled.")


class BankReferenceUsed(PaymentsConflict):
    reason = "BANK_REFERENCE_USED"
    message = _("This bank reference already belongs to another top-up.")


class BankReferenceDiffers(PaymentsConflict):
    """The second person read another number in the bank statement than the first one."""

    reason = "BANK_REFERENCE_DIFFERS"
    message = _("The first person entered another bank reference.")


class SecondPersonRequired(PaymentsConflict):
    reason = "SECOND_PERSON_REQUIRED"
    message = _("You have already signed. The second signature has to be somebody else's.")


# Payouts


class AccountBlocked(Conflict):
    reason = "ACCOUNT_BLOCKED"
    message = _("Your account is blocked, so no payout can be asked for.")


class EmailNotVerified(Conflict):
    reason = "EMAIL_NOT_VERIFIED"
    message = _("Confirm your e-mail address before you ask for a payout.")


class PayoutMethodMissing(Conflict):
    """The method is not the creator's own, or was removed."""

    reason = "PAYOUT_METHOD_MISSING"
    message = _("Choose one of your payout methods.")


class TooManyPayoutMethods(Conflict):
    """`methods_max` is how many there can be."""

    reason = "TOO_MANY_PAYOUT_METHODS"
    message = _("You can keep at most {methods_max} payout methods. Remove one first.")


class PayoutMethodExists(Conflict):
    reason = "PAYOUT_METHOD_EXISTS"
    message = _("You have already added this payout method.")


class PayoutPending(Conflict):
    """One payout at a time waits for a decision."""

    reason = "PAYOUT_PENDING"
    message = _("Your previous payout is still waiting for a decision.")


class PayoutTooSmall(PaymentsConflict):
    """`minimum_cents` is the smallest payout in this currency."""

    reason = "PAYOUT_BELOW_MINIMUM"
    message = _("This is less than the smallest payout.")


class PayoutWrongState(PaymentsConflict):
    """`status` is the present state of the payout."""

    reason = "PAYOUT_WRONG_STATE"
    message = _("This step is not possible for the payout now.")


class OwnPayout(Forbidden):
    reason = "OWN_PAYOUT"
    message = _("Nobody decides about their own payout.")


# Adjustments


class AdjustmentWrongState(PaymentsConflict):
    """`status` is the present state of the adjustment."""

    reason = "ADJUSTMENT_WRONG_STATE"
    message = _("This adjustment has already been decided.")


class AdjustmentLimitReached(PaymentsConflict):
    """`limit_cents` is what one person may sign for within 24 hours, `used_cents` what this one has."""

    reason = "ADJUSTMENT_LIMIT"
    message = _("This is more than one person may adjust within 24 hours. Ask a colleague, or wait.")


class WrongDirection(PaymentsConflict):
    reason = "WRONG_DIRECTION"
    message = _("An adjustment of this category goes the other way.")


class WalletMissing(PaymentsConflict):
    """A wallet in a new currency is opened only when that is meant."""

    reason = "WALLET_MISSING"
    message = _("This person has no wallet in this currency. Confirm that one is to be opened.")


class OwnWallet(Forbidden):
    reason = "OWN_WALLET"
    message = _("Nobody adjusts their own wallet.")


class DisputeOpen(Conflict):
    """Money and work stand still until the dispute is decided."""

    reason = "DISPUTE_OPEN"
    message = _("A dispute is open. Until it is decided nothing can be changed.")
