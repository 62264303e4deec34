"""Carrying letters to the mail server: what the mailbox calls when it has parcels of the channel EMAIL."""

import smtplib
import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.people import events
from core.people.letters import links
from core.people.models import EmailToken, User
from outbox.channels import Broken, Dead, Failed, Outcome, Parcel, Sent, Skip, Unknown
from outbox.post import emit

AT_ONCE = 4
ACCEPTED = 250
PRINTING = ("console.EmailBackend", "dummy.EmailBackend", "filebased.EmailBackend")
SURELY_NOT = (ConnectionRefusedError, socket.gaierror)


class LetterSender:
    """Hands letters to the mail server, a few at a time, each over a connection of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="letters")

    def prepare(self, parcels: Sequence[Parcel]) -> dict[int, EmailMessage | Outcome]:
        """The letter of each parcel in the language of its reader, or why it is not sent any more."""
        found = EmailToken.objects.select_related("user").in_bulk([parcel.letter_id for parcel in parcels if parcel.letter_id])
        return {parcel.id: _letter(found.get(parcel.letter_id)) for parcel in parcels}

    def send(self, parcel: Parcel, message: EmailMessage) -> "Future[Outcome]":
        """The letter is on its way."""
        return self._pool.submit(hand_over, message)

    def settling(self, parcel: Parcel, outcome: Outcome) -> None:
        """A letter that the mail server has taken is marked as sent: before its parcel is, so that no kill loses the fact."""
        if isinstance(outcome, Sent) and parcel.letter_id is not None:
            mark_sent(parcel.letter_id)

    def close(self) -> None:
        """The threads have ended."""
        self._pool.shutdown()


def hand_over(message: EmailMessage) -> Outcome:
    """What the mail server says to the letter. Raises nothing that it is known to fail with.

    A live system without a mail server prints no links: whoever reads logs would open accounts with them.
    """
    if not settings.DEBUG and settings.EMAIL_BACKEND.endswith(PRINTING):
        return Broken("NO_MAIL_SERVER")
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as failure:
        return Broken("MAIL_LOGIN_REFUSED", failure.smtp_code)
    except (OSError, smtplib.SMTPException):
        return Failed("NOT_CONNECTED")
    try:
        connection.send_messages([message])
    except (OSError, smtplib.SMTPException) as failure:
        return outcome_of(failure)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()
    return Sent(status=ACCEPTED, external_id=str(message.extra_headers.get("Message-ID", ""))[:64])


def outcome_of(failure: OSError | smtplib.SMTPException) -> Outcome:
    """What a failure means that came after the connection stood. SMTPException is an OSError: the order of the cases matters."""
    match failure:
        case smtplib.SMTPRecipientsRefused():
            status = max((code for code, _words in failure.recipients.values()), default=550)
            return Dead("RECIPIENT_REFUSED", status) if status >= 500 else Failed("RECIPIENT_DEFERRED", status)
        case smtplib.SMTPSenderRefused():
            return Broken("SENDER_REFUSED", failure.smtp_code) if failure.smtp_code >= 500 else Failed("DEFERRED", failure.smtp_code)
        case smtplib.SMTPResponseException():
            return Dead("LETTER_REFUSED", failure.smtp_code) if failure.smtp_code >= 500 else Failed("DEFERRED", failure.smtp_code)
        case smtplib.SMTPNotSupportedError():
            return Dead("NOT_SUPPORTED")
        case _ if isinstance(failure, SURELY_NOT):
            return Failed("NOT_CONNECTED")
        case _:  # cut off, or silent: the last that it heard may have been the end of the letter
            is_silence = isinstance(failure, TimeoutError) or isinstance(failure.__context__, TimeoutError)
            return Unknown("NO_ANSWER" if is_silence else "CONNECTION_LOST")


@transaction.atomic
def mark_sent(letter_id: UUID) -> None:
    """The letter is marked as sent, once: a repeat leaves no second trace, and a letter that is forgotten none at all."""
    letter = EmailToken.objects.lock_any(id=letter_id)
    if letter is None or letter.sent_at is not None or letter.user_id is None:
        return
    letter.sent_at = clock.now()
    letter.store("sent_at")
    clockwork = User.objects.system()
    record("LETTER_SENT", letter, by=clockwork, after={"purpose": letter.purpose})
    emit(events.LetterSent(by_id=clockwork.id, user_id=letter.user_id, purpose=letter.purpose))


def _letter(letter: EmailToken | None) -> EmailMessage | Outcome:
    """The message, or why there is none."""
    if letter is None:
        return Skip("NO_LETTER")
    if letter.user is None:
        return Skip("NO_PERSON")
    if letter.user.erased_at is not None:
        return Skip("ERASED")
    if letter.used_at is not None:
        return Skip("USED")
    if letter.expires_at <= clock.now():
        return Skip("EXPIRED")
    return _message(letter, letter.user)


def _message(letter: EmailToken, person: User) -> EmailMessage:
    """The letter in the language of its reader. A repeat has the same Message-ID, by which mailboxes know it."""
    with translation.override(person.language):
        if letter.purpose == EmailToken.Purpose.VERIFY_EMAIL:
            subject = _("Confirm your e-mail")
            body = _("Open this link to confirm your e-mail:\n\n{link}\n\nIf you have not registered with us, ignore this letter.")
        else:
            subject = _("A new password")
            body = _(
                "Open this link within an hour to set a new password:\n\n{link}\n\n"
                "If you did not ask for it, ignore this letter: your password stays as it is."
            )
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    name = {"Message-ID": f"<{letter.id.hex}@{host}>"}
    return EmailMessage(subject=subject, body=body.format(link=links.link_of(letter)), to=[person.email], headers=name)
