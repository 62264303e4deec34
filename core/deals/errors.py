"""What we say when a deal cannot go on like that."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class NothingSubmitted(Conflict):
    """The newest version, if there is one, has already been decided."""

    reason = "NO_SUBMISSION"
    message = _("There is no version that waits for your decision.")


class RevisionsExhausted(Conflict):
    """`rounds` is how many times the brand could ask for changes, and did."""

    reason = "REVISIONS_EXHAUSTED"
    message = _("All agreed rounds of changes are used up ({rounds}).")


class CompletedForGood(Conflict):
    reason = "CANNOT_CANCEL_COMPLETED"
    message = _("A completed job cannot be canceled.")


class OnlyStaffOnReview(Conflict):
    """The brand has a version on its table: it decides about that, or opens a dispute."""

    reason = "ONLY_ADMIN_CAN_CANCEL_ON_REVIEW"
    message = _("The work is waiting for your review. Only our team can cancel the deal now.")


class OnlyStaffAfterDelivery(Conflict):
    """The creator has delivered before, so the brand alone can no longer take its money back."""

    reason = "ONLY_STAFF_CAN_CANCEL"
    message = _("The creator has already delivered work. Only our team can cancel the deal now.")


class CancellationPending(Conflict):
    """One proposal at a time: the other party has not answered the last one."""

    reason = "CANCELLATION_PENDING"
    message = _("A proposed cancellation is still waiting for an answer.")


class CancellationNotPending(Conflict):
    """The proposal that was read is no longer open: it was answered, withdrawn, or overtaken by what happened to the deal."""

    reason = "CANCELLATION_NOT_PENDING"
    message = _("This proposal no longer waits for an answer.")


class OwnProposal(Conflict):
    """Whoever proposed it can withdraw it; the answer is the other party's."""

    reason = "OWN_PROPOSAL"
    message = _("You proposed this yourself. The other party answers.")
