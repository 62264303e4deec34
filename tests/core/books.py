"""A second, much simpler marketplace: what every command should answer and leave behind, kept in dictionaries.

It is written from the rules, not from the code. Each method is one command: it returns what the caller should learn (`done`,
`again`, or the code of the refusal) and, when it is done, changes the books.
"""

from collections import Counter
from dataclasses import dataclass, field

SECOND_PAYOUT = {"RUB": 5_000_000, "USD": 50_000}
SECOND_TOP_UP = {"RUB": 50_000_000, "USD": 500_000}
SMALLEST_PAYOUT = {"RUB": 1_000, "USD": 10}
BRANDS, CREATORS = ("brand", "other_brand"), ("creator", "other_creator")
FINANCE = ("finance", "colleague")
SIGNERS = (*FINANCE, "approver")
DECIDERS = ("moderator", *FINANCE)
ACTORS = (*BRANDS, *CREATORS, "moderator", *SIGNERS)
CLOSED = {"RELEASED": "ESCROW_ALREADY_RELEASED", "REFUNDED": "ESCROW_REFUNDED", "VOIDED": "ESCROW_VOIDED"}


@dataclass
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

    @property
    def is_live(self) -> bool:
        return (self.status, self.moderation) == ("PUBLISHED", "APPROVED")

    @property
    def fee(self) -> int:
        """Half up, as the contract says."""
        return (self.cents * self.bps + 5_000) // 10_000


@dataclass
class Paper:
    """A payout or a top-up: money that waits for signatures."""

    owner: str
    currency: str
    cents: int
    needs_second: bool
    status: str = "PENDING"
    first: str | None = None
    second: str | None = None


