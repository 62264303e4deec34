"""Carrying letters to the mail server: claimed, sent outside any transaction, and marked as sent."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.people import events
from core.people.letters import links
from core.people.models import EmailToken, User
from outbox.post import emit

log = structlog.get_logger("core.letters")

BATCH_MAX = 50
ATTEMPTS_MAX = 8
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)


def send_letters() -> int:
    """The letters that are due have been handed to the mail server, or wait for the next attempt. Returns how many went."""
    return sum(_deliver(letter) for letter in _claimed())


def forget_old_links() -> int:
    """Links that ran out a month ago are gone. Returns how many went."""
    return EmailToken.objects.filter(expires_at__lt=clock.now() - KEPT).delete()[0]


def _claimed() -> Iterator[EmailToken]:
    """Each due letter, claimed one by one for long enough to send it: a worker that dies only delays it."""
    for _number in range(BATCH_MAX):
        letter = _claim()
        if letter is None:
            return
        yield letter


@transaction.atomic
def _claim() -> EmailToken | None:
    due = EmailToken.objects.filter(
        Q(next_attempt_at__lte=Now()), sent_at=None, used_at=None, user__isnull=False, expires_at__gt=clock.now(), attempts__lt=ATTEMPTS_MAX
    )
    letter = due.select_for_update(skip_locked=True, no_key=True).order_by("next_attempt_at").first()
    if letter is None:
        return None
    letter.attempts += 1
    wait = LEASE * 2 ** (letter.attempts - 1)
    EmailToken.objects.filter(id=letter.id).update(attempts=F("attempts") + 1, next_attempt_at=Now() + wait)
    return letter


def _deliver(letter: EmailToken) -> bool:
    """Whether the mail server has taken the letter."""
    person = User.objects.get(id=letter.user_id)
    try:
        _message(letter, person).send()
    except (OSError, smtplib.SMTPException) as failure:
        log.warning("letter_not_sent", letter_id=str(letter.id), attempt=letter.attempts, error=type(failure).__name__)
        return False
    _settle(letter)
    return True


@transaction.atomic
def _settle(letter: EmailToken) -> None:
    """The letter is marked as sent, once: a second worker whose lease had run out leaves no second trace."""
    letter = EmailToken.objects.lock(id=letter.id)
    if letter.sent_at is not None:
        return
    letter.sent_at = clock.now()
    letter.store("sent_at")
    clockwork = User.objects.system()
    record("LETTER_SENT", letter, by=clockwork, after={"purpose": letter.purpose})
    assert letter.user_id is not None
    emit(events.LetterSent(by_id=clockwork.id, user_id=letter.user_id, purpose=letter.purpose))


def _message(letter: EmailToken, person: User) -> EmailMessage:
    """The letter in the language of its reader."""
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
    return EmailMessage(subject=subject, body=body.format(link=links.link_of(letter)), to=[person.email])
