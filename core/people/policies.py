"""Who may see people, and what staff may do."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from core.base.models import QuerySet
from core.base.policy import staff_can
from core.base.prepared import Prepared
from core.people.models import BrandProfile, ContactBlock, CreatorProfile, User, Verification

__all__ = [
    "CAPABILITIES",
    "can_block",
    "capabilities_of",
    "contact_blocked",
    "contact_blocks",
    "contacts",
    "is_contact",
    "listed_creators",
    "own_contact_blocks",
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


def is_contact(user: Any) -> bool:
    """Whether this is somebody whom others may meet, and who may act: a brand or a creator."""
    return isinstance(user, User) and user.role in (User.Role.BRAND, User.Role.CREATOR) and user.is_active and user.blocked_at is None


def contacts() -> QuerySet:
    """All brands and creators."""
    return User.objects.filter(role__in=(User.Role.BRAND, User.Role.CREATOR), is_active=True)


def own_contact_blocks(user: Any) -> QuerySet:
    """Whom this person keeps away."""
    return ContactBlock.objects.filter(blocker_id=user.pk)


def contact_blocks(one_id: Any, other_id: Any) -> QuerySet:
    """The blocks between these two, by either of them."""
    return ContactBlock.objects.filter(Q(blocker_id=one_id, blocked_id=other_id) | Q(blocker_id=other_id, blocked_id=one_id))


# Asked with every message, so it is compiled once.
CONTACT_BLOCKS = Prepared(lambda one_id, other_id: contact_blocks(one_id, other_id).values_list("id")[:1])


def contact_blocked(one_id: UUID, other_id: UUID) -> bool:
    """Whether one of these two wants to hear nothing of the other. Neither is told which."""
    return bool(CONTACT_BLOCKS.rows(one_id=one_id, other_id=other_id))
