"""Proposals to part."""

from core.deals import services as deals
from core.deals.models import CancellationProposal
from core.jobs.models import Job
from core.people.models import User
from tests.world.deals import DealsWorld


class CancellationWorld(DealsWorld):
    """Deals of which one party has enough."""

    def proposal(self, *, job: Job | None = None, by: User | None = None, share: int = 0) -> CancellationProposal:
        """A proposal that waits: of the brand, unless told otherwise, and with nothing for the creator."""
        chosen = job or self.deal()
        return deals.propose_cancellation(chosen.id, by=by or chosen.brand, creator_share_cents=share, reason="Our plans have changed.")
