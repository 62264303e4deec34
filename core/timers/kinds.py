"""Every clock of the marketplace: how long it runs, who has to act, and what happens when nobody does.

The lengths are settings of staff (`core.rules.limits`, in hours); a clock that is running keeps the length it began with.
"""

import dataclasses
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.rules.limits import TIMERS, limit

BRAND, CREATOR, STAFF, OTHER_PARTY, EVERYBODY = "BRAND", "CREATOR", "STAFF", "OTHER_PARTY", "EVERYBODY"


@dataclasses.dataclass(frozen=True)
class TimerKind:
    """One kind of clock. `waits_for` has to act; otherwise `on_expiry` happens, which `consequence` says in words.

    `stops_in_dispute`: an open dispute about the job pauses it. `remind_before`: how long before the end whoever has to act is
    reminded, None for never.
    """

    waits_for: str
    on_expiry: str
    consequence: str | Promise
    stops_in_dispute: bool = False
    remind_before: timedelta | None = None

    @property
    def moves_nothing(self) -> bool:
        """Whether its end leaves states as they are."""
        return not self.on_expiry


DAY = timedelta(days=1)

KINDS: dict[str, TimerKind] = {
    "PUBLISH_DRAFT": TimerKind(BRAND, "CANCEL_JOB", _("The draft is closed.")),
    "HIRE_CREATOR": TimerKind(BRAND, "CANCEL_JOB", _("The job is closed, and everybody who waits has a no."), remind_before=2 * DAY),
    "ANSWER_INVITATION": TimerKind(CREATOR, "EXPIRE_INVITATION", _("The invitation expires."), remind_before=DAY),
    "FUND_ESCROW": TimerKind(
        BRAND, "CANCEL_JOB", _("The deal is canceled; nobody owes anything."), stops_in_dispute=True, remind_before=DAY
    ),
    "DELIVER_WORK": TimerKind(
        CREATOR, "CANCEL_JOB", _("The deal is canceled, and the money goes back to the brand."), stops_in_dispute=True, remind_before=DAY
    ),
    "REVIEW_WORK": TimerKind(
        BRAND, "APPROVE_WORK", _("The work counts as accepted, and the creator is paid."), stops_in_dispute=True, remind_before=DAY
    ),
    "ANSWER_CANCELLATION": TimerKind(
        OTHER_PARTY, "EXPIRE_CANCELLATION", _("The proposal expires, and the deal goes on."), stops_in_dispute=True, remind_before=DAY
    ),
    "WRITE_REVIEWS": TimerKind(
        EVERYBODY, "PUBLISH_REVIEWS", _("What was written is shown; no more reviews are taken."), remind_before=2 * DAY
    ),
    "ANSWER_DISPUTE": TimerKind(OTHER_PARTY, "DECIDE_FOR_OPENER", _("The dispute is decided as its opener asks."), remind_before=DAY),
    "DECIDE_DISPUTE": TimerKind(
        STAFF, "LAPSE_DISPUTE", _("The dispute is closed without a decision, and the deal goes on."), remind_before=2 * DAY
    ),
    "ANSWER_REQUEST": TimerKind(OTHER_PARTY, "LAPSE_REQUEST", _("The dispute is decided without this answer."), remind_before=DAY),
    "ANSWER_SETTLEMENT": TimerKind(OTHER_PARTY, "EXPIRE_SETTLEMENT", _("The proposal expires."), remind_before=DAY),
    "DECIDE_APPEAL": TimerKind(STAFF, "UPHOLD_DECISION", _("The decision stands."), remind_before=2 * DAY),
    "DECIDE_PAYOUT": TimerKind(
        STAFF, "CANCEL_PAYOUT", _("The payout is canceled, and the money is back in the wallet."), remind_before=2 * DAY
    ),
    "SEND_PAYOUT": TimerKind(
        STAFF, "FAIL_PAYOUT", _("The payout is called off, and the money is back in the wallet."), remind_before=2 * DAY
    ),
    "RECEIVE_TOP_UP": TimerKind(BRAND, "CANCEL_TOP_UP", _("The invoice is no longer valid.")),
    "DECIDE_ADJUSTMENT": TimerKind(STAFF, "REJECT_ADJUSTMENT", _("The adjustment is dropped."), remind_before=DAY),
}


def length(kind: str) -> timedelta:
    """How long a clock of this kind runs that starts now."""
    return timedelta(hours=limit(TIMERS[kind], ""))
