"""Leaving for good."""

from django.contrib.auth.hashers import verify_password
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base.policy import require
from core.people.errors import fault
from core.people.models import User
from core.privacy import closing, errors, events, fading
from core.privacy.obstacles import obstacles
from outbox.post import emit


@transaction.atomic
def erase_account(*, by: User, password: str) -> User:
    """Nothing says any more who this was, and nobody signs in as them again; the books and what others need of the past stay.

    What the person had begun is called off, and whoever waited is told. Raises StaffAccount, Invalid when the password is wrong,
    AccountHasObligations with everything that has to end first.
    """
    require(by.role in (User.Role.BRAND, User.Role.CREATOR), errors.StaffAccount())
    user = User.objects.lock(id=by.id)
    is_right, _is_old = verify_password(password, user.password)
    if not is_right:
        raise fault("password", _("The password is wrong."))
    jobs = closing.lock_whole_of(user)
    if found := obstacles(user):
        raise errors.AccountHasObligations(found)

    closing.call_everything_off(user, jobs)
    names = fading.names_of(user)
    record("ACCOUNT_ERASED", user, by=user, after={"role": user.role})
    emit(events.UserErased(by_id=user.id, user_id=user.id, role=user.role))
    fading.close_account(user)
    fading.fade_profile(user)
    fading.fade_belongings(user)
    fading.fade_notices(user, names)
    fading.fade_audit(user)
    return user
