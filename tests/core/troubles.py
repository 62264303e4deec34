"""Disputes, decisions, appeals and corrections in the second marketplace. Written from the rules, not from the code."""

from dataclasses import dataclass, field
from functools import partial

from tests.core.agreements import Agreements
from tests.core.books import Deal
from tests.core.papers import BRANDS, CREATORS, MODERATORS, SIGNERS
from tests.core.ticking import APPEAL_WITHIN, DAY

READERS = (*MODERATORS, *SIGNERS)
CONFIRMERS = (*MODERATORS, "approver")
SECOND_JUDGE = {"RUB": 10_000_000, "USD": 100_000}
PER_DAY = {"RUB": 20_000_000, "USD": 200_000}


@dataclass(eq=False)
class Offer:
    """One proposal to settle: who proposed it, and who agrees."""

    role: str
    share: int
    agreed: set[str]
    status: str = "PENDING"


@dataclass(eq=False)
class Trouble:
    """One dispute."""

    deal: Deal
    opener: str
    silence: str
    frozen: int
    opened: int = 0
    status: str = "OPEN"
    waiting: tuple[str, str, int | None] | None = None  # who proposes which decision
    offers: list[Offer] = field(default_factory=list)
    outcome: tuple[str, int | None] | None = None
    through: str = ""
    signed: tuple[str, ...] = ()
    resolved: int = 0
    appeal: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status == "OPEN"

    @property
    def parties(self) -> tuple[str, ...]:
        assert self.deal.creator
        return self.deal.brand, self.deal.creator

    def role(self, name: str) -> str:
        return {self.deal.brand: "BRAND", self.deal.creator: "CREATOR"}.get(name, "STAFF")


@dataclass(eq=False)
class Draft:
    """One correction of a wallet that waits for a second signature; it gives when positive."""

    person: str
    currency: str
    cents: int
    by: str
    at: int
    status: str = "PENDING"
    signed_by: str = ""
    signed_at: int = 0


