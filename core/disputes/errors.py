"""What we say when a dispute cannot go on like that."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict, Forbidden


class JobAlreadyFinished(Conflict):
    """`status` is the present state of the job."""

    reason = "JOB_ALREADY_FINISHED"
    message = _("The deal is over, so a dispute can no longer be opened.")


class NoActiveCreator(Conflict):
    reason = "NO_ACTIVE_CREATOR"
    message = _("No creator has been chosen for this job, so there is nobody to dispute with.")


class DisputeClosed(Conflict):
    """`status` is the present state of the dispute. What was said stays readable."""

    reason = "STATUS_NOT_OPEN"
    message = _("The dispute is closed. It can be read, and nothing can be added.")


class DisputeAlreadyResolved(Conflict):
    """`resolution` is how it was decided."""

    reason = "DISPUTE_ALREADY_RESOLVED"
    message = _("The dispute has already been decided otherwise.")


class DecisionWaiting(Conflict):
    reason = "DECISION_WAITING"
    message = _("A decision already waits for the second person. It has to be confirmed or sent back first.")


class NoDecisionWaiting(Conflict):
    reason = "NO_DECISION_WAITING"
    message = _("No decision waits for a second person.")


class RequestWaiting(Conflict):
    reason = "REQUEST_WAITING"
    message = _("This side has not yet answered the previous question.")


class ExtensionTooLong(Conflict):
    """`left_hours` is how much longer this dispute may still take."""

    reason = "EXTENSION_LIMIT"
    message = _("The time limits of this dispute can be extended by at most {left_hours} more hours.")


class SettlementWaiting(Conflict):
    reason = "SETTLEMENT_WAITING"
    message = _("Your previous proposal still waits for an answer. Withdraw it first.")


class SettlementClosed(Conflict):
    """`status` is the present state of the proposal."""

    reason = "SETTLEMENT_NOT_PENDING"
    message = _("This proposal no longer waits for an answer.")


class NotAppealable(Conflict):
    """A settlement binds both; a decision that moved no money lets the deal go on, and a new dispute can be opened."""

    reason = "NOT_APPEALABLE"
    message = _("Only a decision of our team that moved money can be appealed.")


class AppealExists(Conflict):
    reason = "APPEAL_EXISTS"
    message = _("There has already been an appeal against this decision. There is only one.")


class AppealTooLate(Conflict):
    """`until` is when the time for it ran out, in ISO 8601."""

    reason = "APPEAL_TOO_LATE"
    message = _("The time for an appeal is over.")


class NoAppeal(Conflict):
    reason = "NO_APPEAL"
    message = _("Nobody has appealed against this decision.")


class AppealDecided(Conflict):
    """`status` is how."""

    reason = "APPEAL_DECIDED"
    message = _("The appeal has already been decided.")


class OwnDecision(Forbidden):
    """Whoever decided or confirmed does not judge the appeal."""

    reason = "OWN_DECISION"
    message = _("You took part in this decision. Somebody else has to judge the appeal.")
