"""How everything that has states comes to an end without anybody acting.

One line for each state that can be left, with what ends it. A test walks this table along the arrows of the models, and another
lets time pass for each of them.
"""

import dataclasses

from core.base.models import StatefulRow
from core.deals.models import CancellationProposal, Submission
from core.desk.rulings.models import Ruling
from core.disputes.models import Dispute, InformationRequest
from core.disputes.verdicts.models import Appeal, DisputeDecision, SettlementProposal
from core.hiring.models import Application, Invitation
from core.jobs.models import Job, JobRevision
from core.money.adjustments.models import Adjustment
from core.money.models import Escrow, Payout, TopUp
from core.people.models import Verification
from core.reports.models import Report


@dataclasses.dataclass(frozen=True)
class Clock:
    """One of these clocks runs, and its end leads along an arrow to this state."""

    to: str
    kinds: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Due:
    """The row itself says when, and the worker leads it to one of these states then."""

    to: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Owner:
    """The thing that it belongs to ends, and ends it."""

    model: type[StatefulRow]


@dataclasses.dataclass(frozen=True)
class Rest:
    """It is over, and nobody waits; somebody may take it up again."""

    why: str


@dataclasses.dataclass(frozen=True)
class Stands:
    """No clock can know how it ends."""

    why: str


Ending = Clock | Due | Owner | Rest | Stands


def clock(to: str, *kinds: str) -> Clock:
    """These clocks lead there."""
    return Clock(to, kinds)


ENDINGS: dict[type[StatefulRow], dict[str, Ending]] = {
    Job: {
        "DRAFT": clock("CANCELED", "PUBLISH_DRAFT"),
        "PUBLISHED": clock("CANCELED", "HIRE_CREATOR"),  # whatever its moderation says
        "PAUSED": clock("CANCELED", "HIRE_CREATOR"),
        "IN_PROGRESS": clock("CANCELED", "FUND_ESCROW", "DELIVER_WORK"),
        "IN_REVIEW": clock("COMPLETED", "REVIEW_WORK"),
    },
    JobRevision: {"PENDING": Owner(Job)},
    Application: {"PENDING": Owner(Job), "WITHDRAWN": Rest("The creator may offer again while the job is live.")},
    Invitation: {
        "SENT": clock("EXPIRED", "ANSWER_INVITATION"),
        "CANCELED": Rest("The brand may invite again."),
        "EXPIRED": Rest("The brand may invite again."),
    },
    Submission: {"SUBMITTED": Owner(Job)},
    Escrow: {"UNFUNDED": Owner(Job), "FUNDED": Owner(Job)},
    CancellationProposal: {"PENDING": clock("EXPIRED", "ANSWER_CANCELLATION")},
    Dispute: {"OPEN": clock("RESOLVED", "ANSWER_DISPUTE", "DECIDE_DISPUTE"), "UNDER_REVIEW": clock("RESOLVED", "DECIDE_DISPUTE")},
    InformationRequest: {"OPEN": clock("OVERDUE", "ANSWER_REQUEST"), "OVERDUE": Owner(Dispute)},
    SettlementProposal: {"PENDING": clock("EXPIRED", "ANSWER_SETTLEMENT")},
    DisputeDecision: {"PROPOSED": Owner(Dispute)},
    Appeal: {"OPEN": clock("UPHELD", "DECIDE_APPEAL")},
    Payout: {
        "PENDING": clock("CANCELED", "DECIDE_PAYOUT"),
        "APPROVED": clock("FAILED", "SEND_PAYOUT"),
        "SENT": Stands("The money is with the bank: only the bank's word ends it."),
        "PAID": Rest("The bank may return the money."),
    },
    TopUp: {"PENDING": clock("CANCELED", "RECEIVE_TOP_UP")},
    Adjustment: {"PENDING": clock("REJECTED", "DECIDE_ADJUSTMENT")},
    Report: {"OPEN": Stands("A moderator's work: no deal and no money waits for it.")},
    Verification: {
        "ISSUED": Rest("A code that runs out by itself, and can be had again."),
        "PENDING": Stands("A moderator's work: the creator works without the badge meanwhile."),
        "VERIFIED": Rest("It may be revoked."),
    },
    Ruling: {"HELD": Due(("CARRIED_OUT", "LAPSED"))},
}
