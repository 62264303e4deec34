"""Facts about people and their Telegram. The id over there stays at home: only ours is told."""

import dataclasses

from core.people.events import AboutPerson
from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramBound(AboutPerson, Event):
    """The person hears from us in a chat now."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramUnbound(AboutPerson, Event):
    """The person hears from us in no chat any more."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramUnreachable(AboutPerson, Event):
    """The chat took nothing: the bot is blocked, or the account over there is gone."""

    state: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramReachable(AboutPerson, Event):
    """The person has let the bot write again."""
