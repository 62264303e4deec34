"""The registry of codes: every `error.code`, and every `details.code`, that a client can ever see."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.base.errors import Refusal


@dataclass(frozen=True, slots=True)
class Code:
    """What an `error.code` means: its HTTP status, whether the same call may succeed later, and a default text."""

    status: int
    retryable: bool
    text: str | Promise


CODES: dict[str, Code] = {
    "VALIDATION_ERROR": Code(400, False, _("Check the data you sent.")),
    "UNAUTHORIZED": Code(401, False, _("Sign in to do this.")),
    "SESSION_INVALID": Code(401, False, _("Your session has ended. Sign in again.")),
    "OUTBOX_AUTH_ERROR": Code(401, False, _("The consumer token is missing or wrong.")),
    "FORBIDDEN": Code(403, False, _("You do not have the right to do this.")),
    "NOT_FOUND": Code(404, False, _("Not found.")),
    "METHOD_NOT_ALLOWED": Code(405, False, _("This method is not supported here.")),
    "CONFLICT": Code(409, False, _("This is not possible in the present state.")),
    "PAYMENTS_STATE_ERROR": Code(409, False, _("This is not possible in the present state of the payment.")),
    "GONE": Code(410, False, _("This is not kept any more.")),
    "PAYLOAD_TOO_LARGE": Code(413, False, _("The request is too large.")),
    "UNSUPPORTED_MEDIA_TYPE": Code(415, False, _("Send the body as application/json.")),
    "IDEMPOTENCY_CONFLICT": Code(422, False, _("This Idempotency-Key was already used for another request.")),
    "RATE_LIMITED": Code(429, True, _("Too many requests. Try again later.")),
    "INTERNAL_ERROR": Code(500, True, _("Something went wrong on our side. Try again later.")),
    "INVARIANT_VIOLATION": Code(500, False, _("The operation was stopped to keep the accounts right. We are looking into it.")),
    "SERVICE_UNAVAILABLE": Code(503, True, _("The service is not available right now. Try again in a moment.")),
}

REASON_PLACES = ("errors", "policies", "ledger", "providers")


def import_refusals() -> None:
    """Every module that may declare a refusal is imported, so that the registry is whole."""
    for app in apps.get_app_configs():
        if app.name.split(".")[0] not in {"core", "outbox", "api"}:
            continue
        rooms = {app.name} | {model.__module__.rpartition(".")[0] for model in app.get_models()}
        rooms |= {f"{app.name}.{room.name}" for room in iter_modules([app.path]) if room.ispkg}
        for room in sorted(rooms):
            for place in REASON_PLACES:
                if find_spec(f"{room}.{place}"):
                    import_module(f"{room}.{place}")


def refusals(family: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal that is declared anywhere, the family itself first."""
    yield family
    for refusal in family.__subclasses__():
        yield from refusals(refusal)


def reasons() -> dict[str, type[Refusal]]:
    """Every `details.code`, with the refusal that says it."""
    import_refusals()
    return {refusal.reason: refusal for refusal in refusals() if refusal.reason}
