"""Notices about conversations."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import DEALS, Kind

KINDS: dict[str, Kind] = {
    "MESSAGE_SENT": Kind(
        DEALS,
        "/dashboard/inbox/{conversation_id}",
        _("New messages"),
        _("{name} wrote to you about “{title}”."),
        to="OTHER_PARTY",
        when="a person writes in a conversation; one notice until it is read",
    ),
}
