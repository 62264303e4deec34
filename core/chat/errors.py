"""What we say when somebody cannot write, or cannot put a conversation away."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class ClientIdReused(Conflict):
    """The sender has said something else in this conversation under the same `clientId`."""

    reason = "CLIENT_ID_REUSED"
    message = _("A different message was already sent with this clientId.")


class CounterpartGone(Conflict):
    """The other side can no longer sign in."""

    reason = "COUNTERPART_GONE"
    message = _("This person no longer uses the marketplace.")


class ContactBlocked(Conflict):
    """One of the two has blocked the other. Nobody is told which."""

    reason = "CONTACT_BLOCKED"
    message = _("You cannot write to each other.")


class OnlyCompleted(Conflict):
    """The job of the conversation is neither completed nor canceled."""

    reason = "ONLY_COMPLETED"
    message = _("Only the conversation of a completed or canceled job can be deleted. You can archive it.")
