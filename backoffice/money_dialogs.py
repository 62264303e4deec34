"""What dialogs about money share: they repeat the amount and the destination, and show every movement before it is made."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from backoffice.dialogs import Confirm, Reason, reason_field
from core.base.errors import Refusal
from core.base.money import money_text
from core.money.models import Account, LedgerEntry
from core.money.preview import preview

MONEY_REASON_MAX = 500
REHEARSED = "rehearsal"  # what a verb is given in a preview for a text that has not been written yet


class Preview(Confirm):
    """Shows what the verb would move, by running it and rolling it back."""

    verb: Callable[..., Any]

    def rehearse(self) -> Any:
        """The verb, run on the row in this person's name."""
        return type(self).verb(self.row.pk, by=self.request.user)

    def preview(self) -> dict[str, Any]:
        """The movements in words, or why there would be none."""
        try:
            shown = preview(self.rehearse)
        except Refusal as refusal:
            return {"refusal": refusal.text()}
        return {
            "postings": [
                {
                    "what": LedgerEntry.Type(posting["type"]).label,
                    "source": Account.Kind(posting["source"]["kind"]).label,
                    "target": Account.Kind(posting["target"]["kind"]).label,
                    "amount": money_text(posting["amount_cents"], posting["currency"]),
                }
                for posting in shown.postings
            ],
            "balances": [
                {
                    "kind": Account.Kind(balance["kind"]).label,
                    "before": money_text(balance["before_cents"], balance["currency"]),
                    "after": money_text(balance["after_cents"], balance["currency"]),
                }
                for balance in shown.balances
            ],
        }


class MoneyReason(Preview, Reason):
    """Why money goes back."""

    reason = reason_field(MONEY_REASON_MAX)

    def rehearse(self) -> Any:
        return type(self).verb(self.row.pk, by=self.request.user, reason=REHEARSED)


class BankDocument(Preview):
    """Asks for the number of the bank's document."""

    bank_reference = forms.CharField(
        label=_("Number of the bank's document"), max_length=80, strip=True, widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True})
    )

    def rehearse(self) -> Any:
        return type(self).verb(self.row.pk, by=self.request.user, bank_reference=REHEARSED)
