"""Coming in."""

import pytest
from django.utils import translation

from core.base.errors import Invalid
from core.people.errors import EmailTaken
from core.people.models import BrandProfile, CreatorProfile, EmailToken, User
from core.people.services import register
from tests.core.people.traces import nothing_happens, traces
from tests.world import PASSWORD, unique


def address() -> str:
    return f"{unique('anna')}@example.com"


def test_a_creator_has_an_account_and_an_empty_profile(world):
    user = register(email=address(), password=PASSWORD, role="CREATOR", name=" Anna ")

    profile = CreatorProfile.objects.get(user=user)
    assert (profile.display_name, profile.languages, profile.is_public) == ("Anna", ["ru"], False)
    assert profile.verification_status == "UNVERIFIED"
    assert not BrandProfile.objects.filter(user=user).exists()
    assert traces(user, "USER_REGISTERED") == (1, ["USER_REGISTERED"])


def test_a_brand_is_named_after_the_company_or_else_the_person(world):
    named = register(email=address(), password=PASSWORD, role="BRAND", name="Anna", company_name="Tea House")
    unnamed = register(email=address(), password=PASSWORD, role="BRAND", name="Anna")

    assert BrandProfile.objects.get(user=named).company_name == "Tea House"
    assert BrandProfile.objects.get(user=unnamed).company_name == "Anna"


def test_the_password_is_kept_as_argon2_alone(world):
    user = register(email=address(), password=PASSWORD, role="CREATOR")

    assert user.password.startswith("argon2$argon2id$")
    assert PASSWORD not in str(User.objects.filter(id=user.id).values().get())


def test_the_address_is_kept_in_one_spelling(world):
    email = address()

    user = register(email=f"  {email.upper()} ", password=PASSWORD, role="CREATOR")

    assert user.email == email


def test_a_letter_waits_to_be_sent(world):
    user = register(email=address(), password=PASSWORD, role="CREATOR")

    letter = EmailToken.objects.get(user=user)
    assert (letter.purpose, letter.sent_at, letter.used_at) == ("VERIFY_EMAIL", None, None)
    assert user.email_verified_at is None


@pytest.mark.parametrize(("active", "kept"), [("en", "en"), ("ru", "ru"), ("de", "ru")])
def test_we_write_in_the_language_in_which_the_person_came(world, active, kept):
    with translation.override(active):
        user = register(email=address(), password=PASSWORD, role="CREATOR")

    assert user.language == kept


@pytest.mark.parametrize("respell", [str, str.upper, lambda email: f" {email}"])
def test_an_address_is_taken_once_in_any_spelling(world, respell):
    user = world.bare_creator()

    with nothing_happens(), pytest.raises(EmailTaken):
        register(email=respell(user.email), password=PASSWORD, role="BRAND")


@pytest.mark.parametrize("email", ["", "anna", "anna@", "@example.com", "an na@example.com", "anna@example", f"{'a' * 250}@example.com"])
def test_what_is_no_address_is_refused(world, email):
    with nothing_happens(), pytest.raises(Invalid) as refused:
        register(email=email, password=PASSWORD, role="CREATOR")

    assert list(refused.value.fields) == ["email"]


@pytest.mark.parametrize("password", ["", "short7!", "password123", "1234567890123", "a" * 201, "anna.petrova@example.com"])
def test_a_password_that_can_be_guessed_is_refused(world, password):
    with nothing_happens(), pytest.raises(Invalid) as refused:
        register(email="anna.petrova@example.com", password=password, role="CREATOR")

    assert list(refused.value.fields) == ["password"]


@pytest.mark.parametrize("role", ["STAFF", "SYSTEM", "ADMIN", "brand", ""])
def test_nobody_registers_as_anything_but_a_brand_or_a_creator(world, role):
    with nothing_happens(), pytest.raises(Invalid) as refused:
        register(email=address(), password=PASSWORD, role=role)

    assert list(refused.value.fields) == ["role"]


@pytest.mark.parametrize(
    ("role", "names", "field"),
    [
        ("CREATOR", {"name": "A"}, "name"),
        ("CREATOR", {"name": "A" * 81}, "name"),
        ("CREATOR", {"name": "An\nna"}, "name"),
        ("BRAND", {"company_name": "T"}, "companyName"),
        ("BRAND", {"company_name": "T" * 121}, "companyName"),
        ("BRAND", {"name": "T"}, "name"),
    ],
)
def test_a_name_that_is_none_is_refused(world, role, names, field):
    with nothing_happens(), pytest.raises(Invalid) as refused:
        register(email=address(), password=PASSWORD, role=role, **names)

    assert list(refused.value.fields) == [field]
