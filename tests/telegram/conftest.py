"""Telegram for tests: a Bot API server of our own on loopback, spoken to over real HTTP."""

from collections.abc import Iterator

import pytest

from bot.loopback import Limits, LoopbackServer
from outbox.channels import SENDERS, TELEGRAM
from tests.telegram.chats import empty_mailbox, pace


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


@pytest.fixture
def quick(committed, bot_api) -> Iterator[LoopbackServer]:
    """The server, an empty mailbox, and a channel that rests a fiftieth of a second where it rests a whole one in life."""
    empty_mailbox()
    bot_api.limits = Limits(chat_rest=0.0, per_second=10_000)
    with pace(per_second=None, recipient_rest=0.02):
        yield bot_api
    empty_mailbox()
