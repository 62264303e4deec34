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
from bot.polling import WANTED, Poller
from outbox.health import Process, Reporter


class Command(BaseCommand):
    """`run_bot` polls until SIGTERM. `run_bot --webhook-url https://…/api/telegram/webhook` has updates brought, and ends."""

    help = "Hear what people write to the Telegram bot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--webhook-url", default="", help="Telegram brings updates there from now on, and nobody polls.")

    def handle(self, *arguments: Any, webhook_url: str, **options: Any) -> None:
        """The bot is heard, or Telegram knows where to bring updates. Raises CommandError when it does not take that."""
        if webhook_url:
            self.set_webhook(webhook_url)
        elif settings.TELEGRAM_BOT_TOKEN:
            asyncio.run(self.poll())
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
        self.stdout.write("Telegram brings updates to the webhook now. To poll again, run without --webhook-url.")

    def idle(self) -> None:
        """Nothing happens until it is told to stop, so that whoever keeps processes alive does not start it again and again."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("TELEGRAM_BOT_TOKEN is not set: nobody is heard, and messages are printed where the worker runs.")
        stopped.wait()

    async def poll(self) -> None:
        """Updates are worked until SIGTERM or SIGINT."""
        process = Process("bot")
        with Reporter(process):
            async with open_bot() as bot:
                poller = Poller(bot, beat=lambda went_well: process.worked() if went_well else process.failed())
                for number in (signal.SIGTERM, signal.SIGINT):
                    asyncio.get_running_loop().add_signal_handler(number, poller.stop)
                self.stdout.write("The bot listens.")
                await poller.run()
        self.stdout.write("The bot has stopped.")


async def set_webhook(url: str) -> None:
    """Telegram knows where to bring updates. Raises TelegramError."""
    async with open_bot() as bot:
        await bot.set_webhook(url, secret_token=settings.TELEGRAM_WEBHOOK_SECRET, allowed_updates=WANTED)
