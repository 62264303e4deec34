"""Fetching updates by long polling. Each is worked once, in order; one that cannot be worked stops none of the others.

An update counts as fetched when it has been worked: a process that dies before is brought it again, and the inbox knows what was done.
"""

import asyncio
import warnings
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import translation
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.answering import Answers, in_thread, turn
from bot.replies import COMMANDS_IN_WORDS
from bot.updates import chat_of
from core.telegram import services
from outbox import trace

log = structlog.get_logger("bot.polling")

Result = TypeVar("Result")

POLL_SECONDS = 25
PAUSE_SECONDS_MAX = 60.0
READ_SECONDS = 5.0  # what Telegram may take beyond the wait
FINISH_SECONDS = 8.0
ANSWER_SECONDS = 1.5  # what a round waits for its answers; those of chats that rest longer go on meanwhile
WANTED = ("message", "callback_query", "my_chat_member")


class UpdatesGoElsewhere(Exception):
    """Telegram brings updates to a webhook, which nobody has said to give up."""


class Poller:
    """Asks for updates until it is told to stop."""

    def __init__(
        self,
        bot: Bot,
        *,
        poll_seconds: int = POLL_SECONDS,
        beat: Callable[[bool], None] = lambda _: None,
        takes_over: bool = False,
    ) -> None:
        self.bot = bot
        self.answers = Answers(bot)
        self.poll_seconds = poll_seconds
        self.takes_over = takes_over  # whether a webhook is given up for it
        self.beat = beat  # told after each round whether it went well
        self.offset = 0
        self.has_begun = False
        self.failures = 0
        self.stopped = asyncio.Event()

    def stop(self) -> None:
        """No more updates are begun; the one in hand is finished."""
        self.stopped.set()

    async def run(self) -> None:
        """Updates are worked until somebody stops it. Raises UpdatesGoElsewhere before the first one is asked for."""
        while not self.stopped.is_set():
            went_well = await self.round()
            self.failures = 0 if went_well else self.failures + 1
            self.beat(went_well)
            if not went_well:
                await self.unless_stopped(asyncio.sleep(pause(self.failures)))
        await self.answers.finish(FINISH_SECONDS, give_up=True)

    async def round(self) -> bool:
        """What waits is fetched and worked. Returns whether the next round may follow at once. Raises UpdatesGoElsewhere."""
        try:
            updates = await self.unless_stopped(self.fetch())
        except UpdatesGoElsewhere:
            raise
        except TelegramError as failure:
            tell(failure)
            return False
        except Exception as failure:  # noqa: BLE001 - whatever it was, the next round may go well
            log.warning("telegram_round_failed", error=type(failure).__name__)
            return False
        went_well = await self.work_all(updates or ())
        await self.answers.finish(ANSWER_SECONDS)
        return went_well

    async def fetch(self) -> Sequence[dict[str, Any]]:
        """The updates from the offset on, as soon as there are any. The first time it is made sure that they are not brought elsewhere.

        As Telegram writes them: the library would give up on a whole batch, and print it, for one kind of message that it does not know.
        """
        if not self.has_begun:
            await self.begin()
        asked = {"offset": self.offset, "timeout": self.poll_seconds, "allowed_updates": list(WANTED)}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*do_api_request.*")
            found = await self.bot.do_api_request("getUpdates", api_kwargs=asked, read_timeout=self.poll_seconds + READ_SECONDS)
        return [update for update in found if isinstance(update, dict) and isinstance(update.get("update_id"), int)]

    async def begin(self) -> None:
        """Nobody else gets the updates, and Telegram knows the commands. Raises UpdatesGoElsewhere, and leaves the webhook as it is."""
        if self.takes_over:
            await self.bot.delete_webhook()
            log.warning("telegram_webhook_given_up")
        elif (await self.bot.get_webhook_info()).url:
            raise UpdatesGoElsewhere
        await tell_commands(self.bot)
        self.has_begun = True

    async def work_all(self, updates: Sequence[dict[str, Any]]) -> bool:
        """Each update is worked and its sender answered. Returns False when the database is away: the rest is fetched again."""
        for update in updates:
            if self.stopped.is_set():
                break
            trace.begin()
            try:
                await self.work(update)
            except (OperationalError, InterfaceError) as away:
                log.warning("bot_without_database", error=type(away).__name__)
                return False
            finally:
                trace.end()
            self.offset = update["update_id"] + 1
        return True

    async def work(self, update: dict[str, Any]) -> None:
        """The update is worked, and what it owes is on its way. Raises what the database does."""
        await in_thread(services.receive_update, update)
        chat_id = chat_of(update)
        if chat_id is not None and await in_thread(services.owes, chat_id):
            self.answers.owe(chat_id)

    async def unless_stopped(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """What this returns, or None when it is told to stop first."""
        task, stop = asyncio.ensure_future(work), asyncio.ensure_future(self.stopped.wait())
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return None


async def tell_commands(bot: Bot) -> None:
    """Telegram offers the commands to whoever types a slash, in their language."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            lines = [(name, str(words)) for name, words in COMMANDS_IN_WORDS.items()]
        await turn()
        await bot.set_my_commands(lines, language_code="" if language == settings.LANGUAGE_CODE else language)


def pause(failures: int) -> float:
    """How long to rest after so many failures in a row: from one second to a minute."""
    return float(min(PAUSE_SECONDS_MAX, 2 ** (failures - 1)))


def tell(failure: TelegramError) -> None:
    """Why no updates came, for whoever runs the bot."""
    if isinstance(failure, InvalidToken):
        log.error("telegram_token_refused")
    elif isinstance(failure, Conflict):
        log.error("telegram_updates_go_elsewhere", hint="another bot process polls, or a webhook is set")
    else:
        log.warning("telegram_away", error=type(failure).__name__)
