"""People's chats with the bot."""

import itertools

from core.people.models import User
from core.telegram.models import TelegramAccount
from core.telegram.services import confirm_binding, request_code
from tests.world.deals import DealsWorld

_telegram_ids = itertools.count(700_000_001)


class TelegramWorld(DealsWorld):
    """Who hears from us in Telegram."""

    def telegram_id(self) -> int:
        """Somebody in Telegram whom we do not know yet."""
        return next(_telegram_ids)

    def telegram_code(self, *, person: User | None = None) -> str:
        """A code that binds a chat to this person."""
        return request_code(by=person or self.creator())[1]

    def chat(self, *, person: User | None = None, telegram_id: int | None = None, username: str = "") -> TelegramAccount:
        """This person's chat with the bot."""
        code = self.telegram_code(person=person)
        return confirm_binding(code=code, telegram_user_id=telegram_id or self.telegram_id(), username=username)
