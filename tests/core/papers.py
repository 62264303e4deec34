"""The papers of the second marketplace: payouts and top-ups, their signatures and their money."""

from collections import Counter
from dataclasses import dataclass

from tests.core.ticking import Clocks

SECOND_PAYOUT = {"RUB": 5_000_000, "USD": 50_000}
SECOND_TOP_UP = {"RUB": 50_000_000, "USD": 500_000}
SMALLEST_PAYOUT = {"RUB": 1_000, "USD": 10}
BRANDS, CREATORS = ("brand", "other_brand"), ("creator", "other_creator")
FINANCE = ("finance", "colleague")
SIGNERS = (*FINANCE, "approver")
MODERATORS = ("moderator", "judge")
DECIDERS = (*MODERATORS, *FINANCE)
ACTORS = (*BRANDS, *CREATORS, *MODERATORS, *SIGNERS)


@dataclass(eq=False)
class Paper:
    """A payout or a top-up: money that waits for signatures."""

    owner: str
    currency: str
    cents: int
    needs_second: bool
    status: str = "PENDING"
    first: str | None = None
    second: str | None = None


class Papers:
    """Wallets, the bank, and what goes between them."""

    def __init__(self) -> None:
        self.wallets: Counter[tuple[str, str]] = Counter()
        self.bank: Counter[str] = Counter()
        self.clocks = Clocks()

    # Payouts

    def request_payout(self, papers: list[Paper], by: str, method_of: str, currency: str, cents: int) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if cents < SMALLEST_PAYOUT[currency]:
            return "PAYOUT_BELOW_MINIMUM"
        if any(paper.owner == by and paper.status == "PENDING" for paper in papers):
            return "PAYOUT_PENDING"
        if self.wallets[by, currency] < cents:
            return "INSUFFICIENT_FUNDS"
        if by != method_of:
            return "PAYOUT_METHOD_MISSING"
        self.wallets[by, currency] -= cents
        return "done"

    def keep_payout(self, payout: Paper) -> None:
        """A payout that nobody decides goes back."""
        self.clocks.start("DECIDE_PAYOUT", payout, lambda: self.settle(payout, "CANCELED", ("PENDING",)))

    def keep_top_up(self, top_up: Paper) -> None:
        """An invoice that nobody pays is closed; a transfer that one person has seen goes on waiting for the second."""
        self.clocks.start(
            "RECEIVE_TOP_UP", top_up, lambda: self.keep_top_up(top_up) if top_up.first else self.close_top_up(top_up, "CANCELED")
        )

    def cancel_payout(self, payout: Paper, by: str) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if by != payout.owner:
            return "NOT_FOUND"
        return self.settle(payout, "CANCELED", ("PENDING",))

    def approve_payout(self, payout: Paper, by: str) -> str:
        learned = self.sign(payout, by, "PAYOUT_WRONG_STATE", "APPROVED")
        if learned == "done" and payout.status == "APPROVED":
            self.clocks.stop(payout)
            self.clocks.start("SEND_PAYOUT", payout, lambda: self.settle(payout, "FAILED", ("APPROVED",)))
        return learned

    def decide_payout(self, payout: Paper, by: str, end: str) -> str:
        """Reject, send, pay, fail or return: what finance does next."""
        if by not in FINANCE:
            return "FORBIDDEN"
        start = {"REJECTED": ("PENDING",), "SENT": ("APPROVED",), "PAID": ("SENT",), "FAILED": ("APPROVED", "SENT"), "RETURNED": ("PAID",)}
        return self.settle(payout, end, start[end])

    def settle(self, payout: Paper, end: str, start: tuple[str, ...]) -> str:
        if payout.status not in start:
            return "PAYOUT_WRONG_STATE"
        self.clocks.stop(payout)
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
            self.clocks.stop(top_up)
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
        self.clocks.stop(top_up)
        top_up.status = end
        return "done"

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
