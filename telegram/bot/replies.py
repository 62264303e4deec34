"""What the bot says, as calls of the Bot API: the name of the method, and what it takes."""

from typing import Any

from django.utils.translation import gettext_lazy

from core.telegram.inbox import Reply

ALERT_MAX = 200  # characters of what pops up over a chat


def say(chat_id: int, text: str, *, buttons: list[list[dict[str, str]]] | None = None) -> Reply:
    """A message."""
    reply: Reply = {"method": "sendMessage", "chat_id": chat_id, "text": text, "link_preview_options": {"is_disabled": True}}
    return reply | ({"reply_markup": {"inline_keyboard": buttons}} if buttons else {})


def answer_press(press_id: str, text: str = "") -> Reply:
    """The pressed button stops waiting; a text pops up."""
    reply: dict[str, Any] = {"method": "answerCallbackQuery", "callback_query_id": press_id}
    return reply | ({"text": text if len(text) <= ALERT_MAX else text[: ALERT_MAX - 1] + "…", "show_alert": True} if text else {})


def drop_buttons(chat_id: int, message_id: int) -> Reply:
    """The message stays, its buttons go."""
    return {"method": "editMessageReplyMarkup", "chat_id": chat_id, "message_id": message_id}


INTRODUCTION = gettext_lazy("I bring the notices of the marketplace to this chat.")
COMMANDS_IN_WORDS = {
    "bind": gettext_lazy("Link your account with the code from your profile"),
    "mute": gettext_lazy("Only money and security; with a number, for so many hours"),
    "unmute": gettext_lazy("Everything again"),
    "unlink": gettext_lazy("Unlink this chat"),
    "help": gettext_lazy("What I understand"),
}


def help_text() -> str:
    """All that the bot understands."""
    lines = "\n".join(f"/{name} – {words}" for name, words in COMMANDS_IN_WORDS.items())
    return f"{INTRODUCTION}\n\n{lines}"
