"""Who links a chat, and who brings what from Telegram."""

import itertools

from django.conf import settings

from tests.api.matrix import Stage, line

_updates = itertools.count(1)


def a_code(stage: Stage) -> dict[str, object]:
    """A code that waits, from somebody in Telegram without a username."""
    code = stage.world.telegram_code()
    return {"code": code, "telegramUserId": str(stage.world.telegram_id()), "telegramUsername": None}


def an_update(stage: Stage) -> dict[str, object]:
    """Somebody has asked the bot for help."""
    somebody = stage.world.telegram_id()
    chat, sender = {"id": somebody, "type": "private"}, {"id": somebody, "is_bot": False, "first_name": "P"}
    return {"update_id": next(_updates), "message": {"message_id": 1, "date": 0, "chat": chat, "from": sender, "text": "/help"}}


BOT = {"x_telegram_bot_secret": settings.TELEGRAM_BOT_SECRET}
TELEGRAM = {"x_telegram_bot_api_secret_token": settings.TELEGRAM_WEBHOOK_SECRET}

# The last two look at no token: the secret in their header lets in whoever shows it.
LINES = [
    line("GET /api/telegram", people=200),
    line("POST /api/telegram/unlink", people=200),
    line("POST /api/telegram/bind/request", people=200),
    line("POST /api/telegram/bind/code", people=200),
    line("POST /api/telegram/bind/confirm", body=a_code, headers=BOT, everyone=200, blocked=200),
    line("POST /api/telegram/webhook", body=an_update, headers=TELEGRAM, everyone=200, blocked=200),
]
