"""A second, much simpler marketplace: what every command should answer and leave behind, kept in dictionaries.

It is written from the rules, not from the code. Each method is one command: it returns what the caller should learn (`done`,
`again`, or the code of the refusal) and, when it is done, changes the books.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.core.papers import BRANDS, CREATORS, DECIDERS, MODERATORS, Papers
from tests.core.ticking import LENGTHS, TIME_TO_WORK

CLOSED = {
    "RELEASED": "ESCROW_ALREADY_RELEASED",
    "SPLIT": "ESCROW_ALREADY_RELEASED",
    "REFUNDED": "ESCROW_REFUNDED",
    "VOIDED": "ESCROW_VOIDED",
}


@dataclass(eq=False)
class Deal:
    """A job and everything that hangs on it."""

    brand: str
    currency: str
    bps: int = 0
    status: str = "PUBLISHED"
    moderation: str = "PENDING"
    offers: dict[str, str] = field(default_factory=dict)
    quotes: dict[str, int] = field(default_factory=dict)
    creator: str | None = None
    cents: int = 0
    escrow: str | None = None
    versions: int = 0
    waiting: bool = False
    rounds: int = 2
    due: int = 0  # the minute by which the work is due
    invited: dict[str, Any] = field(default_factory=dict)
    partings: list[Any] = field(default_factory=list)
    troubles: list[Any] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return (self.status, self.moderation) == ("PUBLISHED", "APPROVED")

    @property
    def is_disputed(self) -> bool:
        return any(trouble.is_open for trouble in self.troubles)

    @property
    def fee(self) -> int:
        return self.fee_of(self.cents)

    def fee_of(self, cents: int) -> int:
        """Half up, as the contract says."""
        return (cents * self.bps + 5_000) // 10_000


class Books(Papers):
    """All states and all balances."""

    def __init__(self) -> None:
        super().__init__()
        self.income: Counter[str] = Counter()
        self.bps = 1_500
        self.brought = 0  # top-ups that a provider confirmed at once
        self.adjusted: Counter[str] = Counter()  # what the platform gave to wallets by hand, less what it took

    # Jobs and hiring

    def approve_job(self, deal: Deal, by: str) -> str:
        if by not in MODERATORS:
            return "FORBIDDEN"
        if (deal.status, deal.moderation) != ("PUBLISHED", "PENDING"):
            return "STATUS_NOT_PENDING"
        deal.moderation = "APPROVED"
        return "done"

    def pause(self, deal: Deal, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.creator:
            return "HAS_CREATOR"
        if deal.status != "PUBLISHED":
            return "ONLY_PUBLISHED"
        deal.status = "PAUSED"
        return "done"

    def unpause(self, deal: Deal, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.creator:
            return "HAS_CREATOR"
        if deal.status != "PAUSED":
            return "ONLY_PAUSED"
        deal.status = "PUBLISHED"
        self.look_for_creator(deal)
        return "done"

    def look_for_creator(self, deal: Deal) -> None:
        """The job is open for so long, from now on."""
        self.turn(deal, "HIRE_CREATOR")

    def apply(self, deal: Deal, by: str, quote: int) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if not deal.is_live:
            return "NOT_FOUND"
        if deal.offers.get(by, "WITHDRAWN") != "WITHDRAWN":
            return "ALREADY_APPLIED"
        deal.offers[by], deal.quotes[by] = "PENDING", quote
        return "done"

    def withdraw(self, deal: Deal, of: str, by: str) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if by != of:
            return "NOT_FOUND"
        if deal.offers[of] != "PENDING":
            return "APPLICATION_NOT_PENDING"
        deal.offers[of] = "WITHDRAWN"
        return "done"

    def accept(self, deal: Deal, of: str, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.creator:
            return "JOB_ALREADY_TAKEN"
        if not deal.is_live:
            return "JOB_NOT_AVAILABLE"
        if deal.offers[of] != "PENDING":
            return "APPLICATION_NOT_PENDING"
        self.reject_waiting(deal)
        deal.offers[of] = "ACCEPTED"
        deal.creator, deal.cents, deal.bps = of, deal.quotes[of] * 100, self.bps
        deal.status, deal.escrow = "IN_PROGRESS", "UNFUNDED"
        deal.due = self.clocks.now + TIME_TO_WORK
        self.void_invitations(deal)
        self.turn(deal, "FUND_ESCROW")
        return "done"

    def turn(self, deal: Deal, kind: str, *, due: int | None = None) -> None:
        """This clock of the deal runs, and none of its others."""
        ends = {
            "HIRE_CREATOR": lambda: self.call_off(deal),
            "FUND_ESCROW": lambda: self.call_off(deal),
            "DELIVER_WORK": lambda: self.call_off(deal),
            "REVIEW_WORK": lambda: self.complete(deal),
        }
        self.clocks.stop(deal)
        self.clocks.start(kind, deal, ends[kind], due=due, deal=deal, stands=kind != "HIRE_CREATOR")

    def void_invitations(self, deal: Deal) -> None:
        for invitation in deal.invited.values():
            if invitation.status == "SENT":
                invitation.status = "EXPIRED"
                self.clocks.stop(invitation)

    def reject_waiting(self, deal: Deal) -> None:
        deal.offers = {creator: "REJECTED" if state == "PENDING" else state for creator, state in deal.offers.items()}

    # The deal

    def fund(self, deal: Deal, by: str, *, at_once: bool) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.escrow is None:
            return "ESCROW_MISSING"
        if deal.escrow == "FUNDED":
            return "again"
        if deal.escrow in CLOSED:
            return CLOSED[deal.escrow]
        wallet = deal.brand, deal.currency
        if deal.status not in ("IN_PROGRESS", "IN_REVIEW"):
            return "JOB_NOT_IN_PROGRESS"
        if deal.is_disputed:
            return "DISPUTE_OPEN"
        missing = max(0, deal.cents - self.wallets[wallet])
        if missing and not at_once:
            return "INSUFFICIENT_FUNDS"
        if missing:
            self.brought += 1
            self.come_in(wallet, missing)
        self.wallets[wallet] -= deal.cents
        deal.escrow = "FUNDED"
        self.turn(deal, "DELIVER_WORK", due=max(deal.due, self.clocks.now) + LENGTHS["DELIVER_WORK"])
        return "done"

    def submit(self, deal: Deal, by: str) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if by != deal.creator:
            return "NOT_FOUND"
        if refused := self.not_in_work(deal):
            return refused
        if deal.escrow != "FUNDED":
            return "ESCROW_UNFUNDED"
        deal.versions, deal.waiting, deal.status = deal.versions + 1, True, "IN_REVIEW"
        self.turn(deal, "REVIEW_WORK")
        return "done"

    def request_changes(self, deal: Deal, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if refused := self.not_in_work(deal):
            return refused
        if not deal.waiting:
            return "NO_SUBMISSION"
        if not deal.rounds:
            return "REVISIONS_EXHAUSTED"
        deal.rounds, deal.waiting, deal.status = deal.rounds - 1, False, "IN_PROGRESS"
        deal.due = max(deal.due, self.clocks.now + LENGTHS["DELIVER_WORK"])
        self.turn(deal, "DELIVER_WORK", due=deal.due + LENGTHS["DELIVER_WORK"])
        return "done"

    def approve_work(self, deal: Deal, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.status == "COMPLETED":
            return "again"
        if refused := self.not_in_work(deal):
            return refused
        if deal.escrow != "FUNDED":
            return "ESCROW_UNFUNDED"
        if not deal.waiting:
            return "NO_SUBMISSION"
        self.complete(deal)
        return "done"

    def complete(self, deal: Deal, share: int | None = None) -> None:
        """The creator is paid, wholly or this share; the brand has the rest."""
        self.pay(deal, deal.cents if share is None else share)
        deal.escrow = "RELEASED" if share is None else "SPLIT"
        deal.status, deal.waiting = "COMPLETED", False
        self.close_partings(deal)
        self.clocks.stop(deal)

    def pay(self, deal: Deal, share: int) -> None:
        assert deal.creator
        self.wallets[deal.creator, deal.currency] += share - deal.fee_of(share)
        self.income[deal.currency] += deal.fee_of(share)
        self.wallets[deal.brand, deal.currency] += deal.cents - share

    def call_off(self, deal: Deal, share: int = 0) -> None:
        """The deal is over before its end: what the creator does not have goes back to the brand."""
        if deal.escrow == "FUNDED":
            self.pay(deal, share)
            deal.escrow = "SPLIT" if share else "REFUNDED"
        elif deal.escrow:
            deal.escrow = "VOIDED"
        self.reject_waiting(deal)
        self.void_invitations(deal)
        self.close_partings(deal)
        deal.status, deal.waiting = "CANCELED", False
        self.clocks.stop_all_of(deal)

    def close_partings(self, deal: Deal) -> None:
        for parting in deal.partings:
            if parting.status == "PENDING":
                parting.status = "EXPIRED"
                self.clocks.stop(parting)

    def not_in_work(self, deal: Deal) -> str | None:
        if deal.status not in ("IN_PROGRESS", "IN_REVIEW"):
            return "WRONG_STATE"
        return "DISPUTE_OPEN" if deal.is_disputed else None

    def cancel(self, deal: Deal, by: str) -> str:
        if by not in DECIDERS and by != deal.brand:
            return "NOT_FOUND"
        if deal.status == "CANCELED":
            return "again"
        if deal.status == "COMPLETED":
            return "CANNOT_CANCEL_COMPLETED"
        if deal.is_disputed:
            return "DISPUTE_OPEN"
        if by == deal.brand and deal.status == "IN_REVIEW":
            return "ONLY_ADMIN_CAN_CANCEL_ON_REVIEW"
        if by == deal.brand and deal.versions:
            return "ONLY_STAFF_CAN_CANCEL"
        self.call_off(deal)
        return "done"

    # What they share

    def not_the_brand(self, deal: Deal, by: str) -> str | None:
        if by not in BRANDS:
            return "FORBIDDEN"
        return None if by == deal.brand else "NOT_FOUND"
