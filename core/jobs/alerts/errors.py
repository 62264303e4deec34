"""What we say when an alert cannot be kept."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class AlertLimit(Conflict):
    reason = "ALERT_LIMIT"
    message = _("You have {limit} alerts already. Delete one first.")

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class AlertNameTaken(Conflict):
    reason = "ALERT_NAME_TAKEN"
    message = _("You already have an alert of this name.")
