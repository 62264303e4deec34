"""What we say when a decision is on its way."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class BeingDecided(Conflict):
    """Somebody has decided; it takes effect within a minute."""

    reason = "DECISION_HELD"
    message = _("This case is decided already: the decision takes effect within a minute.")


class NothingToUndo(Conflict):
    """The minute is over, or nothing was decided by this person."""

    reason = "NOTHING_TO_UNDO"
    message = _("There is no decision of yours that can still be undone.")
