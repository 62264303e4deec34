"""Telegram without Telegram: a Bot API server on this machine, for a sandbox."""

import contextlib
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bot.loopback import LoopbackServer, Message


class Command(BaseCommand):
    """Answers the bot on 127.0.0.1 until it is interrupted, and shows what people would have read."""

    help = "Run a Bot API server on 127.0.0.1 and show every message that the bot sends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8081)

    def handle(self, *args: Any, **options: Any) -> None:
        with LoopbackServer(port=options["port"], on_message=self.show) as server:
            self.stdout.write(f"TELEGRAM_API_URL={server.url}\nTELEGRAM_BOT_TOKEN={server.token}\nTELEGRAM_BOT_NAME={server.username}\n")
            with contextlib.suppress(KeyboardInterrupt):
                server.is_closing.wait()

    def show(self, message: Message) -> None:
        """The message on the screen, with its buttons."""
        buttons = "".join(f"\n   [{button['text']}]" for button in message.buttons)
        self.stdout.write(f"── {message.chat_id} ──\n{message.text}{buttons}")
