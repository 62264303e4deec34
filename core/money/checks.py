"""What verbs ask of amounts, reasons and references, whatever door they come through. Each raises Invalid with its field."""

from django.utils.translation import gettext as _

from core.base.errors import Invalid
from core.base.money import money_text
from core.base.texts import is_hidden, visible
from core.base.vocabulary import Currency
from core.money.models import CENTS_MAX, Escrow

REASON_MIN, REASON_MAX = 2, 500
BANK_REFERENCE_MAX = 80


def check_amount(amount_cents: int, currency: str) -> None:
    """Nothing happens for a whole amount of minor units, from one to what a movement may be, in a currency of ours."""
    check_choice("currency", currency, Currency.values)
    if type(amount_cents) is not int or not 1 <= amount_cents <= CENTS_MAX:
        raise Invalid(
            {
                "amountCents": [
                    _("Give an amount from {low} to {high}.").format(low=money_text(1, currency), high=money_text(CENTS_MAX, currency))
                ]
            }
        )


def check_share(creator_share_cents: int, escrow: Escrow) -> None:
    """Nothing happens for a share of the escrow that leaves both sides something."""
    if type(creator_share_cents) is not int or not 1 <= creator_share_cents < escrow.amount_cents:
        high = money_text(escrow.amount_cents - 1, escrow.currency)
        message = _("Give an amount from {low} to {high}.").format(low=money_text(1, escrow.currency), high=high)
        raise Invalid({"creatorShareCents": [message]})


def check_choice(field: str, value: str, allowed: list[str]) -> None:
    """Nothing happens for one of the values that there are."""
    if value not in allowed:
        raise Invalid({field: [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(allowed))]})


def clean_reason(reason: str) -> str:
    """The reason without spaces around it: 2 to 500 characters."""
    trimmed = visible(reason)
    if not REASON_MIN <= len(trimmed) <= REASON_MAX:
        raise Invalid({"reason": [_("Give a reason of {low} to {high} characters.").format(low=REASON_MIN, high=REASON_MAX)]})
    return trimmed


def clean_bank_reference(reference: str) -> str:
    """The number of the bank's document without spaces around it: 1 to 80 characters."""
    trimmed = visible(reference)
    if not 1 <= len(trimmed) <= BANK_REFERENCE_MAX or any(map(is_hidden, trimmed)):
        raise Invalid(
            {"bankReference": [_("Give the number of the bank document, at most {high} characters.").format(high=BANK_REFERENCE_MAX)]}
        )
    return trimmed
