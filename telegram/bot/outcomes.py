"""What an answer of Telegram means for a message. Every kind of failure is told apart here, and nowhere else."""

import time
from collections import deque
from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from outbox.channels import Broken, Dead, Failed, Outcome, Skip, Unknown, Wait

UNREACHABLE, MIGRATED = "UNREACHABLE", "MIGRATED"
TOKEN_REFUSED_SECONDS = 60.0
# Nothing has left us when these happen.
NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
NO_SUCH_CHAT = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
FLOOD_CHATS = 3
FLOOD_SECONDS = 10.0


def outcome_of(failure: TelegramError, status: int | None) -> Outcome:
    """What came of the message, when the library raised this and the answer, if there was one, had this status.

    BadRequest and TimedOut are NetworkErrors to the library: the order of the cases matters.
    """
    match failure:
        case RetryAfter():
            asked = failure.retry_after
            seconds = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
            return Wait("FLOOD", 429, seconds=seconds + 1)
        case ChatMigrated():
            return Failed(MIGRATED, 400, delay=0.0)  # at once to the new chat; counted, should it never end
        case Forbidden():
            return Skip(UNREACHABLE, 403, whole_lane=True)
        case InvalidToken():
            return Broken("TOKEN_REFUSED", status, seconds=TOKEN_REFUSED_SECONDS)
        case BadRequest():
            return Skip(UNREACHABLE, 400, whole_lane=True) if is_gone(failure) else Dead("BAD_REQUEST", 400)
        case _:
            return _without_verdict(failure, status)


def is_gone(failure: TelegramError) -> bool:
    """Whether there is no such person any more; else they have blocked the bot."""
    return any(words in failure.message.lower() for words in NO_SUCH_CHAT)


def _without_verdict(failure: TelegramError, status: int | None) -> Outcome:
    """There was no answer, or one that says nothing about the message."""
    if isinstance(failure.__cause__, NOT_CONNECTED):
        return Failed("NOT_CONNECTED")
    if status is None:
        return Unknown("NO_ANSWER" if isinstance(failure.__cause__, httpx.TimeoutException) else "CONNECTION_LOST")
    if status == 429:  # without a word on how long
        return Wait("FLOOD", 429, seconds=2.0)
    return Failed("REFUSED", status) if 400 <= status < 500 else Unknown("SERVER_ERROR", status)


class Floods:
    """Remembers who was told to slow down. When it is several chats within a few seconds, it is not about a chat."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, int]] = deque()

    def is_whole_channel(self, chat_id: int) -> bool:
        """Whether this one more chat makes it a matter of the whole bot."""
        now = time.monotonic()
        self._recent.append((now, chat_id))
        while now - self._recent[0][0] > FLOOD_SECONDS:
            self._recent.popleft()
        return len({chat for _at, chat in self._recent}) >= FLOOD_CHATS
