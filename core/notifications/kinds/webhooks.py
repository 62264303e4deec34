"""Notices about webhooks."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import SYSTEM, Kind

KINDS: dict[str, Kind] = {
    "WEBHOOK_CLOSED": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("A webhook was switched off"),
        _("{name} does not take events any more, so we send nothing there. Check the receiver, then switch the webhook on again."),
        to="OWNER",
        when="a receiver answers that it is gone, or has only failed for five days",
        event=None,
    ),
}
