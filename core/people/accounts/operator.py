"""Accounts that an operator makes by command: staff, and the people of demonstrations."""

from collections.abc import Sequence

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.people import errors, events
from core.people.accounts.steps import require_good_password, valid_email
from core.people.models import BrandProfile, CreatorProfile, User
from core.people.policies import CAPABILITIES
from outbox.post import emit

ROLES = (User.Role.BRAND, User.Role.CREATOR, User.Role.STAFF)


@transaction.atomic
def create_account(
    *, email: str, password: str, role: str, name: str = "", capabilities: Sequence[str] = (), superuser: bool = False
) -> User:
    """There is an account whose address counts as confirmed; no letter is sent. Staff has these capabilities.

    The clock's own account is the author. Raises Invalid, EmailTaken.
    """
    email = valid_email(email)
    if role not in ROLES:
        raise errors.fault("role", _("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(ROLES)))
    if unknown := sorted(set(capabilities) - set(CAPABILITIES)):
        raise errors.fault(
            "capabilities", _("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(CAPABILITIES)) + f" ({unknown[0]})"
        )
    user = User(email=email, role=role, is_superuser=superuser, email_verified_at=clock.now())
    user.staff_name = name if role == User.Role.STAFF else ""
    require_good_password(password, user=user, field="password")
    if User.objects.filter(email=email).exists():
        raise errors.EmailTaken

    user.set_password(password)
    user.save(force_insert=True)
    user.groups.set(Group.objects.filter(name__in=capabilities))
    _open_profile(user, name)

    system = User.objects.system()
    record("ACCOUNT_CREATED", user, by=system, after={"role": role, "capabilities": sorted(capabilities), "superuser": superuser})
    emit(events.UserRegistered(by_id=system.id, user_id=user.id, role=role))
    return user


def _open_profile(user: User, name: str) -> None:
    if user.role == User.Role.BRAND:
        BrandProfile.objects.create(user_id=user.id, company_name=name)
    elif user.role == User.Role.CREATOR:
        CreatorProfile.objects.create(user_id=user.id, display_name=name, languages=["ru"])
