"""What a person sees of their Telegram, and whom the bot talks to."""

from typing import Any
from uuid import UUID

from core.base import clock
from core.people.models import User
from core.telegram import policies
from core.telegram.codes import bot_link, masked
from core.telegram.models import TelegramAccount

BOUND, PENDING, NONE = "BOUND", "PENDING", "NONE"
STATES = (BOUND, PENDING, NONE)


def telegram_page(*, by: Any) -> dict[str, Any]:
    """Whether a chat is bound, or a code waits to be used. The code itself is told once, when it is made, and never here."""
    now = clock.now()
    page: dict[str, Any] = dict.fromkeys(("username", "bound_at", "muted_until", "code_expires_at"))
    page |= {"state": NONE, "is_reachable": False, "is_muted": False, "bot_link": bot_link()}
    if account := policies.own_accounts(by).first():
        is_muted = account.is_muted_at(now)
        return page | {
            "state": BOUND,
            "username": account.username or None,
            "bound_at": account.bound_at,
            "is_reachable": account.is_reachable,
            "is_muted": is_muted,
            "muted_until": account.muted_until if is_muted else None,
        }
    if code := policies.own_codes(by).filter(closed_at=None, expires_at__gt=now).first():
        return page | {"state": PENDING, "code_expires_at": code.expires_at}
    return page


def account_of_chat(telegram_user_id: int) -> TelegramAccount | None:
    """The account that belongs to this person in Telegram, while its owner may sign in."""
    found = TelegramAccount.objects.select_related("user").filter(telegram_user_id=telegram_user_id).first()
    return found if found is not None and policies.may_act(found.user) else None


def owner_of_chat(chat_id: int) -> UUID | None:
    """The id of the person to whom this chat belongs."""
    return TelegramAccount.objects.filter(chat_id=chat_id).values_list("user_id", flat=True).first()


def masked_email(user: User) -> str:
    """The address of this person, as only they can read it."""
    return masked(user.email)
