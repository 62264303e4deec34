"""Whose Telegram is whose."""

from typing import Any

from core.base.models import QuerySet
from core.base.policy import staff_can
from core.telegram.models import ButtonToken, TelegramAccount, TelegramCode


def own_accounts(user: Any) -> QuerySet:
    """The chat of this person, if there is one."""
    return TelegramAccount.objects.filter(user_id=user.pk)


def own_codes(user: Any) -> QuerySet:
    """The codes that were made for this person."""
    return TelegramCode.objects.filter(user_id=user.pk)


def own_buttons(user: Any) -> QuerySet:
    """The buttons that were made for this person."""
    return ButtonToken.objects.filter(user_id=user.pk)


def may_act(user: Any) -> bool:
    """Whether the person may sign in at all: nobody else is bound, heard or answered."""
    return bool(user.is_active and user.blocked_at is None)


def can_unlink(user: Any) -> bool:
    """Whether this member of staff may take a chat away from somebody who asks for it, or whose chat is in wrong hands."""
    return staff_can(user, "support")
