"""Parts of the verbs that write letters."""

from datetime import timedelta

from django.db import transaction

from core.base import clock
from core.people.letters import links, tasks
from core.people.models import EmailToken, User

LIFETIMES = {EmailToken.Purpose.VERIFY_EMAIL: timedelta(days=3), EmailToken.Purpose.RESET_PASSWORD: timedelta(hours=1)}


def issue_link(user: User | None, purpose: EmailToken.Purpose, *, email: str) -> EmailToken:
    """A letter with a link will go out when the transaction commits. Without a person it is a row like the others, and no letter."""
    token = EmailToken.objects.create(
        user=user, purpose=purpose, address=links.address_digest(email), expires_at=clock.now() + LIFETIMES[purpose]
    )
    # Robust: the row is committed by then, and the tick of every minute sends what the wake-up missed.
    transaction.on_commit(tasks.wake, robust=True)
    return token


def close_links(user: User, purpose: EmailToken.Purpose) -> None:
    """The links of this kind that this person holds open nothing any more."""
    EmailToken.objects.filter(user=user, purpose=purpose, used_at=None).update(used_at=clock.now(), updated_at=clock.now())
