"""What a moderator should look at twice in a text: ways to deal past the marketplace. A mark decides nothing."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS = ("title", "description", "notes")
SHOWN_MAX = 5
# Kind of leak, and how it looks. A phone number has ten digits at least, whatever stands between them.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("MESSENGER", re.compile(r"(?i)\b(?:t\.me|wa\.me|telegram\.me|vk\.me|viber|whats\s?app|телеграм+|вотсап|ватсап|вайбер|тг)\b(?:/\w+)?")),
    ("HANDLE", re.compile(r"(?<![\w@/.])@\w{4,}")),
    ("PHONE", re.compile(r"(?<![\w])\+?\d(?:[\s().-]{0,2}\d){9,13}(?!\w)")),
)
LABELS: dict[str, str | Promise] = {
    "EMAIL": _("an e-mail address"),
    "MESSENGER": _("a messenger"),
    "HANDLE": _("an account name"),
    "PHONE": _("a phone number"),
}


def leaks(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The kinds of contacts that stand in the text, each with the words that look like one; five at most."""
    text = "\n".join(_words(content))
    found = [(kind, hit.group().strip()) for kind, pattern in PATTERNS for hit in pattern.finditer(text)]
    return list(dict.fromkeys(found))[:SHOWN_MAX]


def _words(content: Mapping[str, Any]) -> Iterable[str]:
    yield from (str(content.get(name) or "") for name in TEXTS)
    yield from _leaves(content.get("brief"))


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, str):
        yield value
