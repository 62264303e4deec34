"""How an amount is written for people."""

from django.utils import formats, translation

SIGNS = {"RUB": "₽", "KZT": "₸", "UAH": "₴", "BYN": "Br", "USD": "$", "EUR": "€"}
THIN_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


def money_text(cents: int, currency: str) -> str:
    """Minor units as people read them: `1 234,50 ₽` in Russian, `1 234.50 ₽` in English, thousands by thin spaces."""
    sign = "\u2212" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    separator = formats.get_format("DECIMAL_SEPARATOR", translation.get_language())
    grouped = f"{units:,}".replace(",", THIN_SPACE)
    return f"{sign}{grouped}{separator}{rest:02d}{NO_BREAK_SPACE}{SIGNS.get(currency, currency)}"


def percent_text(bps: int) -> str:
    """Basis points as people read them: `12,5 %` in Russian, `12.5%` in English."""
    whole, rest = divmod(bps, 100)
    fraction = f"{formats.get_format('DECIMAL_SEPARATOR', translation.get_language())}{rest:02d}".rstrip("0") if rest else ""
    space = "" if (translation.get_language() or "").startswith("en") else NO_BREAK_SPACE
    return f"{whole}{fraction}{space}%"
