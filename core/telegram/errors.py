"""What we say when a chat cannot be bound, or a button does nothing."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict, Invalid, NotFound, Refusal


class AlreadyBound(Conflict):
    """The person has a chat already; it has to be unlinked first."""

    reason = "ALREADY_BOUND"
    message = _("Telegram is linked already. Unlink it first.")


class TelegramAlreadyBound(Conflict):
    """The chat belongs to another account of ours. Whose, is not told."""

    reason = "TELEGRAM_ALREADY_BOUND"
    message = _("This Telegram is linked to another account. Unlink it there first.")


class InvalidCode(Invalid):
    """No code like this opens anything: unknown, used, replaced or too old are not told apart."""

    reason = "INVALID_CODE"
    message = _("The code is wrong or has run out. Ask for a new one in your profile.")


class TooManyAttempts(Refusal):
    """Too many wrong codes came from there, or from everywhere; also the right one is not looked at now."""

    code = "RATE_LIMITED"
    reason = "TOO_MANY_ATTEMPTS"
    message = _("Too many wrong codes. Try again in ten minutes.")

    def __init__(self) -> None:
        super().__init__(retry_after_sec=600)


class TelegramNotBound(Conflict):
    """The person has no chat with the bot."""

    reason = "TELEGRAM_NOT_BOUND"
    message = _("Telegram is not linked.")


class ButtonUnknown(NotFound):
    """There is no such button, or it was made for somebody else: the two cannot be told apart."""

    reason = "BUTTON_UNKNOWN"
    message = _("This button is not for you.")


class ButtonUsed(Conflict):
    reason = "BUTTON_USED"
    message = _("You have answered already.")


class ButtonExpired(Conflict):
    reason = "BUTTON_EXPIRED"
    message = _("This button has run out.")
