"""Confirming an address, and carrying letters to the mail server."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.core import mail
from django.db import connection
from huey.contrib.djhuey import HUEY

from core.audit.models import AuditEntry
from core.base import clock
from core.people.errors import EmailAlreadyVerified, LinkNotValid, TooManyLetters
from core.people.letters.links import token_of
from core.people.models import EmailToken
from core.people.services import forget_old_links, register, request_password_reset, resend_verification, update_account, verify_email
from outbox.channels import EMAIL
from outbox.models import Delivery
from tests.core.people.mail_server import MailServer, mail_server
from tests.core.people.mailbox import answers_about, carry_letters, due_now, letter_of, parcel_of
from tests.core.people.traces import nothing_happens, traces
from tests.world import PASSWORD, unique


def test_the_link_in_the_letter_confirms_the_address(world):
    user = world.bare_creator()
    carry_letters()
    token = mail.outbox[-1].body.partition("#token=")[2].split()[0]

    verify_email(token=token)

    user.refresh_from_db()
    assert user.email_verified_at is not None
    assert traces(user, "EMAIL_VERIFIED")[0] == 1
    assert traces(user, "EMAIL_VERIFIED")[1][-1] == "EMAIL_VERIFIED"


def test_the_link_stands_on_our_address_and_its_secret_reaches_no_server(world, settings):
    settings.APP_BASE_URL = "https://market.example"
    user = world.bare_creator()

    carry_letters()

    letter = mail.outbox[-1]
    assert letter.to == [user.email]
    assert f"https://market.example/verify-email#token={token_of(letter_of(user))}" in letter.body


def test_a_letter_speaks_the_language_of_its_reader(world):
    user = world.bare_creator()
    update_account(by=user, changes={"language": "en"})
    carry_letters()
    assert mail.outbox[-1].subject == "Confirm your e-mail"

    update_account(by=user, changes={"language": "ru"})
    resend_verification(by=user)
    carry_letters()
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

    carry_letters()
    due_now(letter_of(user))
    carry_letters()

    letter = letter_of(user)
    assert letter.sent_at is not None
    assert [each.to for each in mail.outbox].count([user.email]) == 1
    assert (parcel_of(letter).state, parcel_of(letter).copies) == ("SENT", 1)
    assert letter.id.hex in parcel_of(letter).external_id
    assert AuditEntry.objects.filter(action="LETTER_SENT", subject_id=str(letter.id)).count() == 1
    assert traces(user, "USER_REGISTERED")[1] == ["USER_REGISTERED", "LETTER_SENT"]


def test_a_letter_that_came_too_late_is_not_sent(world):
    letter = letter_of(world.bare_creator())
    EmailToken.objects.filter(id=letter.id).update(expires_at=clock.now())

    carry_letters()

    assert (parcel_of(letter).state, parcel_of(letter).reason) == ("SKIPPED", "EXPIRED")
    assert mail.outbox == []


def test_a_letter_whose_link_was_used_is_not_sent(world):
    letter = letter_of(world.bare_creator())
    verify_email(token=token_of(letter))

    carry_letters()

    assert (parcel_of(letter).state, parcel_of(letter).reason) == ("SKIPPED", "USED")
    assert mail.outbox == []


def test_a_letter_that_is_forgotten_is_not_sent(world):
    letter = letter_of(world.bare_creator())
    EmailToken.objects.filter(id=letter.id).delete()

    carry_letters()

    assert (parcel_of(letter).state, parcel_of(letter).reason) == ("SKIPPED", "NO_LETTER")


def test_a_letter_to_nobody_is_a_parcel_like_the_others_and_goes_nowhere(world):
    request_password_reset(email="nobody@example.com")
    letter = EmailToken.objects.filter(user=None).latest("created_at")

    carry_letters()

    assert (parcel_of(letter).state, parcel_of(letter).reason) == ("SKIPPED", "NO_PERSON")
    assert mail.outbox == []


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    """A mail server on loopback, to which letters go meanwhile."""
    with mail_server() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", made.port, 1
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield made


@pytest.mark.parametrize(
    ("says", "answer", "state"),
    [
        ({"RCPT": "550 No such mailbox"}, ("DEAD", "RECIPIENT_REFUSED", 550), "DEAD"),
        ({"RCPT": "450 Try later"}, ("FAILED", "RECIPIENT_DEFERRED", 450), "PENDING"),
        ({"MAIL": "451 Try later"}, ("FAILED", "DEFERRED", 451), "PENDING"),
        ({"MAIL": "553 Not you"}, ("BROKEN", "SENDER_REFUSED", 553), "PENDING"),
        ({"DATA": "554 Not that"}, ("DEAD", "LETTER_REFUSED", 554), "DEAD"),
        ({".": "554 Spam"}, ("DEAD", "LETTER_REFUSED", 554), "DEAD"),
        ({".": "451 Busy"}, ("FAILED", "DEFERRED", 451), "PENDING"),
        ({"220": "421 Full"}, ("FAILED", "NOT_CONNECTED", None), "PENDING"),
        ({"220": "CUT"}, ("FAILED", "NOT_CONNECTED", None), "PENDING"),
    ],
)
def test_each_answer_of_the_mail_server_has_its_meaning(world, server, says, answer, state):
    letter = letter_of(world.bare_creator())
    server.says = says

    carry_letters()

    assert answers_about(letter)[0] == answer
    assert (parcel_of(letter).state, parcel_of(letter).copies, server.letters) == (state, 0, [])
    assert letter_of(letter.user).sent_at is None


@pytest.mark.parametrize(("what", "code"), [("CUT", "CONNECTION_LOST"), ("SILENCE", "NO_ANSWER")])
def test_a_letter_in_doubt_comes_once_more_under_the_same_name(world, server, what, code):
    letter = letter_of(world.bare_creator())
    server.says = {".": what}

    carry_letters()

    assert (parcel_of(letter).state, parcel_of(letter).copies) == ("PENDING", 1)
    server.says = {}
    due_now(letter)
    carry_letters()
    assert answers_about(letter) == [("UNKNOWN", code, None), ("SENT", "", 250)]
    assert len(server.letters) == 2
    assert all(f"Message-ID: <{letter.id.hex}@" in each for each in server.letters)
    assert letter_of(letter.user).sent_at is not None


def test_a_mail_server_that_hangs_up_after_the_letter_has_taken_it(world, server):
    letter = letter_of(world.bare_creator())
    server.says = {"QUIT": "CUT"}

    carry_letters()

    assert (parcel_of(letter).state, len(server.letters)) == ("SENT", 1)


def test_a_letter_waits_while_the_mail_server_is_away(world, settings, server):
    letter = letter_of(world.bare_creator())
    settings.EMAIL_PORT = 1

    carry_letters()
    assert (parcel_of(letter).state, parcel_of(letter).copies) == ("PENDING", 0)
    assert answers_about(letter)[0] == ("FAILED", "NOT_CONNECTED", None)

    settings.EMAIL_PORT = server.port
    due_now(letter)
    carry_letters()
    assert (parcel_of(letter).state, len(server.letters)) == ("SENT", 1)


def test_a_refused_letter_does_not_stop_the_next_one_of_the_same_person(world, server):
    user = world.bare_creator()
    server.says = {"RCPT": "550 No such mailbox"}
    carry_letters()
    server.says = {}

    resend_verification(by=user)
    carry_letters()

    assert len(server.letters) == 1


@pytest.fixture
def worker() -> Iterator[None]:
    """Tasks are carried out as soon as they are queued."""
    storage = HUEY.storage  # made anew by the switch, for another database
    HUEY.immediate = True
    yield
    HUEY.immediate = False
    HUEY.storage = storage


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


def test_a_letter_that_waited_at_the_upgrade_is_put_into_the_mailbox_once(world):
    waiting, used = letter_of(world.bare_creator()), letter_of(world.bare_creator())
    verify_email(token=token_of(used))
    Delivery.objects.filter(channel=EMAIL).delete()
    upgrade = import_module("core.migrations.0012_letters_in_the_mailbox")

    with connection.cursor() as cursor:
        cursor.execute(upgrade.PUT_IN)
        cursor.execute(upgrade.PUT_IN)
    carry_letters()

    assert parcel_of(waiting).state == "SENT"
    assert not Delivery.objects.filter(channel=EMAIL, letter_id=used.id).exists()
    assert [each.to for each in mail.outbox] == [[waiting.user.email]]
