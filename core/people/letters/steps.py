"""Parts of the verbs that write letters."""

from datetime import timedelta

from django.db import connection

from core.base import clock
from core.base.policy import require
from core.people.errors import LinkNotValid
from core.people.letters import links
from core.people.models import EmailToken, User
from outbox import trace, wake
from outbox.channels import EMAIL
from outbox.models import Delivery

LIFETIMES = {EmailToken.Purpose.VERIFY_EMAIL: timedelta(days=3), EmailToken.Purpose.RESET_PASSWORD: timedelta(hours=1)}

LETTERS_MAX = 3
LETTERS_WINDOW = timedelta(hours=1)


def has_room(email: str, purpose: EmailToken.Purpose) -> bool:
    """Whether the address has had fewer letters of this kind within the hour than we send. Callers for one address queue here."""
    digest = links.address_digest(email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"letters:{purpose}:{digest}"])
    recent = EmailToken.objects.filter(address=digest, purpose=purpose, created_at__gt=clock.now() - LETTERS_WINDOW)
    return recent.count() < LETTERS_MAX


def locked_link(token: str, purpose: EmailToken.Purpose) -> tuple[User, EmailToken]:
    """The person and the row behind the secret of a link, both locked. Raises LinkNotValid when it opens nothing."""
    row_id = links.id_in(token, purpose)
    found = EmailToken.objects.filter(id=row_id, purpose=purpose, user__isnull=False).first() if row_id else None
    if found is None or found.user_id is None:
        raise LinkNotValid
    user = User.objects.lock(id=found.user_id)
    link = EmailToken.objects.lock(id=found.id)
    require(link.used_at is None and link.expires_at > clock.now(), LinkNotValid())
    return user, link


def issue_link(user: User | None, purpose: EmailToken.Purpose, *, email: str) -> EmailToken:
    """A letter with a link will go out when the transaction commits.

    Without a person it costs the same: it is a row like the others and a parcel like the others, and no letter comes of it.
    """
    token = EmailToken.objects.create(
        user=user, purpose=purpose, address=links.address_digest(email), expires_at=clock.now() + LIFETIMES[purpose]
    )
    Delivery.objects.create(
        channel=EMAIL,
        recipient_id=user.pk if user is not None else token.id,
        letter_id=token.id,
        type=purpose,
        aggregate=f"letter:{token.id}",  # a letter that a mailbox refused stops no later one
        is_critical=True,
        request_id=trace.request_id(),
    )
    wake.after_commit()
    return token


def close_links(user: User, purpose: EmailToken.Purpose) -> None:
    """The links of this kind that this person holds open nothing any more."""
    EmailToken.objects.filter(user=user, purpose=purpose, used_at=None).update(used_at=clock.now(), updated_at=clock.now())
