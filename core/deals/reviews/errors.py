"""What we say when a review cannot be taken, or be hidden."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class JobNotCompleted(Conflict):
    reason = "JOB_NOT_COMPLETED"
    message = _("A review is written when the deal is completed.")


class AlreadyReviewed(Conflict):
    reason = "ALREADY_REVIEWED"
    message = _("You have already written about this deal. A review is never rewritten.")


class ReviewsClosed(Conflict):
    """The time for reviews of this deal is over."""

    reason = "REVIEWS_CLOSED"
    message = _("The time for reviews of this deal is over.")


class ReviewHidden(Conflict):
    reason = "REVIEW_ALREADY_HIDDEN"
    message = _("The review is already hidden.")


class ReviewNotHidden(Conflict):
    reason = "REVIEW_NOT_HIDDEN"
    message = _("The review is not hidden.")