class Troubles(Agreements):
    """What two people do not agree on."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: list[Draft] = []

    def open_dispute(self, deal: Deal, by: str) -> str:
        if by not in (*BRANDS, *CREATORS):
            return "FORBIDDEN"
        if by not in (deal.brand, deal.creator):
            return "NOT_FOUND"
        if deal.status in ("COMPLETED", "CANCELED"):
            return "JOB_ALREADY_FINISHED"
        if deal.creator is None:
            return "NO_ACTIVE_CREATOR"
        if deal.is_disputed:
            return "again" if deal.troubles[-1].opener == by else "DISPUTE_OPEN"
        funded = deal.escrow == "FUNDED"
        paid_for = "RELEASE" if funded and deal.versions else "NO_ACTION"
        trouble = Trouble(deal, by, "REFUND" if by == deal.brand else paid_for, deal.cents if funded else 0, self.clocks.now)
        deal.troubles.append(trouble)
        self.clocks.pause(deal)
        for kind, resolution, through in (("ANSWER_DISPUTE", trouble.silence, "SILENCE"), ("DECIDE_DISPUTE", "NO_ACTION", "LAPSE")):
            self.clocks.start(kind, trouble, partial(self.carry_out, trouble, resolution, None, through), deal=deal)
        return "done"

    def answer_dispute(self, trouble: Trouble, by: str) -> str:
        """The first word of the one who was accused stops one clock."""
        if by not in (*trouble.parties, *READERS):
            return "NOT_FOUND"
        if by not in (*trouble.parties, *MODERATORS):
            return "FORBIDDEN"
        if not trouble.is_open:
            return "STATUS_NOT_OPEN"
        if by in trouble.parties and by != trouble.opener:
            self.clocks.stop(trouble, "ANSWER_DISPUTE")
        return "done"

    def withdraw_dispute(self, trouble: Trouble, by: str) -> str:
        if by not in (*trouble.parties, *READERS):
            return "NOT_FOUND"
        if by != trouble.opener:
            return "FORBIDDEN"
        if not trouble.is_open:
            return "STATUS_NOT_OPEN"
        self.close(trouble, "WITHDRAWN")
        self.go_on(trouble)
        return "done"

    def go_on(self, trouble: Trouble) -> None:
        """The deal has all the time that it had left, also until the work is due."""
        trouble.deal.due += self.clocks.now - trouble.opened
        self.clocks.resume(trouble.deal)

    def close(self, trouble: Trouble, status: str) -> None:
        trouble.status, trouble.waiting = status, None
        self.clocks.stop(trouble)
        for offer in trouble.offers:
            if offer.status == "PENDING":
                offer.status = "EXPIRED"
                self.clocks.stop(offer)

    # Decisions

    def resolve(self, trouble: Trouble, by: str, resolution: str, share: int | None) -> str:
        if by not in MODERATORS:
            return "FORBIDDEN"
        terms = resolution, share
        if trouble.outcome:
            return "again" if terms == trouble.outcome else "DISPUTE_ALREADY_RESOLVED"
        if not trouble.is_open:
            return "STATUS_NOT_OPEN"
        if trouble.waiting:
            return "done" if trouble.waiting == (by, *terms) else "DECISION_WAITING"
        if resolution in ("RELEASE", "SPLIT") and not trouble.frozen:
            return "ESCROW_UNFUNDED"
        if resolution == "SPLIT" and not 1 <= (share or 0) < trouble.deal.cents:
            return "VALIDATION_ERROR"
        if resolution != "NO_ACTION" and trouble.frozen > SECOND_JUDGE[trouble.deal.currency]:
            trouble.waiting = by, resolution, share
            return "done"
        self.carry_out(trouble, resolution, share, "STAFF", by)
        return "done"

    def confirm(self, trouble: Trouble, by: str) -> str:
        if by not in (*trouble.parties, *READERS):
            return "NOT_FOUND"
        if trouble.signed[1:] == (by,):
            return "again"
        if refused := self.not_the_second(trouble, by):
            return refused
        assert trouble.waiting
        first, resolution, share = trouble.waiting
        self.carry_out(trouble, resolution, share, "STAFF", first, by)
        return "done"

    def send_back(self, trouble: Trouble, by: str) -> str:
        if by not in (*trouble.parties, *READERS):
            return "NOT_FOUND"
        if refused := self.not_the_second(trouble, by):
            return refused
        trouble.waiting = None
        return "done"

    def not_the_second(self, trouble: Trouble, by: str) -> str | None:
        if by not in CONFIRMERS:
            return "FORBIDDEN"
        if not trouble.is_open:
            return "STATUS_NOT_OPEN"
        if trouble.waiting is None:
            return "NO_DECISION_WAITING"
        return "SECOND_PERSON_REQUIRED" if trouble.waiting[0] == by else None

    def carry_out(self, trouble: Trouble, resolution: str, share: int | None, through: str, *signed: str) -> None:
        deal = trouble.deal
        self.close(trouble, "RESOLVED")
        trouble.outcome, trouble.through, trouble.signed, trouble.resolved = (resolution, share), through, signed, self.clocks.now
        if resolution == "NO_ACTION":
            self.go_on(trouble)
        elif resolution == "REFUND":
            self.call_off(deal)
        elif resolution == "RELEASE" or deal.versions:
            self.complete(deal, share)
        else:
            self.call_off(deal, share or 0)

    # Settlements

    def offer(self, trouble: Trouble, by: str, share: int) -> str:
        if by not in (*trouble.parties, *READERS):
            return "NOT_FOUND"
        if by not in (*trouble.parties, *MODERATORS):
            return "FORBIDDEN"
        if not trouble.is_open:
            return "STATUS_NOT_OPEN"
        if share > trouble.deal.cents:
            return "VALIDATION_ERROR"
        if share and not trouble.frozen:
            return "ESCROW_UNFUNDED"
        role = trouble.role(by)
        if any(offer.role == role and offer.status == "PENDING" for offer in trouble.offers):
            return "SETTLEMENT_WAITING"
        offer = Offer(role, share, {role} - {"STAFF"})
        trouble.offers.append(offer)
        self.clocks.start("ANSWER_SETTLEMENT", offer, lambda: self.close_offer(offer, "EXPIRED"), deal=trouble.deal)
        return "done"

    def answer_offer(self, trouble: Trouble, offer: Offer, by: str, *, agrees: bool) -> str:
        if by not in (*trouble.parties, *READERS):
            return "NOT_FOUND"
        if by not in trouble.parties or (not agrees and trouble.role(by) == offer.role):
            return "FORBIDDEN"
        role = trouble.role(by)
        if agrees and role in offer.agreed and offer.status in ("PENDING", "ACCEPTED"):
            return "done"
        if not trouble.is_open:
            return "STATUS_NOT_OPEN"
        if offer.status != "PENDING":
            return "SETTLEMENT_NOT_PENDING"
        if not agrees:
            self.close_offer(offer, "DECLINED")
            return "done"
        offer.agreed.add(role)
        if len(offer.agreed) == 2:
            self.close_offer(offer, "ACCEPTED")
            self.settle_trouble(trouble, offer.share)
        return "done"

    def close_offer(self, offer: Offer, status: str) -> None:
        offer.status = status
        self.clocks.stop(offer)

    def settle_trouble(self, trouble: Trouble, share: int) -> None:
        whole = trouble.deal.cents
        resolution = "REFUND" if not share else "RELEASE" if share == whole else "SPLIT"
        self.carry_out(trouble, resolution, share if resolution == "SPLIT" else None, "SETTLEMENT")

    # Appeals and corrections

    def appeal(self, trouble: Trouble, by: str) -> str:
        if by not in (*trouble.parties, *READERS):
            return "NOT_FOUND"
        if by not in trouble.parties:
            return "FORBIDDEN"
        if trouble.through not in ("STAFF", "SILENCE") or not trouble.frozen or trouble.outcome == ("NO_ACTION", None):
            return "NOT_APPEALABLE"
        if trouble.appeal:
            return "APPEAL_EXISTS"
        if self.clocks.now > trouble.resolved + APPEAL_WITHIN:
            return "APPEAL_TOO_LATE"
        trouble.appeal = "OPEN"
        self.clocks.start("DECIDE_APPEAL", trouble, lambda: self.judge(trouble, "UPHELD"), deal=trouble.deal)
        return "done"

    def judge(self, trouble: Trouble, outcome: str) -> None:
        trouble.appeal = outcome
        self.clocks.stop(trouble)

    def decide_appeal(self, trouble: Trouble, by: str, share: int | None) -> str:
        if by not in MODERATORS:
            return "FORBIDDEN"
        if trouble.appeal is None:
            return "NO_APPEAL"
        if trouble.appeal != "OPEN":
            return "APPEAL_DECIDED"
        if by in trouble.signed:
            return "OWN_DECISION"
        if share is None:
            self.judge(trouble, "UPHELD")
            return "done"
        deal, had = trouble.deal, self.share_of(trouble)
        if share == had or share > deal.cents:
            return "VALIDATION_ERROR"
        assert deal.creator
        net = (share - deal.fee_of(share)) - (had - deal.fee_of(had))
        changes = [(deal.brand, had - share), (deal.creator, net)]
        drafts = [Draft(person, deal.currency, cents, by, self.clocks.now) for person, cents in changes if cents]
        if self.drafted(by, deal.currency) + sum(abs(draft.cents) for draft in drafts) > PER_DAY[deal.currency]:
            return "ADJUSTMENT_LIMIT"
        self.judge(trouble, "OVERTURNED")
        for draft in drafts:
            self.drafts.append(draft)
            self.clocks.start("DECIDE_ADJUSTMENT", draft, partial(self.drop, draft), deal=deal)
        return "done"

    def share_of(self, trouble: Trouble) -> int:
        assert trouble.outcome
        resolution, share = trouble.outcome
        return trouble.deal.cents if resolution == "RELEASE" else share or 0

    def drafted(self, by: str, currency: str) -> int:
        """What this person drafted within a day."""
        mine = [draft for draft in self.drafts if (draft.by, draft.currency) == (by, currency) and draft.status != "REJECTED"]
        return sum(abs(draft.cents) for draft in mine if draft.at > self.clocks.now - DAY)

    def approve_draft(self, draft: Draft, by: str) -> str:
        if by not in SIGNERS:
            return "FORBIDDEN"
        if draft.status != "PENDING":
            return "ADJUSTMENT_WRONG_STATE"
        signed = [each for each in self.drafts if (each.signed_by, each.currency, each.status) == (by, draft.currency, "POSTED")]
        today = sum(abs(each.cents) for each in signed if each.signed_at > self.clocks.now - DAY)
        if today + abs(draft.cents) > PER_DAY[draft.currency]:
            return "ADJUSTMENT_LIMIT"
        if self.wallets[draft.person, draft.currency] + draft.cents < 0:
            return "INSUFFICIENT_FUNDS"
        self.wallets[draft.person, draft.currency] += draft.cents
        self.adjusted[draft.currency] += draft.cents
        draft.status, draft.signed_by, draft.signed_at = "POSTED", by, self.clocks.now
        self.clocks.stop(draft)
        return "done"

    def reject_draft(self, draft: Draft, by: str) -> str:
        if by not in SIGNERS:
            return "FORBIDDEN"
        if draft.status != "PENDING":
            return "ADJUSTMENT_WRONG_STATE"
        self.drop(draft)
        return "done"

    def drop(self, draft: Draft) -> None:
        draft.status = "REJECTED"
        self.clocks.stop(draft)
