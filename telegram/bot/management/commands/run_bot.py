"""The process of the bot: it hears what people write, by long polling; or tells Telegram where to bring it."""

import asyncio
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from telegram.error import TelegramError

from bot.answering import open_bot
from bot.polling import WANTED, Poller, UpdatesGoElsewhere
from outbox import pulse
from outbox.health import Process, Reporter

BOT = "bot"
WEBHOOK_IS_SET = 78  # EX_CONFIG: to start it again changes nothing, which is what systemd's unit says too


class Command(BaseCommand):
    """`run_bot` polls until SIGTERM. `run_bot --webhook-url https://…/api/telegram/webhook` has updates brought, and ends.

    While they are brought it does not poll, and ends with 78; `run_bot --take-over` gives the webhook up.
    """

    help = "Hear what people write to the Telegram bot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--webhook-url", default="", help="Telegram brings updates there from now on, and nobody polls.")
        way.add_argument("--take-over", action="store_true", help="Poll although a webhook is set: Telegram brings nothing there any more.")

    def handle(self, *arguments: Any, webhook_url: str, take_over: bool, **options: Any) -> None:
        """The bot is heard, or Telegram knows where to bring updates. Raises CommandError when either is refused."""
        if webhook_url:
            self.set_webhook(webhook_url)
        elif settings.TELEGRAM_BOT_TOKEN:
            try:
                asyncio.run(self.poll(takes_over=take_over))
            except UpdatesGoElsewhere as elsewhere:
                pulse.forget(BOT)
                detail = "Telegram brings updates to a webhook, so nobody polls. To poll instead, run: run_bot --take-over"
                raise CommandError(detail, returncode=WEBHOOK_IS_SET) from elsewhere
        else:
            self.idle()

    def set_webhook(self, url: str) -> None:
        """Updates are brought to this address, with the secret of the settings."""
        if not settings.TELEGRAM_BOT_TOKEN or not settings.TELEGRAM_WEBHOOK_SECRET:
            raise CommandError("A webhook needs TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET.")
        try:
            asyncio.run(set_webhook(url))
        except TelegramError as refused:
            raise CommandError(f"Telegram does not take the webhook: {type(refused).__name__}.") from refused
        pulse.forget(BOT)
        self.stdout.write("Telegram brings updates to the webhook now. To poll again: run_bot --take-over")

    def idle(self) -> None:
        """Nothing happens until it is told to stop, so that whoever keeps processes alive does not start it again and again."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("TELEGRAM_BOT_TOKEN is not set: nobody is heard, and messages are printed where the worker runs.")
        stopped.wait()

    async def poll(self, *, takes_over: bool) -> None:
        """Updates are worked until SIGTERM or SIGINT. Raises UpdatesGoElsewhere."""
        process = Process(BOT)
        with Reporter(process):
            async with open_bot() as bot:
                poller = Poller(bot, beat=lambda went_well: process.worked() if went_well else process.failed(), takes_over=takes_over)
                for number in (signal.SIGTERM, signal.SIGINT):
                    asyncio.get_running_loop().add_signal_handler(number, poller.stop)
                self.stdout.write("The bot listens.")
                await poller.run()
        self.stdout.write("The bot has stopped.")


async def set_webhook(url: str) -> None:
    """Telegram knows where to bring updates. Raises TelegramError."""
    async with open_bot() as bot:
        await bot.set_webhook(url, secret_token=settings.TELEGRAM_WEBHOOK_SECRET, allowed_updates=WANTED)
