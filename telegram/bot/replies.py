"""What the bot says, as calls of the Bot API: the name of the method, and what it takes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from core.telegram.inbox import Reply

SEND = "sendMessage"
TEXT_MAX = 4096
MESSAGES_MAX = 3  # to one chat at once
ALERT_MAX = 200  # characters of what pops up over a chat


def say(chat_id: int, text: str, *, buttons: list[list[dict[str, str]]] | None = None) -> Reply:
    """A message."""
    reply: Reply = {"method": SEND, "chat_id": chat_id, "text": text, "link_preview_options": {"is_disabled": True}}
    return reply | ({"reply_markup": {"inline_keyboard": buttons}} if buttons else {})


def answer_press(press_id: str, text: str = "") -> Reply:
    """The pressed button stops waiting; a text pops up."""
    reply: dict[str, Any] = {"method": "answerCallbackQuery", "callback_query_id": press_id}
    return reply | ({"text": text if len(text) <= ALERT_MAX else text[: ALERT_MAX - 1] + "…", "show_alert": True} if text else {})


def drop_buttons(chat_id: int, message_id: int) -> Reply:
    """The message stays, its buttons go."""
    return {"method": "editMessageReplyMarkup", "chat_id": chat_id, "message_id": message_id}


def gathered(replies: Sequence[Reply]) -> list[Reply]:
    """The same in as few calls as it takes: plain texts in one message, nothing twice, and of many messages the last ones.

    Calls that answer a press come first: somebody looks at a button that waits.
    """
    messages: list[Reply] = []
    for reply in _without_repeats(reply for reply in replies if reply["method"] == SEND):
        last = messages[-1] if messages else None
        if last and not {"reply_markup"} & (last.keys() | reply.keys()) and len(last["text"]) + len(reply["text"]) + 2 <= TEXT_MAX:
            messages[-1] = last | {"text": f"{last['text']}\n\n{reply['text']}"}
        else:
            messages.append(reply)
    return [*(reply for reply in replies if reply["method"] != SEND), *messages[-MESSAGES_MAX:]]


def _without_repeats(messages: Iterable[Reply]) -> list[Reply]:
    """Of messages with the same text the last, whose buttons are the ones that work."""
    by_text: dict[str, Reply] = {}
    for message in messages:
        by_text.pop(message["text"], None)
        by_text[message["text"]] = message
    return list(by_text.values())


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
