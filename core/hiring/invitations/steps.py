"""Parts of verbs that concern one invitation. Each takes locked rows; none judges who asks."""

from datetime import timedelta

from core.base import clock
from core.hiring.invitations.judgements import ANSWERS
from core.hiring.models import Invitation
from core.rules.limits import INVITE_AGAIN_AFTER, limit
from core.timers import steps as timers
from core.timers.kinds import length
from core.timers.steps import Start

CLOCK = "ANSWER_INVITATION"


def send(invitation: Invitation, *, message: str) -> None:
    """The creator is asked since now, for the first time or again, and the clock runs from the start."""
    if invitation._state.adding:
        invitation.resent_count = 0
    else:
        invitation.resent_count += 1
    if invitation.status != Invitation.Status.SENT:
        invitation.move_to(Invitation.Status.SENT)
    invitation.message = message
    invitation.sent_at = invitation.updated_at = clock.now()
    invitation.again_at = invitation.sent_at + timedelta(hours=limit(INVITE_AGAIN_AFTER, ""))
    invitation.expires_at = invitation.sent_at + length(CLOCK)
    invitation.save()
    timers.switch(Start(CLOCK, invitation.id, job_id=invitation.job_id, due_at=invitation.expires_at))


def end(invitation: Invitation, status: str) -> None:
    """Nobody waits for an answer any more, and the clock stands. Raises WrongState."""
    invitation.move_to(status)
    if status in ANSWERS:
        invitation.responded_at = clock.now()
    invitation.store("status", "responded_at")
    timers.stop(invitation.id)
