"""Sending what updates are answered with. At most once: whoever has no answer asks again.

Every call is in the same pace as the notices, see bot.pace: a chat that is not free keeps its answers waiting, all of which then go as
one, and a call that gets no turn is dropped. So notices wait for answers hardly longer than for each other.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import connections
from telegram import Bot
from telegram.error import Forbidden, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot import pace
from bot.replies import SEND, gathered
from core.telegram import services
from core.telegram.inbox import Reply

log = structlog.get_logger("bot.answering")

Result = TypeVar("Result")

ANSWER_SECONDS = 5.0
WAIT_SECONDS_MAX = 3.0
PATIENCE_SECONDS = 0.3  # of a worker, which has other things to do


@asynccontextmanager
async def open_bot() -> AsyncIterator[Bot]:
    """A client of the Bot API with the token and the address of the settings. Nothing is asked of Telegram before the first call."""
    async with _client() as asking, _client() as polling:
        yield Bot(settings.TELEGRAM_BOT_TOKEN, base_url=f"{settings.TELEGRAM_API_URL}/bot", request=asking, get_updates_request=polling)


def _client() -> HTTPXRequest:
    return HTTPXRequest(connect_timeout=3.0, write_timeout=ANSWER_SECONDS, read_timeout=ANSWER_SECONDS, pool_timeout=1.0)


async def in_thread(call: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """What this call to the database returns. A bot that waits holds no connection: it is opened for the call and closed after it."""

    def with_connection() -> Result:
        try:
            return call(*arguments, **named)
        finally:
            connections.close_all()

    return await asyncio.to_thread(with_connection)


async def answer_all(chat_ids: Iterable[int]) -> dict[int, float]:
    """These chats are owed nothing any more, but for those that rest: returns for how many seconds. Without a token it is printed."""
    if not settings.TELEGRAM_BOT_TOKEN:
        for chat_id in chat_ids:
            await in_thread(services.take_replies, chat_id)
            log.warning("telegram_without_token", unsent="answer")
        return {}
    async with open_bot() as bot:
        rests = {chat_id: await answer_chat(bot, chat_id, patience=PATIENCE_SECONDS) for chat_id in chat_ids}
    return {chat_id: seconds for chat_id, seconds in rests.items() if seconds is not None}


async def answer_chat(bot: Bot, chat_id: int, *, patience: float) -> float | None:
    """What this chat is owed is taken, so that nobody else sends it, and sent.

    None, and otherwise nothing is taken, and the chat rests for so many seconds, which is longer than we wait.
    """
    ends = time.monotonic() + patience
    while seconds := await in_thread(pace.take_chat, chat_id):
        if time.monotonic() + seconds > ends:
            return seconds
        await asyncio.sleep(seconds)
    rest = 0.0
    try:
        for reply in gathered(await in_thread(services.take_replies, chat_id)):
            if reply["method"] == SEND and rest:
                await asyncio.sleep(rest)
            rest = max(await send(bot, reply), pace.rest() if reply["method"] == SEND else rest)
    finally:
        await in_thread(pace.leave_chat, chat_id, rest)
    return None


async def send(bot: Bot, reply: Reply) -> float:
    """The call is made when it is our turn, once more after a short flood, or given up, of which the log hears.

    A chat that does not take it is out of reach. Returns for how many seconds Telegram wants to hear nothing of this chat.
    """
    if not await turn():
        log.warning("telegram_answer_not_sent", method=reply["method"], error="NO_TURN")
        return 0.0
    try:
        await call(bot, reply)
    except Forbidden:
        if "chat_id" in reply:
            await in_thread(services.mark_unreachable, reply["chat_id"])
    except RetryAfter as flood:
        return await again(bot, reply, flood)
    except TelegramError as failure:
        log.warning("telegram_answer_not_sent", method=reply["method"], error=type(failure).__name__)
    return 0.0


async def turn() -> bool:
    """Whether it is our turn now: first among the answers, then among all calls. No longer than somebody may be made to wait."""
    for queue in (pace.join, pace.take):
        seconds = await in_thread(queue)
        if seconds is None:
            return False
        await asyncio.sleep(seconds)
    return True


async def again(bot: Bot, reply: Reply, flood: RetryAfter) -> float:
    """The same once more, when Telegram asks for a short rest only. Returns the rest that is left."""
    asked = flood.retry_after
    seconds = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
    if seconds > WAIT_SECONDS_MAX:
        log.warning("telegram_answer_not_sent", method=reply["method"], error="RetryAfter")
        return seconds
    await asyncio.sleep(seconds)
    if await turn():
        try:
            await call(bot, reply)
        except TelegramError as failure:
            log.warning("telegram_answer_not_sent", method=reply["method"], error=type(failure).__name__)
    return 0.0


class Answers:
    """Answers chats side by side, each of them by one task at most: a chat that rests holds up no other."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()

    def owe(self, chat_id: int) -> None:
        """What this chat is owed by now is on its way, or will be as soon as what is in hand is done."""
        self._again.add(chat_id)
        if chat_id not in self._tasks:
            self._tasks[chat_id] = asyncio.create_task(self._answer(chat_id))

    async def finish(self, seconds: float, *, give_up: bool = False) -> None:
        """All is sent, or the time is over; then it goes on meanwhile, or is given up."""
        if not self._tasks:
            return
        _done, late = await asyncio.wait(list(self._tasks.values()), timeout=seconds)
        if late and give_up:
            log.warning("telegram_answer_not_sent", error="TimeoutError", count=len(late))
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _answer(self, chat_id: int) -> None:
        try:
            while chat_id in self._again:
                self._again.discard(chat_id)
                await answer_chat(self.bot, chat_id, patience=WAIT_SECONDS_MAX)  # who rests for longer is found by the minute
        except Exception as failure:  # noqa: BLE001 - of one chat; the others are answered
            log.warning("telegram_answer_not_sent", error=type(failure).__name__)
        finally:
            self._again.discard(chat_id)
            del self._tasks[chat_id]


async def call(bot: Bot, reply: Reply) -> None:
    """The method of the Bot API, with what it takes. Raises TelegramError."""
    arguments = {name: value for name, value in reply.items() if name != "method"}
    if reply["method"] == SEND:
        await bot.send_message(**arguments)
    elif reply["method"] == "answerCallbackQuery":
        await bot.answer_callback_query(**arguments)
    else:
        await bot.edit_message_reply_markup(**arguments)
