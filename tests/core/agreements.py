"""Invitations, parting by agreement and giving up, in the second marketplace. Written from the rules, not from the code."""

from dataclasses import dataclass
from functools import partial

from tests.core.books import Books, Deal
from tests.core.papers import CREATORS
from tests.core.ticking import INVITE_AGAIN_AFTER

BUDGET = 200_000  # whole units: what an application without a price asks


@dataclass(eq=False)
class Invited:
    """One invitation of one creator."""

    sent: int
    status: str = "SENT"


@dataclass(eq=False)
class Parting:
    """One proposal to cancel."""

    by: str
    other: str
    share: int
    status: str = "PENDING"


class Agreements(Books):
    """What two people agree on."""

    # Invitations

    def invite(self, deal: Deal, creator: str, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        if deal.creator:
            return "JOB_ALREADY_TAKEN"
        if not deal.is_live:
            return "INVITE_ONLY_FOR_PUBLISHED"
        if deal.offers.get(creator, "WITHDRAWN") != "WITHDRAWN":
            return "ALREADY_APPLIED"
        invitation = deal.invited.get(creator)
        if invitation and invitation.status in ("ACCEPTED", "DECLINED"):
            return "INVITATION_ANSWERED"
        if invitation and self.clocks.now < invitation.sent + INVITE_AGAIN_AFTER:
            return "INVITED_TOO_RECENTLY"
        if invitation is None:
            invitation = deal.invited[creator] = Invited(self.clocks.now)
        invitation.sent, invitation.status = self.clocks.now, "SENT"
        self.clocks.start("ANSWER_INVITATION", invitation, lambda: self.end(invitation, "EXPIRED"), deal=deal)
        return "done"

    def accept_invitation(self, deal: Deal, creator: str, by: str) -> str:
        if refused := self.not_the_invited(creator, by):
            return refused
        invitation = deal.invited[creator]
        if invitation.status != "SENT":
            return "ALREADY_HANDLED"
        if not deal.is_live:
            return "JOB_NOT_AVAILABLE"
        if deal.offers.get(creator, "PENDING") not in ("PENDING", "WITHDRAWN"):
            return "ALREADY_APPLIED"
        deal.offers[creator] = "PENDING"
        deal.quotes.setdefault(creator, BUDGET)
        self.end(invitation, "ACCEPTED")
        return "done"

    def decline_invitation(self, deal: Deal, creator: str, by: str) -> str:
        if refused := self.not_the_invited(creator, by):
            return refused
        return self.close_invitation(deal.invited[creator], "DECLINED")

    def withdraw_invitation(self, deal: Deal, creator: str, by: str) -> str:
        if refused := self.not_the_brand(deal, by):
            return refused
        return self.close_invitation(deal.invited[creator], "CANCELED")

    def close_invitation(self, invitation: Invited, status: str) -> str:
        if invitation.status != "SENT":
            return "ALREADY_HANDLED"
        self.end(invitation, status)
        return "done"

    def end(self, invitation: Invited, status: str) -> None:
        invitation.status = status
        self.clocks.stop(invitation)

    def not_the_invited(self, creator: str, by: str) -> str | None:
        if by not in CREATORS:
            return "FORBIDDEN"
        return None if by == creator else "NOT_FOUND"

    # Parting

    def propose(self, deal: Deal, by: str, share: int) -> str:
        if by not in (deal.brand, deal.creator):
            return "NOT_FOUND"
        if refused := self.not_in_work(deal):
            return refused
        if share and (deal.escrow != "FUNDED" or share >= deal.cents):
            return "VALIDATION_ERROR"
        if any(parting.status == "PENDING" for parting in deal.partings):
            return "CANCELLATION_PENDING"
        assert deal.creator
        parting = Parting(by, deal.creator if by == deal.brand else deal.brand, share)
        deal.partings.append(parting)
        expire = partial(self.close_parting, parting, "EXPIRED")
        self.clocks.start("ANSWER_CANCELLATION", parting, expire, deal=deal, stands=True)
        return "done"

    def answer_parting(self, deal: Deal, parting: Parting, by: str, answer: str) -> str:
        if by not in (deal.brand, deal.creator):
            return "NOT_FOUND"
        if parting.status != "PENDING":
            return "CANCELLATION_NOT_PENDING"
        if deal.is_disputed:
            return "DISPUTE_OPEN"
        if answer == "WITHDRAWN" and by != parting.by:
            return "FORBIDDEN"
        if answer != "WITHDRAWN" and by == parting.by:
            return "OWN_PROPOSAL"
        self.close_parting(parting, answer)
        if answer == "ACCEPTED":
            self.call_off(deal, parting.share)
        return "done"

    def close_parting(self, parting: Parting, status: str) -> None:
        parting.status = status
        self.clocks.stop(parting)

    def resign(self, deal: Deal, by: str) -> str:
        if by not in CREATORS:
            return "FORBIDDEN"
        if by != deal.creator:
            return "NOT_FOUND"
        if refused := self.not_in_work(deal):
            return refused
        self.call_off(deal)
        return "done"
