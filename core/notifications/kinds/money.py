"""Notices about money."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import PAYMENTS, Kind

KINDS: dict[str, Kind] = {
    "ESCROW_FUNDED": Kind(PAYMENTS, "/dashboard/work/{job_id}", _("The escrow is funded"), _("“{title}”: {money} is reserved for you.")),
    "ESCROW_RELEASED": Kind(PAYMENTS, "/dashboard/balance", _("Money has arrived"), _("“{title}”: {money} after commission.")),
    "ESCROW_REFUNDED": Kind(PAYMENTS, "/dashboard/balance", _("The escrow is returned"), _("“{title}”: {money} is back in your wallet.")),
    "TOP_UP_REQUESTED": Kind(PAYMENTS, "/backoffice/core/topup/", _("A top-up waits for confirmation"), _("{name}: {money}.")),
    "TOP_UP_SECOND_APPROVAL": Kind(
        PAYMENTS, "/backoffice/core/topup/", _("A top-up waits for the second signature"), _("{name}: {money}.")
    ),
    "TOP_UP_CANCELED": Kind(PAYMENTS, "/backoffice/core/topup/", _("A top-up was canceled by the brand"), _("{name}: {money}.")),
    "TOP_UP_CONFIRMED": Kind(PAYMENTS, "/dashboard/balance", _("The wallet is topped up"), _("{money} has arrived.")),
    "TOP_UP_REJECTED": Kind(PAYMENTS, "/dashboard/balance", _("The top-up was rejected"), _("{money}. Reason: {reason}")),
    "PAYOUT_REQUESTED": Kind(PAYMENTS, "/backoffice/core/payout/", _("A payout waits for a decision"), _("{name}: {money}.")),
    "PAYOUT_SECOND_APPROVAL": Kind(
        PAYMENTS, "/backoffice/core/payout/", _("A payout waits for the second signature"), _("{name}: {money}.")
    ),
    "PAYOUT_APPROVED": Kind(PAYMENTS, "/dashboard/balance", _("The payout is approved"), _("{money} will go to {method}.")),
    "PAYOUT_SENT": Kind(PAYMENTS, "/dashboard/balance", _("The payout is on its way"), _("{money} went to {method}.")),
    "PAYOUT_PAID": Kind(PAYMENTS, "/dashboard/balance", _("The payout is paid"), _("{money} arrived at {method}.")),
    "PAYOUT_REJECTED": Kind(
        PAYMENTS, "/dashboard/balance", _("The payout was rejected"), _("{money} is back in your wallet. Reason: {reason}")
    ),
    "PAYOUT_FAILED": Kind(
        PAYMENTS, "/dashboard/balance", _("The bank refused the payout"), _("{money} is back in your wallet. Reason: {reason}")
    ),
    "PAYOUT_RETURNED": Kind(
        PAYMENTS, "/dashboard/balance", _("The bank returned the payout"), _("{money} is back in your wallet. Reason: {reason}")
    ),
    "PAYOUT_CANCELED": Kind(PAYMENTS, "/backoffice/core/payout/", _("A payout was canceled by the creator"), _("{name}: {money}.")),
    "PAYOUT_EXPIRED": Kind(
        PAYMENTS,
        "/dashboard/balance",
        _("The payout was not carried out"),
        _("{money} is back in your wallet: we did not handle the payout in time. You can ask for it again."),
        to="CREATOR",
        when="a payout is neither decided nor sent in time",
        critical=True,
    ),
    "TOP_UP_EXPIRED": Kind(
        PAYMENTS,
        "/dashboard/balance",
        _("The invoice is no longer valid"),
        _("The transfer of {money} did not arrive. Ask for a new invoice to top up the wallet."),
        to="BRAND",
        when="the transfer of a top-up does not come in time",
        critical=True,
    ),
    "ADJUSTMENT_SECOND_APPROVAL": Kind(
        PAYMENTS,
        "/backoffice/core/adjustment/",
        _("An adjustment waits for the second signature"),
        _("{name}: {money}. Reason: {reason}"),
        to="FINANCE",
        when="an adjustment is drafted",
    ),
    "ADJUSTMENT_REJECTED": Kind(
        PAYMENTS,
        "/backoffice/core/adjustment/",
        _("The adjustment was rejected"),
        _("{name}: {money}. {why}"),
        to="FINANCE",
        when="an adjustment is rejected, or nobody signs it in time",
    ),
    "BALANCE_ADJUSTED": Kind(
        PAYMENTS,
        "/dashboard/balance",
        _("Your balance was adjusted"),
        _("{money}. Reason: {reason}"),
        to="OWNER",
        when="an adjustment is posted",
        critical=True,
    ),
}
