"""Carries notices to Telegram: what the mailbox calls when it has parcels of that channel.

The network lives in a thread of its own with one event loop and one client, so that connections stay open between messages.
"""

import asyncio
import dataclasses
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextvars import ContextVar
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.request import HTTPXRequest

from bot import invitations
from bot.messages import Message, message_of
from bot.outcomes import UNREACHABLE, Floods, is_gone, outcome_of
from core.telegram import services
from core.telegram.addressing import Addressed, address
from core.telegram.models import TelegramAccount
from outbox.channels import Outcome, Parcel, Sender, Sent, Unknown, Wait

log = structlog.get_logger("bot.delivery")

CONNECTIONS = 16
CONNECT_SECONDS, WRITE_SECONDS, READ_SECONDS, POOL_SECONDS = 3.0, 3.0, 8.0, 1.0
SEND_SECONDS_MAX = 11.0  # the carrier waits twelve

_status: ContextVar[int | None] = ContextVar("telegram_status", default=None)


class Request(HTTPXRequest):
    """Remembers the status of the answer, which the library's errors do not tell, for the task that asked."""

    async def do_request(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*arguments, **options)
        _status.set(status)
        return status, body


class EventLoop:
    """A thread in which coroutines run."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """It runs there; the future holds what it returns."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """The thread has ended."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class NoticeSender:
    """What both ways out have in common: what is said, and to whom."""

    def prepare(self, parcels: Sequence[Parcel]) -> dict[int, Message | Outcome]:
        """The message of each parcel, or why it is not sent now."""
        addressed = address(parcels)
        answers = invitations.buttons(each for each in addressed.values() if isinstance(each, Addressed))
        return {
            parcel.id: found if isinstance(found := addressed[parcel.id], Outcome) else self._message(parcel, found, answers)
            for parcel in parcels
        }

    def _message(self, parcel: Parcel, found: Addressed, answers: invitations.Answers) -> Message:
        return message_of(
            found.notice,
            chat_id=found.chat_id,
            language=found.language,
            is_repeat=parcel.is_repeat,
            answers=answers.get(found.notice.id, ()),
        )


class TelegramSender(NoticeSender):
    """Hands messages to the Bot API. Everything that is asked of it over the network happens in its own thread."""

    def __init__(self, *, token: str, api_url: str, read_seconds: float = READ_SECONDS) -> None:
        request = Request(
            connection_pool_size=CONNECTIONS,
            connect_timeout=CONNECT_SECONDS,
            write_timeout=WRITE_SECONDS,
            read_timeout=read_seconds,
            pool_timeout=POOL_SECONDS,
        )
        self._bot = Bot(token, base_url=f"{api_url}/bot", base_file_url=f"{api_url}/file/bot", request=request)
        self._floods = Floods()
        self._loop = EventLoop("telegram-delivery")
        self._afterwards: dict[int, Callable[[], object]] = {}  # by parcel: what the database is to know

    def send(self, parcel: Parcel, message: Message) -> "Future[Outcome]":
        """The message is on its way."""
        return self._loop.run(self._send(parcel, message))

    def settling(self, parcel: Parcel, outcome: Outcome) -> None:
        """An account that cannot be reached any more is marked as such, and a chat that has moved is known by its new id.

        Before the next parcel of this person can be taken by anybody, so that nobody writes to a chat that has said no.
        """
        if follow := self._afterwards.pop(parcel.id, None):
            follow()

    def close(self) -> None:
        """The thread and its connections have ended."""
        self._loop.run(self._bot.request.shutdown()).result()
        self._loop.close()

    async def _send(self, parcel: Parcel, message: Message) -> Outcome:
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX):  # in this task, which knows the status of the answer
                sent = await self._call(message)
        except TimeoutError:
            return Unknown("NO_ANSWER")
        except TelegramError as failure:
            return self._failed(parcel, message.chat_id, failure)
        except Exception:
            log.exception("telegram_answer_not_understood", delivery_id=parcel.id)
            return Unknown("NOT_UNDERSTOOD", _status.get())
        return Sent(status=200, external_id=str(sent))

    async def _call(self, message: Message) -> int:
        """Telegram's id of the message."""
        sent = await self._bot.send_message(
            message.chat_id,
            message.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=message.markup,
        )
        return sent.message_id

    def _failed(self, parcel: Parcel, chat_id: int, failure: TelegramError) -> Outcome:
        """What came of it, and what is to be written down about the chat."""
        outcome = outcome_of(failure, _status.get())
        if isinstance(failure, ChatMigrated):
            self._afterwards[parcel.id] = partial(services.migrate_chat, chat_id, new_chat_id=failure.new_chat_id)
        elif outcome.code == UNREACHABLE:
            state = TelegramAccount.State.GONE if is_gone(failure) else TelegramAccount.State.BLOCKED
            self._afterwards[parcel.id] = partial(services.mark_unreachable, chat_id, state=state)
        elif isinstance(outcome, Wait):
            return dataclasses.replace(outcome, whole_channel=self._floods.is_whole_channel(chat_id))
        return outcome


class ConsoleSender(NoticeSender):
    """Stands in where there is no bot: what it would have said goes to the log. The text only on a developer's machine."""

    def __init__(self) -> None:
        log.warning("telegram_without_token", detail="TELEGRAM_BOT_TOKEN is not set: what the bot would say is written here.")

    def send(self, parcel: Parcel, message: Message) -> "Future[Outcome]":
        """The line is written."""
        text = {"text": message.text} if settings.DEBUG else {}
        log.info("telegram_console", chat=masked(message.chat_id), type=parcel.type, **text)
        done: Future[Outcome] = Future()
        done.set_result(Sent("CONSOLE"))
        return done

    def close(self) -> None:
        """There is nothing to end."""


def masked(chat_id: int) -> str:
    """Enough of the id to tell two apart while one looks on, and too little to find anybody."""
    digits = str(chat_id)
    return f"{digits[:2]}***{digits[-2:]}" if len(digits) > 6 else "***"


def sender() -> Sender:
    """Who carries notices on this machine."""
    if not settings.TELEGRAM_BOT_TOKEN:
        return ConsoleSender()
    return TelegramSender(token=settings.TELEGRAM_BOT_TOKEN, api_url=settings.TELEGRAM_API_URL)
