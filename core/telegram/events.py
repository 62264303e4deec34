"""Facts about people and their Telegram. The id over there stays at home: only ours is told."""

import dataclasses
from typing import ClassVar
from uuid import UUID

from outbox.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class AboutTelegram:
    """Facts about one person are told in order."""

    aggregate_field: ClassVar[str] = "user_id"

    user_id: UUID


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramBound(AboutTelegram, Event):
    """The person hears from us in a chat now."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramUnbound(AboutTelegram, Event):
    """The person hears from us in no chat any more."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramUnreachable(AboutTelegram, Event):
    """The chat took nothing: the bot is blocked, or the account over there is gone."""

    state: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class TelegramReachable(AboutTelegram, Event):
    """The person has let the bot write again."""
