"""The buttons below an invitation, with which it is answered where it is read."""

from collections.abc import Iterable
from uuid import UUID

from bot.messages import Button, answers_of
from core.hiring.invitations.selectors import waiting_invitations
from core.telegram import services
from core.telegram.addressing import Addressed
from core.telegram.buttons import Button as Offer
from core.telegram.models import ButtonToken

INVITATION_SENT = "INVITATION_SENT"
Action = ButtonToken.Action
Answers = dict[UUID, tuple[Button, ...]]


def buttons(found: Iterable[Addressed]) -> Answers:
    """Accept and decline, by the id of the notice, for the invitations among these that still wait for an answer."""
    asked = {each.notice.id: each for each in found if each.notice.type == INVITATION_SENT}
    if not asked:
        return {}
    pairs = {number: (each.notice.user_id, each.notice.job_id) for number, each in asked.items() if each.notice.job_id}
    waiting = waiting_invitations(pairs.values())
    offers = [
        Offer(invitation.creator_id, action, invitation.id, invitation.expires_at)
        for invitation in waiting.values()
        for action in (Action.ACCEPT_INVITATION, Action.DECLINE_INVITATION)
    ]
    offered = services.offer_buttons(offers)
    answers: Answers = {}
    for number, pair in pairs.items():
        if pair in waiting:
            accept, decline = (
                str(offered[pair[0], action, waiting[pair].id]) for action in (Action.ACCEPT_INVITATION, Action.DECLINE_INVITATION)
            )
            answers[number] = answers_of(accept, decline, language=asked[number].language)
    return answers
