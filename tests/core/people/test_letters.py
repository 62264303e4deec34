"""Confirming an address, and carrying letters to the mail server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from core.audit.models import AuditEntry
from core.base import clock
from core.people.errors import EmailAlreadyVerified, LinkNotValid, TooManyLetters
from core.people.letters.delivery import ATTEMPTS_MAX
from core.people.letters.links import token_of
from core.people.models import EmailToken, User
from core.people.services import forget_old_links, register, resend_verification, send_letters, update_account, verify_email
from tests.core.people.traces import nothing_happens, traces
from tests.world import PASSWORD, unique


class BrokenServer(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError


def letter_of(user: User) -> EmailToken:
    return EmailToken.objects.get(user=user)


def due_again(letter: EmailToken) -> None:
    EmailToken.objects.filter(id=letter.id).update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_the_link_in_the_letter_confirms_the_address(world):
    user = world.bare_creator()
    send_letters()
    token = mail.outbox[-1].body.partition("#token=")[2].split()[0]

    verify_email(token=token)

    user.refresh_from_db()
    assert user.email_verified_at is not None
    assert traces(user, "EMAIL_VERIFIED")[0] == 1
    assert traces(user, "EMAIL_VERIFIED")[1][-1] == "EMAIL_VERIFIED"


def test_the_link_stands_on_our_address_and_its_secret_reaches_no_server(world, settings):
    settings.APP_BASE_URL = "https://market.example"
    user = world.bare_creator()

    send_letters()

    letter = mail.outbox[-1]
    assert letter.to == [user.email]
    assert f"https://market.example/verify-email#token={token_of(letter_of(user))}" in letter.body


def test_a_letter_speaks_the_language_of_its_reader(world):
    user = world.bare_creator()
    update_account(by=user, changes={"language": "en"})
    send_letters()
    assert mail.outbox[-1].subject == "Confirm your e-mail"

    update_account(by=user, changes={"language": "ru"})
    resend_verification(by=user)
    send_letters()
    assert mail.outbox[-1].subject == "Подтвердите адрес электронной почты"


def test_a_confirming_link_is_used_once(world):
    token = token_of(letter_of(world.bare_creator()))
    verify_email(token=token)

    with nothing_happens(), pytest.raises(LinkNotValid):
        verify_email(token=token)


def test_a_link_survives_a_rotation_of_the_key(world, settings):
    user = world.bare_creator()
    token = token_of(letter_of(user))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-another-key-another-key-another-key-42"

    assert verify_email(token=token) == user


def test_a_link_of_an_unknown_key_opens_nothing(world, settings):
    token = token_of(letter_of(world.bare_creator()))
    settings.SECRET_KEY = "another-key-another-key-another-key-another-key-42"

    with nothing_happens(), pytest.raises(LinkNotValid):
        verify_email(token=token)


def test_nothing_in_the_row_opens_the_link(world):
    letter = letter_of(world.bare_creator())

    assert token_of(letter) not in str(EmailToken.objects.filter(id=letter.id).values().get())


def test_another_letter_can_be_asked_for_three_times_an_hour(world):
    user = world.bare_creator()
    resend_verification(by=user)
    resend_verification(by=user)

    with nothing_happens(), pytest.raises(TooManyLetters):
        resend_verification(by=user)


def test_nobody_is_asked_to_confirm_twice(world):
    user = world.bare_creator()
    verify_email(token=token_of(letter_of(user)))

    with nothing_happens(), pytest.raises(EmailAlreadyVerified):
        resend_verification(by=user)


def test_a_letter_is_sent_once(world):
    user = world.bare_creator()

    assert send_letters() >= 1
    due_again(letter_of(user))
    assert send_letters() == 0

    assert letter_of(user).sent_at is not None
    assert [letter.to for letter in mail.outbox].count([user.email]) == 1
    assert AuditEntry.objects.filter(action="LETTER_SENT", subject_id=str(letter_of(user).id)).count() == 1
    assert traces(user, "USER_REGISTERED")[1] == ["USER_REGISTERED", "LETTER_SENT"]


def test_a_letter_waits_while_the_mail_server_is_away(world, settings):
    user = world.bare_creator()
    good_server = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"
    assert send_letters() == 0
    assert letter_of(user).sent_at is None

    settings.EMAIL_BACKEND = good_server
    assert send_letters() == 0, "it is not tried again at once"
    due_again(letter_of(user))
    assert send_letters() == 1
    assert letter_of(user).attempts == 2


def test_a_letter_is_given_up_in_the_end(world):
    letter = letter_of(world.bare_creator())
    EmailToken.objects.filter(id=letter.id).update(attempts=ATTEMPTS_MAX)

    assert send_letters() == 0


def test_a_letter_that_came_too_late_is_not_sent(world):
    letter = letter_of(world.bare_creator())
    EmailToken.objects.filter(id=letter.id).update(expires_at=clock.now())

    assert send_letters() == 0


@pytest.fixture
def worker() -> Iterator[None]:
    """Tasks are carried out as soon as they are queued."""
    HUEY.immediate = True
    yield
    HUEY.immediate = False


def test_a_worker_sends_the_letter_as_soon_as_the_registration_is_committed(world, worker, django_capture_on_commit_callbacks):
    email = f"{unique('anna')}@example.com"

    with django_capture_on_commit_callbacks(execute=True):
        register(email=email, password=PASSWORD, role="CREATOR")
        assert mail.outbox == []

    assert [letter.to for letter in mail.outbox] == [[email]]


def test_old_links_are_forgotten_and_living_ones_kept(world):
    old, living = letter_of(world.bare_creator()), letter_of(world.bare_creator())
    EmailToken.objects.filter(id=old.id).update(expires_at=clock.now() - timedelta(days=31))

    forget_old_links()

    assert not EmailToken.objects.filter(id=old.id).exists()
    assert EmailToken.objects.filter(id=living.id).exists()
