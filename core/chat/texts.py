"""What a conversation says when the deal changes, by type. Made when it is read, in the reader's language."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.base.money import money_text

TEXTS: dict[str, str | Promise] = {
    "DEAL_STARTED": _("The creator is chosen. The price is {money}. Work starts when the escrow is funded."),
    "INVITATION_ACCEPTED": _("The creator accepted the invitation."),
    "ESCROW_FUNDED": _("The escrow is funded: {money} is reserved for the creator."),
    "WORK_SUBMITTED": _("Version {version} is delivered."),
    "CHANGES_REQUESTED": _("The brand asked for changes to version {version}."),
    "WORK_APPROVED": _("The work is accepted. {money} is in the creator's wallet."),
    "WORK_APPROVED_BY_TIMER": _("The time for review ran out, so the work counts as accepted. {money} is in the creator's wallet."),
    "CANCELLATION_PROPOSED": _("A cancellation is proposed. The creator would get {money}."),
    "CANCELLATION_DECLINED": _("The proposed cancellation was declined. The deal goes on."),
    "CANCELLATION_WITHDRAWN": _("The proposed cancellation was withdrawn. The deal goes on."),
    "CANCELLATION_EXPIRED": _("Nobody answered the proposed cancellation. The deal goes on."),
    "JOB_CANCELED": _("The deal is canceled."),
    "CREATOR_RESIGNED": _("The creator gave the deal up."),
    "DISPUTE_OPENED": _("A dispute is open. The deal stands still until it is decided."),
    "DISPUTE_WITHDRAWN": _("The dispute was withdrawn. The deal goes on."),
    "DISPUTE_RESOLVED": _("The dispute is decided."),
}


def text(type: str, facts: dict[str, Any]) -> str:
    """The message in the language now active; an unknown type of a newer version reads as nothing."""
    words = dict(facts)
    if "amount_cents" in facts:
        words["money"] = money_text(facts["amount_cents"], facts["currency"])
    return str(TEXTS.get(type, "")).format_map(words)
