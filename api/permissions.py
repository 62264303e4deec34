"""Who may knock at a route. What they may do with a row is for the policies of its room.

Anonymous → 401 UNAUTHORIZED, the wrong role → 403 FORBIDDEN, both before the body is read.
"""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api.errors import Unauthorized
from core.people.models import User
from core.people.policies import staff_can


class NoOne(BasePermission):
    """The default: a view that forgot to say who may knock lets nobody in."""

    who = "no one"

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class Anyone(BasePermission):
    """Also without signing in."""

    who = "anyone"

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class SignedIn(BasePermission):
    """Any person with a living session."""

    who = "signed in"
    roles: frozenset[str] | None = None

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            raise Unauthorized
        return self.roles is None or request.user.role in self.roles


class IsBrand(SignedIn):
    who = "brand"
    roles = frozenset({User.Role.BRAND})


class IsCreator(SignedIn):
    who = "creator"
    roles = frozenset({User.Role.CREATOR})


class BrandOrCreator(SignedIn):
    who = "brand, creator"
    roles = frozenset({User.Role.BRAND, User.Role.CREATOR})


class Staff(SignedIn):
    """A staff member with one of the capabilities. Made by `staff(…)`."""

    capabilities: tuple[str, ...] = ()

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        return any(staff_can(request.user, capability) for capability in self.capabilities)


def staff(*capabilities: str) -> type[Staff]:
    """The permission of staff members who have one of these capabilities."""
    return type("Staff", (Staff,), {"capabilities": capabilities, "who": "staff: " + ", ".join(capabilities)})
