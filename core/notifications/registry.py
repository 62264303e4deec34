"""Every kind of notice: its category, text and link. The text is made when it is read, in the reader's language.

`href` and the texts take the facts by name. Some words are made of facts: `{money}` of `amount_cents` and `currency`, `{why}` of
a `reason` that may be empty, `{who}` of `canceled_by`. An action's recipients are named in the verb that notifies;
`docs/contract.md` lists them beside the events.
"""

import dataclasses
from string import Formatter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.base.money import money_text

DEALS, PAYMENTS, DISPUTES, SYSTEM = "DEALS", "PAYMENTS", "DISPUTES", "SYSTEM"

MADE_OF = {"money": ("amount_cents", "currency"), "why": ("reason",), "who": ("canceled_by",)}
CANCELED_BY = {"BRAND": _("Canceled by the brand."), "STAFF": _("Canceled by the marketplace's team.")}


@dataclasses.dataclass(frozen=True)
class Kind:
    """One type of notice."""

    category: str
    href: str
    title: str | Promise
    body: str | Promise

    def needs(self) -> set[str]:
        """The facts without which the notice would have a hole."""
        named = {name for text in (self.href, str(self.title), str(self.body)) for _before, name, *_rest in Formatter().parse(text) if name}
        return {fact for name in named for fact in MADE_OF.get(name, (name,))}


KINDS: dict[str, Kind] = {
    # People
    "CREATOR_VERIFICATION_PENDING": Kind(
        SYSTEM, "/backoffice/core/verification/", _("A creator asks for verification"), _("{name} is waiting for a check.")
    ),
    "CREATOR_VERIFIED": Kind(SYSTEM, "/dashboard/profile", _("Your account is verified"), _("Brands now see the badge in your profile.")),
    "CREATOR_VERIFICATION_REJECTED": Kind(SYSTEM, "/dashboard/profile", _("The verification was rejected"), _("Reason: {reason}")),
    "CREATOR_VERIFICATION_REVOKED": Kind(SYSTEM, "/dashboard/profile", _("The verification was revoked"), _("Reason: {reason}")),
    "PASSWORD_CHANGED": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("Your password was changed"),
        _("All other devices were signed out. If it was not you, reset the password."),
    ),
    # Jobs
    "JOB_PUBLISHED": Kind(SYSTEM, "/backoffice/core/job/", _("A job waits for moderation"), _("“{title}”")),
    "MODERATION_RESUBMITTED": Kind(SYSTEM, "/backoffice/core/job/", _("A changed job waits for moderation"), _("“{title}”")),
    "MODERATION_APPROVED": Kind(DEALS, "/jobs/{job_id}", _("The job is approved"), _("“{title}” is in the feed.")),
    "MODERATION_REJECTED": Kind(DEALS, "/dashboard/jobs/{job_id}/edit", _("The job was not approved"), _("“{title}”. Reason: {reason}")),
    "JOB_TERMS_CHANGED": Kind(
        DEALS, "/jobs/{job_id}", _("The terms of a job have changed"), _("“{title}”: look at the new terms; your application stands.")
    ),
    # Hiring
    "APPLICATION_CREATED": Kind(DEALS, "/dashboard/jobs/{job_id}/applications", _("A new application"), _("“{title}”: {name} applied.")),
    "APPLICATION_ACCEPTED": Kind(
        DEALS, "/dashboard/work/{job_id}", _("Your application is accepted"), _("“{title}”, {money}. Begin when the escrow is funded.")
    ),
    "APPLICATION_REJECTED": Kind(DEALS, "/dashboard/applications", _("Your application was not chosen"), _("“{title}”. {why}")),
    "APPLICATION_WITHDRAWN": Kind(
        DEALS, "/dashboard/jobs/{job_id}/applications", _("An application was withdrawn"), _("“{title}”: {name} withdrew the application.")
    ),
    # Deals
    "SUBMISSION_SUBMITTED": Kind(
        DEALS, "/dashboard/jobs/{job_id}/review", _("The work is delivered"), _("“{title}”, version {version}: watch it and decide.")
    ),
    "CHANGES_REQUESTED": Kind(DEALS, "/dashboard/work/{job_id}", _("The brand asks for changes"), _("“{title}”: {comment}")),
    "JOB_COMPLETED_BRAND": Kind(DEALS, "/dashboard/reviews", _("The deal is completed"), _("“{title}”: leave a review of the creator.")),
    "JOB_COMPLETED_CREATOR": Kind(DEALS, "/dashboard/work/{job_id}", _("The work is accepted"), _("“{title}”: {money} is in your wallet.")),
    "JOB_CANCELED_BRAND": Kind(DEALS, "/jobs/{job_id}", _("The job is canceled"), _("“{title}”. {who} {why}")),
    "JOB_CANCELED_CREATOR": Kind(DEALS, "/dashboard/work/{job_id}", _("The deal is canceled"), _("“{title}”. {who} {why}")),
    "JOB_CANCELED_APPLICANT": Kind(
        DEALS, "/dashboard/applications", _("The job you applied for is canceled"), _("“{title}”. Your application is closed.")
    ),
    # Money
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
}


# What a page shows of a kind that this version does not know: while versions change, one may read what the other wrote.
UNKNOWN = Kind(SYSTEM, "", _("A new event"), "")


class _Words(dict):
    """Words by name; one that is absent reads as nothing, so that an old row never breaks a page."""

    def __missing__(self, name: str) -> str:
        return ""


def render(type: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Title and body of a notice in the language now active."""
    kind = KINDS.get(type, UNKNOWN)
    words = _Words(facts)
    if "amount_cents" in facts:
        words["money"] = money_text(facts["amount_cents"], facts["currency"])
    if facts.get("reason"):
        words["why"] = str(_("Reason: {reason}")).format_map(facts)
    if facts.get("canceled_by"):
        words["who"] = str(CANCELED_BY[facts["canceled_by"]])
    return str(kind.title).format_map(words), str(kind.body).format_map(words).strip()
