"""The short secret that binds a chat: how it is made, spelled, and recognised. It is nowhere written down."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which people take for each other
LENGTH = 8
LIFETIME = timedelta(minutes=10)


def new_code() -> str:
    """A fresh code: 40 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def digest(code: str) -> str:
    """What is kept of a code, however it was typed."""
    return hmac.new(settings.TELEGRAM_BINDING_PEPPER.encode(), code.strip().upper().encode(), hashlib.sha256).hexdigest()


def bot_link() -> str | None:
    """Where the chat with the bot opens; None while there is no bot."""
    return f"https://t.me/{quote(settings.TELEGRAM_BOT_NAME)}" if settings.TELEGRAM_BOT_NAME else None


def deep_link(code: str) -> str | None:
    """The link that opens the chat and hands the code over; None while there is no bot."""
    link = bot_link()
    return f"{link}?start={code}" if link else None


def masked(email: str) -> str:
    """The address as one knows one's own, and others do not read it: `a***@example.com`."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
