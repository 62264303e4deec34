"""Coming in, and being blocked."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.names import camel
from core.people import content, errors, events
from core.people.accounts.steps import require_good_password, valid_email
from core.people.letters.steps import issue_link
from core.people.models import BrandProfile, CreatorProfile, EmailToken, User
from outbox.post import emit

REGISTERING_ROLES = (User.Role.BRAND, User.Role.CREATOR)


@transaction.atomic
def register(*, email: str, password: str, role: str, name: str = "", company_name: str = "") -> User:
    """A brand or a creator has an account and an empty profile, and a letter is on its way to confirm the address.

    A brand's profile is named after the company, or else the person; a creator speaks Russian until they say otherwise.
    Raises Invalid, EmailTaken.
    """
    email = valid_email(email)
    if role not in REGISTERING_ROLES:
        raise errors.fault("role", _("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(REGISTERING_ROLES)))
    user = User(email=email, role=role, language=_language())
    profile = _first_profile(user, name=name, company_name=company_name)
    require_good_password(password, user=user, field="password")
    if User.objects.filter(email=email).exists():
        raise errors.EmailTaken

    user.password = make_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as taken:
        raise errors.EmailTaken from taken
    profile.save(force_insert=True)

    issue_link(user, EmailToken.Purpose.VERIFY_EMAIL, email=email)
    record("USER_REGISTERED", user, by=user, after={"role": role})
    emit(events.UserRegistered(by_id=user.id, user_id=user.id, role=role))
    return user


def _language() -> str:
    """The language in which the person came."""
    spoken = translation.get_language() or ""
    return spoken if spoken in User.Tongue.values else User.Tongue.RU


def _first_profile(user: User, *, name: str, company_name: str) -> BrandProfile | CreatorProfile:
    """The profile of the role, in memory. Raises Invalid."""
    if user.role == User.Role.CREATOR:
        creator = CreatorProfile(user_id=user.id, languages=["ru"])
        _named(creator, "display_name", name, field="name")
        return creator
    brand = BrandProfile(user_id=user.id)
    _named(brand, "company_name", company_name or name, field="companyName" if company_name else "name")
    return brand


def _named(profile: BrandProfile | CreatorProfile, attribute: str, name: str, *, field: str) -> None:
    try:
        content.put(profile, {attribute: name}, allowed={attribute})
    except Invalid as refused:
        raise Invalid({field: refused.fields[camel(attribute)]}) from refused


@transaction.atomic
def update_account(*, by: User, changes: dict[str, Any]) -> User:
    """The account says what the changes say: `language`, in which we write to the person. Raises Invalid."""
    user = User.objects.lock(id=by.id)
    before = content.put(user, changes, allowed={"language"})
    if before:
        user.updated_at = clock.now()
        user.save(update_fields=[*before, "updated_at"])
        record("ACCOUNT_UPDATED", user, by=by, before=before, after={name: getattr(user, name) for name in before})
    return user
