"""The marketplace with all that goes wrong in it: invitations, partings, disputes, appeals, corrections, and time that passes."""

from datetime import timedelta
from functools import partial
from typing import Any

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from core import clockwork
from core.base import clock
from core.deals import services as deals
from core.deals.models import CancellationProposal
from core.disputes import services as disputes
from core.disputes.models import Dispute
from core.disputes.verdicts.models import SettlementProposal
from core.hiring.invitations import services as invitations
from core.hiring.models import Invitation
from core.jobs.models import Job
from core.money import services as money
from core.money.adjustments.models import Adjustment
from core.timers import selectors as timers
from tests.core.books import Deal
from tests.core.crew import ANYBODY, CURRENCIES, PICK, QUOTES, TIMES
from tests.core.marketplace import Marketplace
from tests.core.papers import ACTORS, BRANDS, CREATORS
from tests.core.ticking import DAY
from tests.core.troubles import Trouble

# Never so long that moments fall together: a few minutes more than whole days, which is what the clocks run.
WAITS = st.sampled_from((1, 1, 2, 3, 3, 4, 5, 6, 8, 15, 31, 61))
DRIFT = 7  # minutes
# The creator's share: nothing, a little, half, almost all, all, too much.
SHARES = st.sampled_from((0, 1, 50, 99, 100, 101))
NOTE = "Both sides were heard."


