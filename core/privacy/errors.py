"""What we say when an account cannot be deleted."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict, Forbidden


class AccountHasObligations(Conflict):
    """Deals, disputes or money hold the account. `blockers` names each, with what to do about it."""

    reason = "ACCOUNT_HAS_OBLIGATIONS"
    message = _("The account cannot be deleted yet: something is not finished.")

    def __init__(self, blockers: list[dict[str, Any]]) -> None:
        super().__init__(blockers=blockers)


class StaffAccount(Forbidden):
    """Members of staff leave through their superuser, and their acts keep their name."""

    reason = "STAFF_ACCOUNT"
    message = _("An account of staff cannot be deleted here.")
