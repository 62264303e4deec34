"""Who may see an application or an invitation, and who may apply."""

from typing import Any

from core.base.models import QuerySet
from core.hiring.models import Application, Invitation
from core.jobs.policies import is_brand
from core.people.models import CreatorProfile, User
from core.people.policies import contact_blocked, staff_can


def is_creator(user: Any) -> bool:
    """Whether this is a creator who may act at all."""
    return isinstance(user, User) and user.role == User.Role.CREATOR and user.is_active and user.blocked_at is None


def own_applications(user: Any) -> QuerySet:
    """The applications that this creator made."""
    return Application.objects.filter(creator_id=user.pk) if is_creator(user) else Application.objects.none()


def visible_applications(user: Any) -> QuerySet:
    """A creator's own, those to a brand's own jobs, and all for moderators."""
    if staff_can(user, "moderator"):
        return Application.objects.all()
    if isinstance(user, User) and user.role == User.Role.BRAND:
        return Application.objects.filter(job__brand_id=user.pk)
    return own_applications(user)


def received_invitations(user: Any) -> QuerySet:
    """The invitations that this creator has."""
    return Invitation.objects.filter(creator_id=user.pk) if is_creator(user) else Invitation.objects.none()


def sent_invitations(user: Any) -> QuerySet:
    """The invitations that this brand has sent."""
    return Invitation.objects.filter(brand_id=user.pk) if is_brand(user) else Invitation.objects.none()


def visible_invitations(user: Any) -> QuerySet:
    """A creator's own, those that a brand has sent, and all for moderators."""
    if staff_can(user, "moderator"):
        return Invitation.objects.all()
    return sent_invitations(user) if is_brand(user) else received_invitations(user)


def can_be_invited(profile: CreatorProfile, *, by: User) -> bool:
    """Whether this brand may ask this creator: one of the catalogue who can sign in, and neither wants to hear nothing of the other."""
    return profile.is_listed and is_creator(profile.user) and not contact_blocked(by.pk, profile.user_id)
