"""What we say when somebody cannot be hired, or invited."""

from datetime import datetime

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
    """The creator left the catalogue, can no longer sign in, or wants to hear nothing of this brand. Nobody is told which."""

    reason = "CREATOR_NOT_AVAILABLE"
    message = _("This creator can no longer be hired.")


# Invitations


class InviteOnlyForPublished(Conflict):
    """The job is not in the feed: a draft, on hold, not approved by a moderator, taken, or closed."""

    reason = "INVITE_ONLY_FOR_PUBLISHED"
    message = _("Creators are invited to a published and approved job.")


class CreatorApplied(Conflict):
    """The creator offered to do the job, and that offer waits for an answer or has one."""

    reason = "ALREADY_APPLIED"
    message = _("This creator has already applied for the job.")


class InvitationHandled(Conflict):
    """The invitation was answered, withdrawn or has run out. `status` is its present state."""

    reason = "ALREADY_HANDLED"
    message = _("This invitation no longer waits for an answer.")


class InvitationAnswered(Conflict):
    """The creator said yes or no, and is not asked again. `status` says which."""

    reason = "INVITATION_ANSWERED"
    message = _("The creator has already answered this invitation.")


class InvitedTooRecently(Conflict):
    """`retry_at` is when the creator may be reminded, `retry_after_sec` how many seconds away that is."""

    reason = "INVITED_TOO_RECENTLY"
    message = _("You have just invited this creator. Give them time to answer.")

    def __init__(self, *, retry_at: datetime, retry_after_sec: int) -> None:
        super().__init__(retry_at=retry_at, retry_after_sec=retry_after_sec)
