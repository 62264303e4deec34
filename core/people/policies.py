"""Who may see people, and what staff may do."""

from core.people.models import User

CAPABILITIES = ("moderator", "finance", "finance_approver", "support", "engineer")


def staff_can(user, *capabilities: str) -> bool:
    """Whether this is an active member of staff with one of the capabilities. A superuser has all of them.

    The groups are read once per user object, which lives for one request.
    """
    if not isinstance(user, User) or not user.is_staff:
        return False
    if user.is_superuser:
        return True
    held = user.__dict__.get("_capabilities")
    if held is None:
        held = user.__dict__["_capabilities"] = frozenset(user.groups.values_list("name", flat=True))
    return not held.isdisjoint(capabilities)
