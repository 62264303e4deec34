"""How a brand's money comes in. PAYMENT_PROVIDER chooses; a new provider is one more class here."""

from typing import Protocol

from django.conf import settings


class PaymentProvider(Protocol):
    """What a verb has to know about a way to pay in."""

    name: str
    confirms_at_once: bool


class Mock:
    """Money out of nothing, for development: what is missing is there at once. Refused at the start without DEBUG."""

    name = "mock"
    confirms_at_once = True


class Manual:
    """A bank transfer: the brand sends the money and finance staff confirm what they see in the bank statement."""

    name = "manual"
    confirms_at_once = False


PROVIDERS: dict[str, PaymentProvider] = {provider.name: provider for provider in (Mock(), Manual())}


def current() -> PaymentProvider:
    """The provider that PAYMENT_PROVIDER names."""
    return PROVIDERS[settings.PAYMENT_PROVIDER]
