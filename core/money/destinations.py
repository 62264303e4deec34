"""What people type as the destination of a payout, judged and brought into one spelling."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.base.errors import Invalid

CARD_DIGITS_MIN, CARD_DIGITS_MAX = 13, 19
OTHER_MIN, OTHER_MAX = 5, 200
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
PHONE = re.compile(r"\+7[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Destination:
    """`details` in one spelling, to be sealed; `masked` is all that anybody is shown."""

    details: str
    masked: str


def read(kind: str, details: str) -> Destination:
    """The destination that these details name. Raises Invalid."""
    if kind not in READERS:
        raise Invalid({"kind": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(READERS))]})
    return READERS[kind](details)


def read_card(details: str) -> Destination:
    """A card number: 13 to 19 digits with the right check digit (Luhn)."""
    digits = re.sub(r"[ -]", "", details)
    if not (digits.isascii() and digits.isdigit() and CARD_DIGITS_MIN <= len(digits) <= CARD_DIGITS_MAX and has_luhn_digit(digits)):
        raise wrong(_("This is not a card number."))
    return Destination(digits, f"•••• {digits[-4:]}")


def has_luhn_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of the others. A row of zeros is no card."""
    doubled = [int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) > 0 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def read_phone(details: str) -> Destination:
    """A Russian mobile number for fast payments: +7 and ten digits."""
    phone = re.sub(r"[ ()-]", "", details)
    if not PHONE.fullmatch(phone):
        raise wrong(_("Give the phone number as +7 and ten digits."))
    return Destination(phone, f"+7 ••• •••-{phone[-4:-2]}-{phone[-2:]}")


def read_iban(details: str) -> Destination:
    """An IBAN with the right check digits (ISO 13616: the number modulo 97 is 1)."""
    iban = details.replace(" ", "").upper()
    if not IBAN.fullmatch(iban) or int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        raise wrong(_("This is not an IBAN."))
    return Destination(iban, f"{iban[:2]}•• •••• {iban[-4:]}")


def read_other(details: str) -> Destination:
    """Anything else, in the creator's own words: 5 to 200 characters."""
    text = " ".join(details.split())
    if not OTHER_MIN <= len(text) <= OTHER_MAX:
        raise wrong(_("Describe where to send the money in {low} to {high} characters.").format(low=OTHER_MIN, high=OTHER_MAX))
    return Destination(text, f"•••• {text[-2:]}")


def wrong(message: str) -> Invalid:
    """The refusal of these details. It never repeats them."""
    return Invalid({"details": [message]})


READERS: dict[str, Callable[[str], Destination]] = {"CARD": read_card, "SBP": read_phone, "IBAN": read_iban, "OTHER": read_other}
