"""Who may see people, and what staff may do."""

from typing import Any

from django.db.models import Q

from core.base.models import QuerySet
from core.base.policy import staff_can
from core.people.models import BrandProfile, ContactBlock, CreatorProfile, User, Verification

__all__ = [
    "CAPABILITIES",
    "can_block",
    "capabilities_of",
    "contact_blocked",
    "listed_creators",
    "staff_can",
    "visible_brands",
    "visible_creators",
    "visible_people",
    "visible_verifications",
]

CAPABILITIES = ("moderator", "finance", "finance_approver", "support", "engineer")


def capabilities_of(user: User) -> list[str]:
    """What this person may do as staff; nothing for everybody else."""
    return [capability for capability in CAPABILITIES if staff_can(user, capability)]


def visible_people(user) -> QuerySet:
    """The accounts that support and moderators may look up; the clock's own is nobody's business."""
    if not staff_can(user, "support", "moderator"):
        return User.objects.none()
    return User.objects.exclude(role=User.Role.SYSTEM)


def can_block(user, person: User) -> bool:
    """Whether this member of staff may block or unblock that person: not themselves, and colleagues only as a superuser."""
    if person.pk == user.pk or not staff_can(user, "support", "moderator"):
        return False
    return person.role != User.Role.STAFF or user.is_superuser


def listed_creators() -> QuerySet:
    """The creators of the catalogue: public, verified, and able to sign in."""
    return CreatorProfile.objects.filter(is_listed=True, user__is_active=True, user__blocked_at=None)


def visible_creators(user) -> QuerySet:
    """Whose profile this person (or guest) may open: the listed ones, one's own, and for moderators all."""
    if staff_can(user, "moderator"):
        return CreatorProfile.objects.all()
    listed = Q(is_listed=True, user__is_active=True, user__blocked_at=None)
    own = Q(user_id=user.pk) if isinstance(user, User) else Q(pk__in=[])
    return CreatorProfile.objects.filter(listed | own)


def visible_brands(user) -> QuerySet:
    """Every brand that can sign in; one's own, and for moderators all."""
    if staff_can(user, "moderator"):
        return BrandProfile.objects.all()
    return BrandProfile.objects.filter(user__is_active=True, user__blocked_at=None)


def visible_verifications(user) -> QuerySet:
    """The attempts to be verified: one's own, and for moderators all."""
    if staff_can(user, "moderator"):
        return Verification.objects.all()
    return Verification.objects.filter(profile__user_id=user.pk)


def contact_blocked(one_id: Any, other_id: Any) -> bool:
    """Whether one of these two wants to hear nothing of the other. Neither is told which."""
    return ContactBlock.objects.filter(Q(blocker_id=one_id, blocked_id=other_id) | Q(blocker_id=other_id, blocked_id=one_id)).exists()
