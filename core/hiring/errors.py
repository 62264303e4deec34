"""What we say when somebody cannot be hired."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class AlreadyApplied(Conflict):
    reason = "ALREADY_APPLIED"
    message = _("You have already applied for this job.")


class ApplicationNotPending(Conflict):
    """The application was already accepted, rejected or withdrawn."""

    reason = "APPLICATION_NOT_PENDING"
    message = _("This application no longer waits for an answer.")


class JobNotAvailable(Conflict):
    """The job is a draft, on hold, not approved, or canceled."""

    reason = "JOB_NOT_AVAILABLE"
    message = _("Nobody can be hired for this job in its present state.")


class JobAlreadyTaken(Conflict):
    reason = "JOB_ALREADY_TAKEN"
    message = _("A creator has already been chosen for this job.")


class CreatorNotAvailable(Conflict):
    """The creator's account has been blocked or closed since the application."""

    reason = "CREATOR_NOT_AVAILABLE"
    message = _("This creator can no longer be hired.")