class Quarrels(Marketplace):
    """The real marketplace beside the books, and its clock."""

    @initialize()
    def begin(self) -> None:
        self.travel = time_machine.travel(clock.now(), tick=True)
        self.coordinates = self.travel.start()
        super().begin()
        self.partings: list[tuple[Job, Deal, CancellationProposal, Any]] = []
        self.troubles: list[tuple[Dispute, Trouble]] = []
        self.offers: list[tuple[Dispute, Trouble, SettlementProposal, Any]] = []

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            if hasattr(self, "travel"):
                self.travel.stop()

    # Time

    @rule(days=WAITS)
    def wait(self, days: int) -> None:
        """Whatever ran out has happened, as the books say, and nothing that is due is left."""
        minutes = days * DAY + DRIFT
        self.coordinates.shift(timedelta(minutes=minutes))
        clockwork.run_due()
        assert timers.due(100) == []
        for kind in self.books.clocks.pass_time(minutes):
            self.learned[f"{kind} ran out"] += 1
        self.agree()

    # Invitations

    @precondition(lambda self: self.deals)
    @rule(number=PICK, creator=st.sampled_from(CREATORS), by=ANYBODY, times=TIMES)
    def invite(self, number: int, creator: str, by: str | None, times: int) -> None:
        job, deal = self.pick(self.deals, number)
        who = by or deal.brand
        command = partial(invitations.invite_creator, job.id, self.user(creator).creator_profile.id, by=self.user(who))
        self.step(partial(self.books.invite, deal, creator, who), command, times=times)

    @precondition(lambda self: any(deal.invited for _job, deal in self.deals))
    @rule(of=PICK, by=ANYBODY, answer=st.sampled_from(("accept", "accept", "decline", "withdraw")), times=TIMES)
    def answer_invitation(self, of: int, by: str | None, answer: str, times: int) -> None:
        job, deal, creator = self.pick([(job, deal, name) for job, deal in self.deals for name in sorted(deal.invited)], of)
        who = by or (deal.brand if answer == "withdraw" else creator)
        invitation = Invitation.objects.get(job=job, creator=self.user(creator))
        command = partial(getattr(invitations, f"{answer}_invitation"), invitation.id, by=self.user(who))
        self.step(partial(getattr(self.books, f"{answer}_invitation"), deal, creator, who), command, times=times)

    # Parting

    def in_work(self) -> list[tuple[Job, Deal]]:
        """The deals that two people are busy with."""
        return [(job, deal) for job, deal in self.deals if deal.status in ("IN_PROGRESS", "IN_REVIEW")]

    def choose(self, number: int) -> tuple[Job, Deal]:
        """Mostly a deal in work, where there is one."""
        return self.pick(self.in_work() or self.deals if number % 5 else self.deals, number)

    @precondition(in_work)
    @rule(number=PICK, by=st.one_of(st.none(), st.sampled_from(ACTORS)), turn=st.booleans(), percent=SHARES, times=TIMES)
    def propose_cancellation(self, number: int, by: str | None, turn: bool, percent: int, times: int) -> None:
        job, deal = self.choose(number)
        who = by or (deal.brand if turn else deal.creator) or deal.brand
        share = deal.cents * percent // 100
        command = partial(deals.propose_cancellation, job.id, by=self.user(who), creator_share_cents=share, reason=NOTE)
        self.step(
            partial(self.books.propose, deal, who, share),
            command,
            times=times,
            keep=lambda row: self.partings.append((job, deal, row, deal.partings[-1])),
        )

    @precondition(lambda self: self.partings)
    @rule(of=PICK, by=ANYBODY, answer=st.sampled_from(("ACCEPTED", "ACCEPTED", "DECLINED", "WITHDRAWN")), times=TIMES)
    def answer_cancellation(self, of: int, by: str | None, answer: str, times: int) -> None:
        job, deal, row, parting = self.pick(self.partings, of)
        who = by or (parting.by if answer == "WITHDRAWN" else parting.other)
        verbs: dict[str, Any] = {
            "ACCEPTED": deals.accept_cancellation,
            "DECLINED": deals.decline_cancellation,
            "WITHDRAWN": deals.withdraw_cancellation,
        }
        command = partial(verbs[answer], job.id, by=self.user(who), proposal_id=row.id)
        self.step(partial(self.books.answer_parting, deal, parting, who, answer), command, times=times)

    @precondition(lambda self: len(self.in_work()) > 1)
    @rule(number=PICK, by=ANYBODY, times=TIMES)
    def resign(self, number: int, by: str | None, times: int) -> None:
        job, deal = self.choose(number)
        who = by or deal.creator or CREATORS[0]
        self.step(partial(self.books.resign, deal, who), partial(deals.resign_deal, job.id, by=self.user(who), reason=NOTE), times=times)

    # Disputes

    @precondition(in_work)
    @rule(number=PICK, by=ANYBODY, turn=st.booleans(), times=TIMES)
    def open_dispute(self, number: int, by: str | None, turn: bool, times: int) -> None:
        job, deal = self.choose(number)
        who = by or (deal.brand if turn else deal.creator) or deal.brand
        command = partial(disputes.open_dispute, job.id, by=self.user(who), reason="QUALITY", statement=NOTE)
        self.step(partial(self.books.open_dispute, deal, who), command, times=times, keep=lambda row: self.keep_trouble(row, deal))

    def keep_trouble(self, row: Dispute, deal: Deal) -> None:
        if not row.was_open_before:
            self.troubles.append((row, deal.troubles[-1]))

    @precondition(lambda self: self.troubles)
    @rule(of=PICK, by=ANYBODY, what=st.sampled_from(("answer", "withdraw")), times=TIMES)
    def talk(self, of: int, by: str | None, what: str, times: int) -> None:
        dispute, trouble = self.pick(self.troubles, of)
        other = next(name for name in trouble.parties if name != trouble.opener)
        who = by or (other if what == "answer" else trouble.opener)
        if what == "answer":
            kind = "MESSAGE" if who in (*BRANDS, *CREATORS) else "ADMIN_NOTE"
            command = partial(disputes.add_message, dispute.id, by=self.user(who), kind=kind, text=NOTE)
            self.step(partial(self.books.answer_dispute, trouble, who), command, times=times)
        else:
            command = partial(disputes.withdraw_dispute, dispute.id, by=self.user(who))
            self.step(partial(self.books.withdraw_dispute, trouble, who), command, times=times)

    @precondition(lambda self: self.troubles)
    @rule(
        of=PICK,
        by=ANYBODY,
        resolution=st.sampled_from(("REFUND", "RELEASE", "SPLIT", "SPLIT", "NO_ACTION")),
        percent=SHARES,
        times=TIMES,
    )
    def resolve(self, of: int, by: str | None, resolution: str, percent: int, times: int) -> None:
        dispute, trouble = self.pick(self.troubles, of)
        who = by or "moderator"
        share = trouble.deal.cents * percent // 100 if resolution == "SPLIT" else None
        command = partial(
            disputes.resolve_dispute, dispute.id, by=self.user(who), resolution=resolution, note=NOTE, creator_share_cents=share
        )
        self.step(partial(self.books.resolve, trouble, who, resolution, share), command, times=times)

    @precondition(lambda self: self.troubles)
    @rule(of=PICK, by=st.one_of(st.none(), st.just("judge"), st.sampled_from(ACTORS)), agrees=st.booleans(), times=TIMES)
    def second(self, of: int, by: str | None, agrees: bool, times: int) -> None:
        dispute, trouble = self.pick(self.troubles, of)
        who = by or "approver"
        if agrees:
            self.step(
                partial(self.books.confirm, trouble, who), partial(disputes.confirm_decision, dispute.id, by=self.user(who)), times=times
            )
        else:
            command = partial(disputes.send_decision_back, dispute.id, by=self.user(who), comment=NOTE)
            self.step(partial(self.books.send_back, trouble, who), command, times=times)

    @precondition(lambda self: self.troubles)
    @rule(of=PICK, by=ANYBODY, turn=st.booleans(), percent=SHARES, times=TIMES)
    def offer_settlement(self, of: int, by: str | None, turn: bool, percent: int, times: int) -> None:
        dispute, trouble = self.pick(self.troubles, of)
        who = by or trouble.parties[turn]
        share = trouble.deal.cents * percent // 100
        command = partial(disputes.propose_settlement, dispute.id, by=self.user(who), creator_share_cents=share, note=NOTE)
        self.step(
            partial(self.books.offer, trouble, who, share),
            command,
            times=times,
            keep=lambda row: self.offers.append((dispute, trouble, row, trouble.offers[-1])),
        )

    @precondition(lambda self: self.offers)
    @rule(of=PICK, by=ANYBODY, turn=st.booleans(), agrees=st.sampled_from((True, True, False)), times=TIMES)
    def answer_settlement(self, of: int, by: str | None, turn: bool, agrees: bool, times: int) -> None:
        dispute, trouble, row, offer = self.pick(self.offers, of)
        others = [name for name in trouble.parties if trouble.role(name) != offer.role]
        who = by or others[turn % len(others)]
        verb = disputes.accept_settlement if agrees else disputes.decline_settlement
        command = partial(verb, dispute.id, row.id, by=self.user(who))
        self.step(partial(self.books.answer_offer, trouble, offer, who, agrees=agrees), command, times=times)

    @precondition(lambda self: self.has_room())
    @rule(
        people=st.tuples(st.sampled_from(BRANDS), st.sampled_from(CREATORS)),
        price=st.tuples(st.sampled_from(CURRENCIES), QUOTES),
        far=st.sampled_from(("accepted", "funded", "delivered", "delivered")),
        turn=st.booleans(),
        course=st.tuples(
            st.sampled_from(("open", "open", "silence", "REFUND", "RELEASE", "SPLIT", "settled", "withdraw")),
            st.sampled_from(("nothing", "appeal", "UPHELD", "OVERTURNED", "OVERTURNED")),
        ),
    )
    def quarrel(self, people: tuple[str, str], price: tuple[str, int], far: str, turn: bool, course: tuple[str, str]) -> None:
        """The straight way into a dispute, and out of it."""
        self.deal(*people, *price, far)
        end, then = course
        if not self.in_work():
            return
        self.open_dispute(0, None, turn, 1)
        if end == "silence":
            self.wait(4)
        elif end == "withdraw":
            self.talk(0, None, "withdraw", 1)
        elif end == "settled":
            self.offer_settlement(0, None, turn, 50, 1)
            if self.offers:
                self.answer_settlement(0, None, turn, True, 1)
        elif end != "open":
            self.talk(0, None, "answer", 1)
            self.resolve(0, None, end, 50, 1)
            self.second(0, None, True, 1)
        if then != "nothing":
            self.appeal(0, None, turn, 1)
        if then in ("UPHELD", "OVERTURNED"):
            self.decide_appeal(0, None, 1 if then == "OVERTURNED" else None, 1)

    # Appeals and corrections

    @precondition(lambda self: self.troubles)
    @rule(of=PICK, by=ANYBODY, turn=st.booleans(), times=TIMES)
    def appeal(self, of: int, by: str | None, turn: bool, times: int) -> None:
        dispute, trouble = self.pick(self.troubles, of)
        who = by or trouble.parties[turn]
        command = partial(disputes.appeal_decision, dispute.id, by=self.user(who), text=NOTE)
        self.step(partial(self.books.appeal, trouble, who), command, times=times)

    @precondition(lambda self: self.troubles)
    @rule(of=PICK, by=ANYBODY, percent=st.one_of(st.none(), SHARES), times=TIMES)
    def decide_appeal(self, of: int, by: str | None, percent: int | None, times: int) -> None:
        dispute, trouble = self.pick(self.troubles, of)
        who = by or "judge"
        share = None if percent is None else trouble.deal.cents * percent // 100
        outcome = "UPHELD" if share is None else "OVERTURNED"
        command = partial(disputes.decide_appeal, dispute.id, by=self.user(who), outcome=outcome, note=NOTE, creator_share_cents=share)
        self.step(partial(self.books.decide_appeal, trouble, who, share), command, times=times)

    @precondition(lambda self: self.books.drafts)
    @rule(of=PICK, by=ANYBODY, agrees=st.sampled_from((True, True, False)), times=TIMES)
    def sign_correction(self, of: int, by: str | None, agrees: bool, times: int) -> None:
        rows = list(Adjustment.objects.order_by("created_at", "id"))
        row, draft = self.pick(list(zip(rows, self.books.drafts, strict=True)), of)
        who = by or "finance"
        if agrees:
            self.step(
                partial(self.books.approve_draft, draft, who), partial(money.approve_adjustment, row.id, by=self.user(who)), times=times
            )
        else:
            command = partial(money.reject_adjustment, row.id, by=self.user(who), reason=NOTE)
            self.step(partial(self.books.reject_draft, draft, who), command, times=times)
