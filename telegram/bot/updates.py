"""What comes from Telegram, taken apart. It is input like any other: whatever does not look as it should is nothing to us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ID_MAX = 2**63 - 1
TEXT_MAX = 4096


@dataclass(frozen=True)
class Person:
    """Somebody in Telegram, and the private chat with them."""

    id: int
    chat_id: int
    username: str
    language: str


@dataclass(frozen=True)
class Command:
    """A line that somebody wrote: the first word without its slash, or nothing, and the rest."""

    person: Person
    name: str
    argument: str


@dataclass(frozen=True)
class Press:
    """A button that somebody pressed, and the message below which it was."""

    person: Person
    id: str
    callback: str
    message_id: int | None


@dataclass(frozen=True)
class Membership:
    """Whether the bot may write to this person from now on."""

    person: Person
    is_open: bool


def read(update: Mapping[str, Any]) -> Command | Press | Membership | None:
    """What this update is about, or None when it does not concern us: a group, a picture, another bot."""
    for kind, reader in READERS.items():
        body = update.get(kind)
        if isinstance(body, Mapping):
            return reader(body)
    return None


def chat_of(update: Mapping[str, Any]) -> int | None:
    """The private chat that this update is from, or None when it does not concern us."""
    found = read(update)
    return found.person.chat_id if found is not None else None


def _command(message: Mapping[str, Any]) -> Command | None:
    person, text = _person(message, message.get("chat")), message.get("text")
    if person is None or not isinstance(text, str):
        return None
    first, _space, rest = text[:TEXT_MAX].strip().partition(" ")
    if not first.startswith("/"):
        return Command(person, "", text)
    return Command(person, first[1:].partition("@")[0].lower(), rest.strip())


def _press(query: Mapping[str, Any]) -> Press | None:
    message = query.get("message")
    message = message if isinstance(message, Mapping) else {}
    person, callback, name = _person(query, message.get("chat")), query.get("data"), query.get("id")
    if person is None or not isinstance(callback, str) or not isinstance(name, str):
        return None
    message_id = message.get("message_id")
    return Press(person, name, callback, message_id if is_id(message_id) else None)


def _membership(change: Mapping[str, Any]) -> Membership | None:
    person, member = _person(change, change.get("chat")), change.get("new_chat_member")
    if person is None or not isinstance(member, Mapping):
        return None
    return Membership(person, is_open=member.get("status") not in ("kicked", "left"))


READERS = {"message": _command, "callback_query": _press, "my_chat_member": _membership}


def _person(body: Mapping[str, Any], chat: Any) -> Person | None:
    """Who did it, in a private chat with the bot; there the chat is the person's own."""
    sender = body.get("from")
    if not isinstance(sender, Mapping) or not isinstance(chat, Mapping) or chat.get("type") != "private":
        return None
    if sender.get("is_bot") is True or not is_id(sender.get("id")) or not is_id(chat.get("id")):
        return None
    username, language = sender.get("username"), sender.get("language_code")
    return Person(
        id=sender["id"],
        chat_id=chat["id"],
        username=username[:64] if isinstance(username, str) else "",
        language=language if isinstance(language, str) else "",
    )


def is_id(value: Any) -> bool:
    """Whether this is a number that Telegram gives to people and chats."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= ID_MAX
