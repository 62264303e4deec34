"""Sending what updates are answered with. At most once: whoever has no answer asks again."""

import asyncio
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

from core.telegram import services
from core.telegram.inbox import Reply

log = structlog.get_logger("bot.answering")

Result = TypeVar("Result")

ANSWER_SECONDS = 5.0
WAIT_SECONDS_MAX = 3.0


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


async def answer_all(update_ids: Iterable[int]) -> None:
    """These updates owe nothing any more. Without a token the answers are printed."""
    if not settings.TELEGRAM_BOT_TOKEN:
        for update_id in update_ids:
            await in_thread(services.take_replies, update_id)
            log.warning("telegram_without_token", unsent="answer")
        return
    async with open_bot() as bot:
        for update_id in update_ids:
            await answer_update(bot, update_id)


async def answer_update(bot: Bot, update_id: int) -> None:
    """What this update owes is taken, so that nobody else sends it, and sent in its order."""
    for reply in await in_thread(services.take_replies, update_id):
        await send(bot, reply)


async def send(bot: Bot, reply: Reply) -> bool:
    """Whether Telegram took the call. A chat that does not take it is out of reach; of everything else only the log hears."""
    try:
        await call(bot, reply)
    except Forbidden:
        if "chat_id" in reply:
            await in_thread(services.mark_unreachable, reply["chat_id"])
        return False
    except RetryAfter as flood:
        return await again(bot, reply, flood)
    except TelegramError as failure:
        log.warning("telegram_answer_not_sent", method=reply["method"], error=type(failure).__name__)
        return False
    return True


async def again(bot: Bot, reply: Reply, flood: RetryAfter) -> bool:
    """The same once more, when Telegram asks for a short rest only."""
    asked = flood.retry_after
    seconds = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
    if seconds <= WAIT_SECONDS_MAX:
        await asyncio.sleep(seconds)
        try:
            await call(bot, reply)
        except TelegramError as failure:
            log.warning("telegram_answer_not_sent", method=reply["method"], error=type(failure).__name__)
        else:
            return True
    return False


async def call(bot: Bot, reply: Reply) -> None:
    """The method of the Bot API, with what it takes. Raises TelegramError."""
    arguments = {name: value for name, value in reply.items() if name != "method"}
    if reply["method"] == "sendMessage":
        await bot.send_message(**arguments)
    elif reply["method"] == "answerCallbackQuery":
        await bot.answer_callback_query(**arguments)
    else:
        await bot.edit_message_reply_markup(**arguments)