class Books:
    """All states and all balances."""

    def __init__(self) -> None:
        self.wallets: Counter[tuple[str, str]] = Counter()
        self.bank: Counter[str] = Counter()
        self.income: Counter[str] = Counter()
        self.bps = 1_500
        self.brought = 0  # top-ups that a provider confirmed at once

    # Jobs and hiring

    def approve_job(self, deal: Deal, by: str) -> str:
        if by != "moderator":
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
        return "done"

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
        return "done"

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
        missing = max(0, deal.cents - self.wallets[wallet])
        if missing and not at_once:
            return "INSUFFICIENT_FUNDS"
        if missing:
            self.brought += 1
            self.come_in(wallet, missing)
        self.wallets[wallet] -= deal.cents
        deal.escrow = "FUNDED"
        return "done"

    def submit(self, deal: Deal, by: str) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if by != deal.creator:
            return "NOT_FOUND"
        if deal.status not in ("IN_PROGRESS", "IN_REVIEW"):
            return "WRONG_STATE"
        if deal.escrow != "FUNDED":
            return "ESCROW_UNFUNDED"
        deal.versions, deal.waiting, deal.status = deal.versions + 1, True, "IN_REVIEW"
        return "done"

    def request_changes(self, deal: Deal, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.status not in ("IN_PROGRESS", "IN_REVIEW"):
            return "WRONG_STATE"
        if not deal.waiting:
            return "NO_SUBMISSION"
        if not deal.rounds:
            return "REVISIONS_EXHAUSTED"
        deal.rounds, deal.waiting, deal.status = deal.rounds - 1, False, "IN_PROGRESS"
        return "done"

    def approve_work(self, deal: Deal, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.status == "COMPLETED":
            return "again"
        if deal.status not in ("IN_PROGRESS", "IN_REVIEW"):
            return "WRONG_STATE"
        if deal.escrow != "FUNDED":
            return "ESCROW_UNFUNDED"
        if not deal.waiting:
            return "NO_SUBMISSION"
        assert deal.creator
        self.wallets[deal.creator, deal.currency] += deal.cents - deal.fee
        self.income[deal.currency] += deal.fee
        deal.status, deal.escrow, deal.waiting = "COMPLETED", "RELEASED", False
        return "done"

    def cancel(self, deal: Deal, by: str) -> str:
        if by not in DECIDERS and by != deal.brand:
            return "NOT_FOUND"
        if deal.status == "CANCELED":
            return "again"
        if deal.status == "COMPLETED":
            return "CANNOT_CANCEL_COMPLETED"
        if by == deal.brand and deal.status == "IN_REVIEW":
            return "ONLY_ADMIN_CAN_CANCEL_ON_REVIEW"
        if by == deal.brand and deal.versions:
            return "ONLY_STAFF_CAN_CANCEL"
        if deal.escrow == "FUNDED":
            self.wallets[deal.brand, deal.currency] += deal.cents
        if deal.escrow:
            deal.escrow = "REFUNDED" if deal.escrow == "FUNDED" else "VOIDED"
        self.reject_waiting(deal)
        deal.status, deal.waiting = "CANCELED", False
        return "done"

    # Payouts

    def request_payout(self, papers: list[Paper], by: str, method_of: str, currency: str, cents: int) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if by != method_of:
            return "PAYOUT_METHOD_MISSING"
        if cents < SMALLEST_PAYOUT[currency]:
            return "PAYOUT_BELOW_MINIMUM"
        if any(paper.owner == by and paper.status == "PENDING" for paper in papers):
            return "PAYOUT_PENDING"
        if self.wallets[by, currency] < cents:
            return "INSUFFICIENT_FUNDS"
        self.wallets[by, currency] -= cents
        return "done"

    def cancel_payout(self, payout: Paper, by: str) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if by != payout.owner:
            return "NOT_FOUND"
        return self.settle(payout, "CANCELED", ("PENDING",))

    def approve_payout(self, payout: Paper, by: str) -> str:
        return self.sign(payout, by, "PAYOUT_WRONG_STATE", "APPROVED")

    def decide_payout(self, payout: Paper, by: str, end: str) -> str:
        """Reject, send, pay, fail or return: what finance does next."""
        if by not in FINANCE:
            return "FORBIDDEN"
        start = {"REJECTED": ("PENDING",), "SENT": ("APPROVED",), "PAID": ("SENT",), "FAILED": ("APPROVED", "SENT"), "RETURNED": ("PAID",)}
        return self.settle(payout, end, start[end])

    def settle(self, payout: Paper, end: str, start: tuple[str, ...]) -> str:
        if payout.status not in start:
            return "PAYOUT_WRONG_STATE"
        payout.status = end
        if end == "PAID":
            self.bank[payout.currency] -= payout.cents
        if end == "RETURNED":
            self.bank[payout.currency] += payout.cents
        if end not in ("SENT", "PAID"):
            self.wallets[payout.owner, payout.currency] += payout.cents
        return "done"

    # Top-ups

    def confirm_top_up(self, top_up: Paper, by: str) -> str:
        learned = self.sign(top_up, by, "TOPUP_WRONG_STATE", "CONFIRMED")
        if learned == "done" and top_up.status == "CONFIRMED":
            self.come_in((top_up.owner, top_up.currency), top_up.cents)
        return learned

    def reject_top_up(self, top_up: Paper, by: str) -> str:
        if by not in FINANCE:
            return "FORBIDDEN"
        return self.close_top_up(top_up, "REJECTED")

    def cancel_top_up(self, top_up: Paper, by: str) -> str:
        if by not in BRANDS:
            return "FORBIDDEN"
        if by != top_up.owner:
            return "NOT_FOUND"
        if top_up.status == "PENDING" and top_up.first:
            return "TOPUP_BEING_CONFIRMED"
        return self.close_top_up(top_up, "CANCELED")

    def close_top_up(self, top_up: Paper, end: str) -> str:
        if top_up.status != "PENDING":
            return "TOPUP_WRONG_STATE"
        top_up.status = end
        return "done"

    # What they share

    def sign(self, paper: Paper, by: str, wrong_state: str, end: str) -> str:
        if by not in SIGNERS:
            return "FORBIDDEN"
        if paper.status != "PENDING":
            return wrong_state
        if paper.first is None:
            if by not in FINANCE:
                return "FORBIDDEN"
            paper.first = by
            paper.status = paper.status if paper.needs_second else end
            return "done"
        if paper.first == by:
            return "SECOND_PERSON_REQUIRED"
        paper.second, paper.status = by, end
        return "done"

    def come_in(self, wallet: tuple[str, str], cents: int) -> None:
        self.wallets[wallet] += cents
        self.bank[wallet[1]] += cents

    def not_the_brand(self, deal: Deal, by: str) -> str | None:
        if by not in BRANDS:
            return "FORBIDDEN"
        return None if by == deal.brand else "NOT_FOUND"
