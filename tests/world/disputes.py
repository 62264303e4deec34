"""Disputes about deals, in every state."""

from typing import Any

from core.disputes import services as disputes
from core.disputes.models import Dispute, InformationRequest
from core.disputes.verdicts.models import Appeal, SettlementProposal
from core.jobs.models import Job
from tests.world.deals import DealsWorld

NOTE = "We compared the brief with what was delivered."


class DisputesWorld(DealsWorld):
    """Cases between a brand and its creator."""

    def dispute(self, *, job: Job | None = None, by_creator: bool = False, reason: str = "QUALITY", statement: str = "") -> Dispute:
        """An open dispute about a deal in review, by its brand unless told otherwise."""
        chosen = job or self.reviewed_deal()
        opener = chosen.active_creator if by_creator else chosen.brand
        return disputes.open_dispute(chosen.id, by=opener, reason=reason, statement=statement)

    def answered_dispute(self, **said: Any) -> Dispute:
        """A dispute that the other side has answered: it waits for staff."""
        dispute = self.dispute(**said)
        disputes.add_message(dispute.id, by=dispute.respondent, kind="MESSAGE", text="I see it otherwise.")
        return Dispute.objects.get(id=dispute.id)

    def reviewed_dispute(self, **said: Any) -> Dispute:
        """A dispute that a moderator has taken."""
        return disputes.assign_dispute(self.answered_dispute(**said).id, by=self.moderator)

    def withdrawn_dispute(self, **said: Any) -> Dispute:
        """A dispute that its opener has taken back."""
        dispute = self.answered_dispute(**said)
        return disputes.withdraw_dispute(dispute.id, by=dispute.opened_by)

    def resolved_dispute(self, resolution: str = "REFUND", *, creator_share_cents: int | None = None, **said: Any) -> Dispute:
        """A dispute that the moderator of this world has decided."""
        dispute = self.answered_dispute(**said)
        disputes.resolve_dispute(dispute.id, by=self.moderator, resolution=resolution, creator_share_cents=creator_share_cents, note=NOTE)
        return Dispute.objects.get(id=dispute.id)

    def large_dispute(self, **said: Any) -> Dispute:
        """A dispute about so much money that two people decide."""
        return self.answered_dispute(job=self.reviewed_deal(job=self.live_job(budget_max=500_000), price_quote=400_000), **said)

    def proposed_decision(self, resolution: str = "REFUND", *, creator_share_cents: int | None = None) -> Dispute:
        """A large dispute with a decision of the moderator that waits for the second person."""
        dispute = self.large_dispute()
        disputes.resolve_dispute(dispute.id, by=self.moderator, resolution=resolution, creator_share_cents=creator_share_cents, note=NOTE)
        return dispute

    def settlement(self, *, dispute: Dispute | None = None, by: Any = None, creator_share_cents: int = 100_000) -> SettlementProposal:
        """A proposal of the opener, unless told otherwise, that waits for an answer."""
        chosen = dispute or self.answered_dispute()
        return disputes.propose_settlement(chosen.id, by=by or chosen.opened_by, creator_share_cents=creator_share_cents)

    def information_request(
        self, *, dispute: Dispute | None = None, party: str = "CREATOR", wants: str = "EXPLANATION"
    ) -> InformationRequest:
        """A question of the moderator to one side."""
        chosen = dispute or self.answered_dispute()
        return disputes.ask_for_information(chosen.id, by=self.moderator, party=party, wants=wants, question="When was it filmed?")

    def appeal(self, resolution: str = "REFUND", **said: Any) -> Appeal:
        """An appeal of whoever did not get everything, against a decision of the moderator."""
        dispute = self.resolved_dispute(resolution, **said)
        loser = dispute.brand_id if resolution == "RELEASE" else dispute.creator_id
        party = dispute.opened_by if dispute.opened_by_id == loser else dispute.respondent
        return disputes.appeal_decision(dispute.id, by=party, text="The brief asked for something else.")
