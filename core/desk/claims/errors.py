"""What we say when a case is in other hands."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class CaseTaken(Conflict):
    """Somebody else reads this case now."""

    reason = "CASE_TAKEN"
    message = _("Another moderator is working on this case now.")


class NotHolding(Conflict):
    """The lease ran out, or the case was never taken."""

    reason = "CASE_NOT_HELD"
    message = _("You are not holding this case any more. Take it again.")


class NothingToTake(Conflict):
    """Every case that waits is in somebody's hands, or none waits."""

    reason = "NOTHING_TO_TAKE"
    message = _("There is no free case in this queue.")


class AnotherDecides(Conflict):
    """Whoever handed a case on has said that they will not decide it."""

    reason = "ANOTHER_DECIDES"
    message = _("You handed this case on: somebody else decides it.")


class AlreadyEscalated(Conflict):
    reason = "ALREADY_ESCALATED"
    message = _("This case was handed on already.")
