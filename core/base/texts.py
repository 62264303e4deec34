"""What people write: trimmed, and judged by what a reader would see of it."""

import unicodedata

# Letters and a symbol that draw nothing: fillers of Hangul, and the Braille cell without dots.
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Signs that turn the writing of what stands around them; Arabic and Hebrew need none of them.
TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    """The text without the space around it; empty when nothing in it can be seen."""
    text = text.strip()
    return text if any(is_seen(sign) for sign in text) else ""


def is_seen(sign: str) -> bool:
    """Whether the sign draws something by itself."""
    return unicodedata.category(sign)[0] in "LNPS" and sign not in BLANKS


def is_hidden(sign: str) -> bool:
    """Whether the sign is a control character, or changes the direction of what others wrote."""
    return unicodedata.category(sign) == "Cc" or sign in TURNERS
