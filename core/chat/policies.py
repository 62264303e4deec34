"""Who takes part in a conversation. Nobody else sees it here: staff have a door of their own, with reasons."""

from typing import Any

from core.base.models import QuerySet
from core.chat.models import Conversation, Participant
from core.people.models import User

SIDES = {User.Role.BRAND: "brand_id", User.Role.CREATOR: "creator_id"}


def takes_part(user: Any) -> bool:
    """Whether this is a brand or a creator who may act at all."""
    return isinstance(user, User) and user.role in SIDES and user.is_active and user.blocked_at is None


def own_conversations(user: Any) -> QuerySet:
    """The conversations of which this person is a side; nobody else has any."""
    if not takes_part(user):
        return Conversation.objects.none()
    return Conversation.objects.filter(**{SIDES[user.role]: user.pk})


def own_views(user: Any) -> QuerySet:
    """This person's own views of them."""
    return Participant.objects.filter(user_id=user.pk) if takes_part(user) else Participant.objects.none()
