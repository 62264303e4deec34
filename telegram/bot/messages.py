"""What a notice looks like in Telegram: title, text, and the way to the thing that it is about."""

import dataclasses
import html

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from core.notifications.models import Notification
from core.notifications.registry import render

TEXT_MAX = 4096
SHORT_ID = 6  # the end of the id, which is the random part of it


@dataclasses.dataclass(frozen=True)
class Button:
    """What is pressed below a message: it opens a page, or comes back to us as a callback."""

    text: str
    url: str = ""
    callback: str = ""


@dataclasses.dataclass(frozen=True)
class Message:
    """What goes out to a chat: HTML as Telegram knows it, and rows of buttons."""

    chat_id: int
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        """The buttons as the library has them."""
        rows = [
            [InlineKeyboardButton(each.text, url=each.url or None, callback_data=each.callback or None) for each in row]
            for row in self.buttons
        ]
        return InlineKeyboardMarkup(rows) if rows else None


def short_id(notice: Notification) -> str:
    """By what a person can tell a repeat from a second notice, and staff find it."""
    return notice.id.hex[-SHORT_ID:]


def message_of(notice: Notification, *, chat_id: int, language: str, is_repeat: bool = False, answers: tuple[Button, ...] = ()) -> Message:
    """The notice in this language, with buttons to answer it. A repeat says that it is one.

    The link is a button where Telegram takes it, which it does for https only, and else a line of the text.
    """
    link = f"{settings.APP_BASE_URL}{notice.href}" if notice.href else ""
    with translation.override(language):
        title, body = render(notice.type, notice.facts)
        mark = " " + _("(repeat)") + f" #{short_id(notice)}" if is_repeat else ""
        is_button = link.startswith("https://")
        rows = [answers] if answers else []
        if is_button:
            rows.append((Button(pgettext("button", "Open"), url=link),))
    head = f"<b>{html.escape(title, quote=False)}</b>{mark}"
    foot = "" if is_button or not link else f"\n\n{html.escape(link, quote=False)}"
    return Message(chat_id, f"{head}{_fitting(body, TEXT_MAX - _size(head) - _size(foot))}{foot}", tuple(rows))


def answers_of(accept: str, decline: str, *, language: str) -> tuple[Button, ...]:
    """The two buttons below an invitation."""
    with translation.override(language):
        return Button(pgettext("button", "Accept"), callback=accept), Button(pgettext("button", "Decline"), callback=decline)


def _fitting(body: str, room: int) -> str:
    """The text on a line of its own, escaped, and cut where Telegram would refuse the whole message."""
    if not body:
        return ""
    written = "\n" + html.escape(body, quote=False)
    while _size(written) > room:
        body = body[: -max(1, (_size(written) - room) // 5)]
        written = "\n" + html.escape(body.rstrip(), quote=False) + "…"
    return written


def _size(text: str) -> int:
    """Characters as Telegram counts them: those beyond the first plane are two."""
    return len(text.encode("utf-16-le")) // 2
