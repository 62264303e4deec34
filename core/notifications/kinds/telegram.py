"""Notices about the chat in which a person hears from us."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import SYSTEM, Kind

KINDS: dict[str, Kind] = {
    "TELEGRAM_BOUND": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("Telegram is linked"),
        _("Notices come to the chat from now on. If it was not you, unlink it in your profile and change the password."),
        to="OWNER",
        when="a chat is bound with the code of the account",
        critical=True,
    ),
    "TELEGRAM_UNBOUND": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("Telegram is unlinked"),
        _("Notices come to the chat no more. They are all here in the app."),
        to="OWNER",
        when="the chat is unlinked, in the profile or by /unlink",
        critical=True,
    ),
    "TELEGRAM_UNREACHABLE": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("Telegram does not take our messages"),
        _("The bot is blocked or the chat is gone. Unblock the bot and send it /start, or link another chat in your profile."),
        to="OWNER",
        when="Telegram answers that the bot may not write to the chat",
        critical=True,
    ),
}
