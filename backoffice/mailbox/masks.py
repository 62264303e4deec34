"""What of a payload may be read by whom. Payloads hold ids, amounts and states, and never what people wrote."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from backoffice import show
from backoffice.mailbox import words
from backoffice.page import Panel, Table
from core.people.policies import staff_can

HIDDEN = "••••"
# About private messages: even who wrote to whom, and when, is theirs.
PRIVATE = frozenset({"MESSAGE_SENT", "DISPUTE_MESSAGE_ADDED"})
READERS = ("engineer",)


def masked(type_name: str, payload: Mapping[str, Any], user: Any) -> dict[str, Any]:
    """The payload as this person may read it: superusers whole, engineers without amounts, and nothing of private messages."""
    if getattr(user, "is_superuser", False):
        return dict(payload)
    return {key: HIDDEN if type_name in PRIVATE or key.endswith("Cents") else value for key, value in payload.items()}


def panel(type_name: str, payload: Mapping[str, Any], user: Any) -> Panel | None:
    """The payload as a table; None for those who read no payloads."""
    if not staff_can(user, *READERS):
        return None
    read = masked(type_name, payload, user)
    rows = [(words.raw(key), _shown(value)) for key, value in sorted(read.items())]
    note = _("Some values are hidden: they are not needed for this work.") if HIDDEN in read.values() else ""
    return Panel(_("Payload"), table=Table((_("Field"), _("Value")), rows), note=note)


def _shown(value: Any) -> Any:
    if value in (None, "", []):
        return show.NOTHING
    if isinstance(value, list):
        return show.lines(words.raw(str(each)) for each in value)
    return value if value == HIDDEN else words.raw(str(value))
