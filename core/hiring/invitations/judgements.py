"""What may be done with an invitation in its present state. Verbs ask under the lock of the job, screens without one.

Who asks is no question here.
"""

import dataclasses
import math
from datetime import datetime

from core.base import clock
from core.base.policy import require
from core.hiring import errors
from core.hiring.models import Application, Invitation
from core.people.completeness import require_brand_ready, require_creator_ready, require_creator_verified
from core.people.models import BrandProfile, CreatorProfile

ANSWERS = (Invitation.Status.ACCEPTED, Invitation.Status.DECLINED)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sending:
    """A brand would ask a creator, or ask again: `status` and `again_at` are those of the invitation, if there is one."""

    brand: BrandProfile
    is_live: bool
    is_taken: bool
    is_available: bool
    application: str | None
    status: str | None = None
    again_at: datetime | None = None

    def judge(self) -> None:
        """The brand may. Raises BrandProfileIncomplete, JobAlreadyTaken, InviteOnlyForPublished, CreatorNotAvailable, CreatorApplied,
        InvitationAnswered, InvitedTooRecently.
        """
        require_brand_ready(self.brand)
        require(not self.is_taken, errors.JobAlreadyTaken())
        require(self.is_live, errors.InviteOnlyForPublished())
        require(self.is_available, errors.CreatorNotAvailable())
        require(self.application in (None, Application.Status.WITHDRAWN), errors.CreatorApplied())
        require(self.status not in ANSWERS, errors.InvitationAnswered(status=self.status))
        if self.again_at is not None:
            left = math.ceil((self.again_at - clock.now()).total_seconds())
            require(left <= 0, errors.InvitedTooRecently(retry_at=self.again_at, retry_after_sec=left))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Accepting:
    """A creator would accept an invitation of this `status`. An application that waits is in nobody's way."""

    status: str
    creator: CreatorProfile
    has_works: bool
    is_live: bool
    may_meet: bool
    application: str | None

    def judge(self) -> None:
        """The creator may. Raises InvitationHandled, ProfileIncomplete, CreatorNotVerified, JobNotAvailable, AlreadyApplied."""
        judge_ending(self.status)
        require_creator_ready(self.creator, has_portfolio=self.has_works)
        require_creator_verified(self.creator)
        require(self.is_live and self.may_meet, errors.JobNotAvailable())
        answered = (Application.Status.ACCEPTED, Application.Status.REJECTED)
        require(self.application not in answered, errors.AlreadyApplied())


def judge_ending(status: str) -> None:
    """An invitation of this status may be declined by its creator, or withdrawn by its brand. Raises InvitationHandled."""
    require(status == Invitation.Status.SENT, errors.InvitationHandled(status=status))
