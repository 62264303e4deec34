"""The addresses and types that people may name for a webhook."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.base.errors import Invalid
from core.webhooks.models import EVERY_TYPE
from outbox.events import REGISTRY
from outbox.webhooks.addresses import Refused, Rules, read

REFUSALS: dict[str, Promise] = {
    "ADDRESS_NOT_HTTPS": gettext_lazy("The address has to begin with https://."),
    "ADDRESS_NOT_PUBLIC": gettext_lazy("The address has to be reachable from the internet."),
    "ADDRESS_PORT": gettext_lazy("Only the ports 443 and 8443 are called."),
    "ADDRESS_MALFORMED": gettext_lazy("Give a plain address: no login in it, no part after #, foreign letters in punycode."),
}


def rules() -> Rules:
    """What this machine may call: beyond the public network by https, plain http with DEBUG, and itself where it is told so."""
    return Rules(plain=settings.DEBUG, loopback=settings.DEBUG and settings.WEBHOOK_PRIVATE_HOSTS_ALLOWED)


def judge_target(*, url: str | None, types: Sequence[str] | None) -> None:
    """Nothing happens when events of these types can be sent to this address; None is not judged. Raises Invalid with every fault."""
    fields: dict[str, list[str]] = {}
    if url is not None:
        try:
            read(url, rules())
        except Refused as refused:
            fields["url"] = [str(REFUSALS[refused.code])]
    if types is not None and (fault := _fault_of(types)):
        fields["types"] = [fault]
    if fields:
        raise Invalid(fields)


def _fault_of(types: Sequence[str]) -> str:
    """What is wrong with this list of types; nothing when it is right."""
    if not types:
        return _("Name at least one type of event, or * for all.")
    if EVERY_TYPE in types:
        return "" if len(types) == 1 else _("* stands for all types: give it alone.")
    unknown = sorted(set(types) - REGISTRY.keys())
    return _("Unknown type of event: {types}.").format(types=", ".join(unknown)) if unknown else ""
