"""Notices about reviews."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import DEALS, Kind

PAGE = "/dashboard/reviews"

KINDS: dict[str, Kind] = {
    "REVIEW_WAITS": Kind(
        DEALS,
        PAGE,
        _("The other side has written a review"),
        _("“{title}”: write yours, and both of you will see both."),
        to="OTHER_PARTY",
        when="one party reviews the other, who has not written yet",
        event="REVIEW_CREATED",
    ),
    "REVIEW_RECEIVED": Kind(
        DEALS,
        PAGE,
        _("You have a new review"),
        _("“{title}”: {rating} out of 5."),
        to="SUBJECT",
        when="a review is published: both parties have written, or the time for reviews is over",
        event="REVIEW_PUBLISHED",
    ),
    "REVIEW_HIDDEN": Kind(
        DEALS,
        PAGE,
        _("Your review was hidden"),
        _("“{title}”. Reason: {reason}"),
        to="AUTHOR",
        when="a moderator hides a review",
    ),
    "REVIEW_RESTORED": Kind(
        DEALS,
        PAGE,
        _("Your review is in sight again"),
        _("“{title}”"),
        to="AUTHOR",
        when="a moderator takes back that a review was hidden",
    ),
}
