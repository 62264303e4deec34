"""Who may see an application, and who may apply."""

from typing import Any

from core.base.models import QuerySet
from core.hiring.models import Application
from core.people.models import User
from core.people.policies import staff_can


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
