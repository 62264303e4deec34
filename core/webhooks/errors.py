"""What we say when a webhook cannot be kept or asked."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class EndpointLimit(Conflict):
    reason = "ENDPOINT_LIMIT"
    message = _("You have {limit} active webhooks already. Switch one off, or delete it.")

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class EndpointOff(Conflict):
    """Nothing is sent to an endpoint that is switched off."""

    reason = "ENDPOINT_OFF"
    message = _("The webhook is switched off. Switch it on first.")


class EndpointOn(Conflict):
    """What is switched on is not switched on again."""

    reason = "ENDPOINT_ON"
    message = _("The webhook is switched on already.")


class DeliveryNotFailed(Conflict):
    """What was sent, or is still on its way, is not sent once more."""

    reason = "DELIVERY_NOT_FAILED"
    message = _("This delivery has not failed.")
