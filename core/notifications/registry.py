"""Every kind of notice: its category, text and link. The text is made when it is read, in the reader's language.

`href` and the texts take the facts by name; `{money}` is made of `amount_cents` and `currency`. An action's recipients are
named in the verb that notifies; `docs/contract.md` lists them beside the events.
"""

import dataclasses
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.base.money import money_text

DEALS, PAYMENTS, DISPUTES, SYSTEM = "DEALS", "PAYMENTS", "DISPUTES", "SYSTEM"


@dataclasses.dataclass(frozen=True)
class Kind:
    """One type of notice."""

    category: str
    href: str
    title: str | Promise
    body: str | Promise


KINDS: dict[str, Kind] = {
    # People
    "CREATOR_VERIFICATION_PENDING": Kind(
        SYSTEM, "/backoffice/core/verification/", _("A creator asks for verification"), _("{name} is waiting for a check.")
    ),
    "CREATOR_VERIFIED": Kind(SYSTEM, "/dashboard/profile", _("Your account is verified"), _("Brands now see the badge in your profile.")),
    "CREATOR_VERIFICATION_REJECTED": Kind(
        SYSTEM, "/dashboard/profile", _("The verification was rejected"), _("Reason: {reason}")
    ),
    "CREATOR_VERIFICATION_REVOKED": Kind(SYSTEM, "/dashboard/profile", _("The verification was revoked"), _("Reason: {reason}")),
    "PASSWORD_CHANGED": Kind(
        SYSTEM, "/dashboard/profile", _("Your password was changed"), _("All other devices were signed out. If it was not you, reset the password.")
    ),
    # Jobs
    "JOB_PUBLISHED": Kind(SYSTEM, "/backoffice/core/job/", _("A job waits for moderation"), _("“{title}”")),
    "MODERATION_RESUBMITTED": Kind(SYSTEM, "/backoffice/core/job/", _("A changed job waits for moderation"), _("“{title}”")),
    "MODERATION_APPROVED": Kind(DEALS, "/jobs/{job_id}", _("The job is approved"), _("“{title}” is in the feed.")),
    "MODERATION_REJECTED": Kind(
        DEALS, "/dashboard/jobs/{job_id}/edit", _("The job was not approved"), _("“{title}”. Reason: {reason}")
    ),
    "JOB_TERMS_CHANGED": Kind(
        DEALS, "/jobs/{job_id}", _("The terms of a job have changed"), _("“{title}”: look at the new terms; your application stands.")
    ),
    # Hiring
    "APPLICATION_CREATED": Kind(DEALS, "/dashboard/jobs/{job_id}/applications", _("A new application"), _("“{title}”: {name} applied.")),
    "APPLICATION_ACCEPTED": Kind(
        DEALS, "/dashboard/work/{job_id}", _("Your application is accepted"), _("“{title}”, {money}. Begin when the escrow is funded.")
    ),
    "APPLICATION_REJECTED": Kind(DEALS, "/dashboard/applications", _("Your application was not chosen"), _("“{title}”. {reason}")),
    "APPLICATION_WITHDRAWN": Kind(
        DEALS, "/dashboard/jobs/{job_id}/applications", _("An application was withdrawn"), _("“{title}”: {name} withdrew the application.")
    ),
    # Deals
    "SUBMISSION_SUBMITTED": Kind(
        DEALS, "/dashboard/jobs/{job_id}/review", _("The work is delivered"), _("“{title}”, version {version}: watch it and decide.")
    ),
    "CHANGES_REQUESTED": Kind(DEALS, "/dashboard/work/{job_id}", _("The brand asks for changes"), _("“{title}”: {comment}")),
    "JOB_COMPLETED_BRAND": Kind(DEALS, "/dashboard/reviews", _("The deal is completed"), _("“{title}”: leave a review of the creator.")),
    "JOB_COMPLETED_CREATOR": Kind(
        DEALS, "/dashboard/work/{job_id}", _("The work is accepted"), _("“{title}”: {money} is in your wallet.")
    ),
    "JOB_CANCELED": Kind(DEALS, "/jobs/{job_id}", _("The job is canceled"), _("“{title}”. {reason}")),
    # Money
    "ESCROW_FUNDED": Kind(PAYMENTS, "/dashboard/work/{job_id}", _("The escrow is funded"), _("“{title}”: {money} is reserved for you.")),
    "ESCROW_RELEASED": Kind(PAYMENTS, "/dashboard/balance", _("Money has arrived"), _("“{title}”: {money} after commission.")),
    "ESCROW_REFUNDED": Kind(PAYMENTS, "/dashboard/balance", _("The escrow is returned"), _("“{title}”: {money} is back in your wallet.")),
    "TOP_UP_REQUESTED": Kind(PAYMENTS, "/backoffice/core/topup/", _("A top-up waits for confirmation"), _("{name}: {money}.")),
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
}


class _Facts(dict):
    """Facts by name; one that is absent reads as nothing, so that an old row never breaks a page."""

    def __missing__(self, name: str) -> str:
        return ""


def render(type: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Title and body of a notice in the language now active."""
    kind = KINDS[type]
    words = _Facts(facts)
    if "amount_cents" in facts:
        words["money"] = money_text(facts["amount_cents"], facts["currency"])
    return str(kind.title).format_map(words), str(kind.body).format_map(words).strip()
