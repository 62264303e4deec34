"""Whose endpoints these are: their owner's, and nobody else's; and who may have any."""

from typing import Any

from core.base.models import QuerySet
from core.base.policy import staff_can
from core.people.policies import is_contact
from core.webhooks.models import Endpoint


def may_have_endpoints(user: Any) -> bool:
    """Brands and creators, and of the staff engineers, whose endpoints may hear of everything."""
    return is_contact(user) or staff_can(user, "engineer")


def own_endpoints(user: Any) -> QuerySet:
    """The endpoints of this person that are not deleted; none for those who may have none."""
    return Endpoint.objects.filter(owner_id=user.pk, deleted_at=None) if may_have_endpoints(user) else Endpoint.objects.none()


def cared_for_endpoints(user: Any) -> QuerySet:
    """The endpoints that engineers look after for their owners: all that are not deleted. None for everybody else."""
    return Endpoint.objects.filter(deleted_at=None) if staff_can(user, "engineer") else Endpoint.objects.none()
