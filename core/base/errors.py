"""What the business says when the answer is no. A door turns the family into a status; the codes never change."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """The command was understood and not carried out. Nothing of it remains in the database.

    `code` names the family for the envelope; `reason` is the finer `details.code`.
    `details` are facts for the client, in minor units where they are money.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    reason: ClassVar[str | None] = None
    message: ClassVar[str | Promise] = ""

    def __init__(self, **details: Any) -> None:
        super().__init__(self.reason or self.code)
        self.details = details

    def text(self) -> str:
        """The message in the reader's language, with the facts filled in."""
        return str(self.message).format_map(self.details) if self.details else str(self.message)


class NotFound(Refusal):
    """There is no such thing, or it is somebody else's: the two cannot be told apart."""

    code = "NOT_FOUND"
    message = _("Not found.")


class Forbidden(Refusal):
    """This person can never do this, whatever the state."""

    code = "FORBIDDEN"
    message = _("You do not have the right to do this.")


class Conflict(Refusal):
    """The caller may do this, but not in the present state. Every conflict names its reason."""

    code = "CONFLICT"
    message = _("This is not possible in the present state.")


class PaymentsConflict(Conflict):
    """A conflict about the state of money."""

    code = "PAYMENTS_STATE_ERROR"


class Invalid(Refusal):
    """The command itself is wrong. `fields` holds messages by the dotted path of the field."""

    code = "VALIDATION_ERROR"
    message = _("Check the data you sent.")

    def __init__(self, fields: dict[str, list[str]] | None = None, form: list[str] | None = None, **details: Any) -> None:
        super().__init__(**details)
        self.fields = fields or {}
        self.form = form or []


class WrongState(Conflict):
    """The row is not in a state from which it can move as asked."""

    reason = "WRONG_STATE"
    message = _("This step is not possible now: the current state is “{state}”.")
