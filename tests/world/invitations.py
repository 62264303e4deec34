"""Invitations in each of their states."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import time_machine

from core.base import clock
from core.hiring.invitations import services as invitations
from core.hiring.models import Invitation
from core.jobs.models import Job
from core.money.steps import system
from core.people import services as people
from core.people.models import CreatorProfile, User
from tests.world.deals import DealsWorld, unique


class InvitationsWorld(DealsWorld):
    """Who is asked to do a job."""

    def invitation(self, *, job: Job | None = None, creator: User | None = None, message: str = "Come and film our tea.") -> Invitation:
        """An invitation that waits for its creator, who may accept it."""
        asked, chosen = job or self.live_job(), creator or self.verified_creator()
        return invitations.invite_creator(asked.id, self.profile_id(chosen), by=asked.brand, message=message)

    def accepted_invitation(self, **sent: Any) -> Invitation:
        """An invitation whose creator waits for the brand's choice."""
        invitation = self.invitation(**sent)
        return invitations.accept_invitation(invitation.id, by=invitation.creator)

    def declined_invitation(self, **sent: Any) -> Invitation:
        """An invitation that its creator does not want."""
        invitation = self.invitation(**sent)
        return invitations.decline_invitation(invitation.id, by=invitation.creator)

    def withdrawn_invitation(self, **sent: Any) -> Invitation:
        """An invitation that its brand took back."""
        invitation = self.invitation(**sent)
        return invitations.withdraw_invitation(invitation.id, by=invitation.brand)

    def expired_invitation(self, **sent: Any) -> Invitation:
        """An invitation that nobody answered in time."""
        invitation = self.invitation(**sent)
        with time_machine.travel(invitation.expires_at):
            invitations.expire_invitation_by_timer(invitation.id, by=system())
        return Invitation.objects.get(id=invitation.id)

    def verified(self, creator: User) -> User:
        """The same creator, verified and so in the catalogue."""
        if CreatorProfile.objects.get(user=creator).verification_status != "VERIFIED":
            people.issue_verification_code(by=creator)
            people.submit_verification(by=creator, account_url=f"https://www.tiktok.com/@{unique('creator')}")
            people.verify_creator(self.profile_id(creator), by=self.moderator)
        return creator

    def profile_id(self, creator: User) -> UUID:
        """What brands know this creator by: the id of the catalogue."""
        return CreatorProfile.objects.values_list("id", flat=True).get(user=creator)

    def time_to_remind(self, invitation: Invitation) -> datetime:
        """The first moment at which the brand may ask again, and a little more."""
        return max(invitation.again_at, clock.now()) + timedelta(minutes=1)
