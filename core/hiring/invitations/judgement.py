"""What may be done with an invitation now: judged here once, for the verbs and for what a client draws its buttons from."""

import dataclasses
import math
from datetime import datetime
from typing import Any

from core.base import clock
from core.base.errors import Refusal
from core.hiring import errors
from core.hiring.models import Application, Invitation
from core.people.completeness import brand_missing, creator_missing
from core.people.errors import BrandProfileIncomplete, CreatorNotVerified, ProfileIncomplete
from core.people.models import BrandProfile, CreatorProfile

ANSWERS = (Invitation.Status.ACCEPTED, Invitation.Status.DECLINED)
VERIFIED = CreatorProfile.VerificationStatus.VERIFIED


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

    def refusal(self) -> Refusal | None:
        """Why not; None when nothing is in the way."""
        if missing := brand_missing(self.brand):
            return BrandProfileIncomplete(missing)
        if self.is_taken:
            return errors.JobAlreadyTaken()
        if not self.is_live:
            return errors.InviteOnlyForPublished()
        if not self.is_available:
            return errors.CreatorNotAvailable()
        if self.application not in (None, Application.Status.WITHDRAWN):
            return errors.CreatorApplied()
        if self.status in ANSWERS:
            return errors.InvitationAnswered(status=self.status)
        if self.again_at is not None and self.again_at > clock.now():
            left = (self.again_at - clock.now()).total_seconds()
            return errors.InvitedTooRecently(retry_at=self.again_at, retry_after_sec=math.ceil(left))
        return None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Accepting:
    """A creator would accept an invitation of this `status`. An application that waits is in nobody's way."""

    status: str
    creator: CreatorProfile
    has_works: bool
    is_live: bool
    may_meet: bool
    application: str | None

    def refusal(self) -> Refusal | None:
        """Why not; None when nothing is in the way."""
        if closed := ending_refused(self.status):
            return closed
        if missing := creator_missing(self.creator, has_portfolio=self.has_works):
            return ProfileIncomplete(missing)
        if self.creator.verification_status != VERIFIED:
            return CreatorNotVerified()
        if not (self.is_live and self.may_meet):
            return errors.JobNotAvailable()
        if self.application in (Application.Status.ACCEPTED, Application.Status.REJECTED):
            return errors.AlreadyApplied()
        return None


def ending_refused(status: str) -> Refusal | None:
    """Why an invitation of this status cannot be declined or withdrawn; None when it can."""
    return None if status == Invitation.Status.SENT else errors.InvitationHandled(status=status)


def require_no(refusal: Refusal | None) -> None:
    """Nothing happens when nothing is in the way; otherwise the refusal is raised."""
    if refusal is not None:
        raise refusal


def actions(**refusals: Refusal | None) -> list[dict[str, Any]]:
    """Each action under its name, with the reason why it is not possible, as a client sees it."""
    return [{"name": name, "allowed": why is None, "reasonCode": why.reason if why else None} for name, why in refusals.items()]
