"""Telegram for tests: a Bot API server of our own on loopback, spoken to over real HTTP."""

from collections.abc import Iterator

import pytest

from bot.loopback import LoopbackServer
from outbox.channels import SENDERS, TELEGRAM


@pytest.fixture
def bot_api(settings) -> Iterator[LoopbackServer]:
    """The server, which the settings point to. The sender that talks to it is made anew for this test."""
    with LoopbackServer() as server:
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_BOT_NAME = server.url, server.token, server.username
        SENDERS.made.pop(TELEGRAM, None)
        yield server
        sender = SENDERS.made.pop(TELEGRAM, None)
        if sender is not None:
            sender.close()
