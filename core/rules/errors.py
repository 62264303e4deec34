"""What we say when a rule cannot be changed."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class RuleUnchanged(Conflict):
    """The rule in force says the same already: a new row would only hide who decided it."""

    reason = "RULE_UNCHANGED"
    message = _("This is already in force.")
